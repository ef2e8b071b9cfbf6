"""The embedded engine: a server that speaks the documented wire and encodes on this machine."""

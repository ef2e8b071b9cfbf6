"""Edits, one file each, with their inverses."""

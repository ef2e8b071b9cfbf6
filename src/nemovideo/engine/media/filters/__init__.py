"""One file an edit: FFmpeg's filters for it, as pure functions of values to text."""

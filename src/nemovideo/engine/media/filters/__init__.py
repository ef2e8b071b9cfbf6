"""One file an edit: pure functions from values to the text of FFmpeg's filters. "" stands for nothing to do."""

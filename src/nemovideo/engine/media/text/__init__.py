"""Titles and captions: which font has which sign, how lines break, what is drawn where."""

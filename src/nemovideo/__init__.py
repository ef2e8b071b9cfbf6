"""nemovideo: a video goes in, one that fits comes out."""

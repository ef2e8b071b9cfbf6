"""Pictures and sound: probing, planning, encoding and checking them, with FFmpeg as a program of its own."""

"""Whether PyAV and an FFmpeg are installed: importing this module asks, and raises as a failing import would.

It looks and neither imports nor runs them; once a process, like every import. A module and no function, since a client
may be made within a running loop, where files are looked up by imports alone.

Raises:
    MissingExtra: PyAV is not installed.
    FFmpegMissing: no FFmpeg was found, or NEMO_FFMPEG names none.
"""

from __future__ import annotations

import importlib.util
import os

from nemovideo.engine.media.ffmpeg import find_ffmpeg
from nemovideo.engine.media.scanner import site

__all__: list[str] = []

site()
if os.environ.get("NEMO_FFMPEG") or importlib.util.find_spec("imageio_ffmpeg") is None:
    find_ffmpeg()

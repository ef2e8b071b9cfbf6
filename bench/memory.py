"""Does a large file pass through the client without staying in it? 500 MB up and down, and the loop's longest pause.

    nox -s bench -- memory [--megabytes 500]

The engine is a process of its own, so that what is measured is the client's. Peak memory is the process's own
high-water mark (ru_maxrss), over the one that it had after a small file had gone the same way. The large file is a real
clip made long by an empty box: it fits already, so that the engine hands the whole of it back.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from nemovideo import AsyncNemoClient
from nemovideo.engine.media.ffmpeg import find_ffmpeg

ALLOWED = 64
"""MiB by which the peak may rise (issue 2)."""
_BEAT = 0.005  # seconds between two looks at the loop's clock


async def main(megabytes: int) -> int:
    with tempfile.TemporaryDirectory() as name, served(Path(name) / "engine") as (url, key):
        folder = Path(name)
        clip = make(folder / "clip.mp4", 0)
        large = make(folder / "large.mp4", megabytes * 1_000_000)
        async with AsyncNemoClient(base_url=url, token=key) as client:
            await road(client, clip, folder / "small.mp4")
            before = peak()
            async with longest_pause() as pauses:
                up, down = await road(client, large, folder / "result.mp4")
            rise = peak() - before
    print(f"upload    {megabytes} MB in {up:6.2f} s   {megabytes / up:7.1f} MB/s")
    print(f"download  {megabytes} MB in {down:6.2f} s   {megabytes / down:7.1f} MB/s")
    print(
        f"peak memory {before:.1f} MiB before, +{rise:.1f} MiB   {'within' if rise < ALLOWED else 'OVER'} {ALLOWED} MiB"
    )
    print(f"longest pause of the event loop {max(pauses) * 1000:.1f} ms")
    return 0 if rise < ALLOWED else 1


async def road(client: AsyncNemoClient, source: Path, target: Path) -> tuple[float, float]:
    """Send a file up, and fetch it back as a result; seconds of the upload and of render and download together."""
    session = await client.session.create()
    begun = time.perf_counter()
    await client.upload.file(session, source)
    up = time.perf_counter() - begun
    await client.chat.send(session, "compress this video to under 1 GB (at most 1000000000 bytes), H.264")
    draft = (await client.state.get(session)).draft
    render = await client.render.submit(session, draft, format="mp4")
    await client.render.wait(render.id)
    begun = time.perf_counter()
    await client.render.resume(render.id, target)
    down = time.perf_counter() - begun
    compare(source, target)
    return up, down


def compare(source: Path, target: Path) -> None:
    """End here when the file that came back is not as long as the one that was sent."""
    if target.stat().st_size != source.stat().st_size:
        sys.exit(f"{target.stat().st_size} bytes came back of {source.stat().st_size}")


def peak() -> float:
    """The process's high-water mark in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


@asynccontextmanager
async def longest_pause() -> AsyncIterator[list[float]]:
    """Collects by how much the loop was late, each few milliseconds."""
    late = [0.0]

    async def watch() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(_BEAT)
            late.append(time.perf_counter() - begun - _BEAT)

    watcher = asyncio.create_task(watch())
    try:
        yield late
    finally:
        watcher.cancel()


@contextmanager
def served(data: Path) -> Iterator[tuple[str, str]]:
    """An engine in a process of its own; its address and the operator's key."""
    command = [sys.executable, "-m", "nemovideo", "serve", "--port", "0", "--data", str(data), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        try:
            yield told["url"], Path(told["key_file"]).read_text().strip()
        finally:
            process.terminate()


def make(path: Path, size: int) -> Path:
    """A clip of two seconds, made `size` bytes long by an empty box at its end."""
    sources = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2")
    encode = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart")
    subprocess.run([find_ffmpeg(), "-nostdin", "-v", "error", *sources, *encode, str(path)], check=True)
    if rest := size - path.stat().st_size if size else 0:
        with path.open("ab") as file:
            file.write(rest.to_bytes(4, "big") + b"free")
            file.truncate(size)
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=500)
    sys.exit(asyncio.run(main(parser.parse_args().megabytes)))

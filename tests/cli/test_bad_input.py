"""Bad input: the exit code, one clear line on stderr, the source as it was, nothing left behind."""

from __future__ import annotations

import functools
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .conftest import World

SHARED = Path(__file__).parents[2].parent / "shared" / "media"


def refused(world: World, *arguments: object, code: int, says: str, **environment: str) -> str:
    """Run a command that must be refused; returns its one line."""
    before = snapshot(world.work)
    done = world.run(*arguments, **environment)
    lines: list[str] = done.stderr.splitlines()
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    assert re.search(says, lines[0], re.IGNORECASE), lines[0]
    assert "Traceback" not in done.stdout
    assert snapshot(world.work) == before
    assert world.left_behind() == []
    return lines[0]


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file with its size, time and content; of large ones the first bytes do."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[str(path)] = (path.stat().st_size, path.stat().st_mtime_ns, file.read(1_000_000))
        else:
            found[str(path)] = (0, 0, b"")
    return found


@pytest.mark.parametrize("limit", ["0", "-5", "nan", "inf", "-inf", "much", "", "1e-9"])
def test_limit_in_megabytes_that_is_none(world: World, clip: Path, limit: str) -> None:
    refused(world, "compress", clip, f"--max-mb={limit}", code=2, says="--max-mb")


@pytest.mark.parametrize("limit", ["0", "-5", "1.5", "nan", "5MB"])
def test_limit_in_bytes_that_is_none(world: World, clip: Path, limit: str) -> None:
    refused(world, "compress", clip, f"--max-bytes={limit}", code=2, says="--max-bytes")


def test_no_limit_and_two_limits(world: World, clip: Path) -> None:
    refused(world, "compress", clip, code=2, says="exactly one limit")
    refused(world, "compress", clip, "--max-mb", 1, "--preset", "x", code=2, says="exactly one limit")


def test_unknown_words(world: World, clip: Path) -> None:
    refused(world, "compress", clip, "--preset", "myspace", code=2, says="discord")
    refused(world, "compress", clip, "--max-mb", 1, "--codec", "vp6", code=2, says="h264")
    refused(world, "compress", clip, "--max-mb", 1, "--backend", "ftp://here", code=2, says="local, cloud")
    refused(world, "compress", clip, "--max-mb", 1, code=2, says="local, cloud", NEMO_BACKEND="somewhere")
    refused(world, "compresss", clip, code=2, says="no such command")
    refused(world, "compress", code=2, says="INPUT")


def test_missing_file(world: World) -> None:
    refused(world, "compress", "gone.mp4", "--max-mb", 1, code=3, says=r"gone\.mp4")


def test_directory(world: World) -> None:
    (world.work / "folder.mp4").mkdir()
    refused(world, "compress", "folder.mp4", "--max-mb", 1, code=3, says=r"folder\.mp4")
    for here in (".", "/"):
        refused(world, "compress", here, "--max-mb", 1, code=3, says=r"is a folder")
    refused(world, "compress", "", "--max-mb", 1, code=3, says=r"name is empty")


def test_a_refusal_speaks_of_options(world: World, clip: Path) -> None:
    (world.work / "there.mp4").touch()
    for arguments, words in (
        (
            ("--max-height", 0),
            "--max-height must be a whole number of pixels, 16 to 16384, or any: 0. Try --max-height 720.",
        ),
        (("--fps", 2000), "--fps must be a number above zero, 1000 at most: 2000.0. Try --fps 30."),
        (("--keep-hdr",), "H.264 is made in 8 bits and cannot keep HDR. Choose --codec hevc or --codec av1."),
        (("-o", "there.mp4"), "there.mp4: exists already. Pass -y to replace it, or name another output."),
    ):
        done = world.run("compress", clip, "--max-mb", 1, *arguments)
        assert (done.returncode, done.stderr) == (2, f"error: {words}\n")


def test_empty_file(world: World) -> None:
    (world.work / "empty.mp4").touch()
    refused(world, "compress", "empty.mp4", "--max-mb", 1, code=3, says=r"empty\.mp4.*empty")


@pytest.mark.parametrize("command", ["compress", "plan"])
def test_a_private_address(world: World, clip: Path, command: str) -> None:
    handler = functools.partial(_Quiet, directory=str(clip.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{clip.name}"
        wish = (command, url, "--max-bytes", 100_000, "-o", "out.mp4")
        refused(world, *wish, code=2, says=r"^error: http://127.*private network.*--allow-private-urls")
        refused(world, *wish, "--allow-private-urls", "--backend", "http://127.0.0.1:9", code=2, says="local backend")
        done = world.run(*wish, "--allow-private-urls", "--json")
        server.shutdown()
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["size"] <= 100_000


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_text_renamed(world: World) -> None:
    (world.work / "words.mp4").write_text("not a film\n" * 1000)
    refused(world, "compress", "words.mp4", "--max-bytes", 5000, code=3, says=r"words\.mp4")


def test_text_renamed_that_would_fit(world: World) -> None:
    (world.work / "words.mp4").write_text("not a film\n")
    refused(world, "compress", "words.mp4", "--max-mb", 50, code=3, says=r"words\.mp4")


def test_absurd_size(world: World) -> None:
    head = b"GIF89a" + b"\xff" * 4 + b"\x80\0\0" + bytes(6)
    image = b"!\xf9\x04\0\n\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0"
    (world.work / "huge.gif").write_bytes(head + image * 2 + b";")
    says = r"huge\.gif.* 65535x65535 is larger than is read here\. Up to \d+ pixels are read"
    refused(world, "compress", "huge.gif", "-o", "out.mp4", "--max-mb", 1, code=3, says=says)


def test_container_that_is_not_taken(world: World) -> None:
    (world.work / "slides.pptx").write_bytes(b"PK" * 1000)
    refused(world, "compress", "slides.pptx", "--max-mb", 1, code=3, says=r"pptx.*mp4.*mkv")


def test_truncated(world: World, clip_bytes: bytes) -> None:
    (world.work / "half.mp4").write_bytes(clip_bytes[: len(clip_bytes) // 2])
    refused(world, "compress", "half.mp4", "--max-bytes", 60_000, code=3, says=r"half\.mp4")


@pytest.mark.media
@pytest.mark.skipif(not SHARED.is_dir(), reason="the clips of ../shared/media are not beside this checkout")
@pytest.mark.parametrize("name", ["err_corrupted.mp4", "err_audio_only.mp4"])
def test_real_damage_and_no_picture(world: World, name: str) -> None:
    content = (SHARED / name).read_bytes()
    (world.work / name).write_bytes(content)
    refused(world, "compress", name, "--max-bytes", len(content) // 2, code=3, says=re.escape(name))


def test_no_picture(world: World, ffmpeg: Callable[..., Path]) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac", world.work / "sound.mp4")
    refused(world, "compress", "sound.mp4", "--max-bytes", 9000, code=3, says=r"sound\.mp4.*(picture|video track)")


def test_limit_out_of_reach_names_the_least_and_the_least_works(world: World, clip: Path) -> None:
    line = refused(world, "compress", clip, "--max-bytes", 1000, code=4, says=r"\d{4,}")
    told = json.loads(world.run("compress", clip, "--max-bytes", 1000, "--json").stdout)["error"]
    least = told["least_bytes"]
    assert told["type"] == "TargetNotMet"
    assert f"{least}" in line.replace(",", "")
    done = world.run("compress", clip, "--max-bytes", least, "--json")
    assert done.returncode == 0, done.stdout
    assert (world.work / "talk.compressed.mp4").stat().st_size <= least


def test_output_exists(world: World, clip: Path) -> None:
    (world.work / "out.mp4").write_bytes(b"precious")
    refused(world, "compress", clip, "-o", "out.mp4", "--max-bytes", 60_000, code=2, says=r"out\.mp4.*-y")


def test_output_folder_missing(world: World, clip: Path) -> None:
    refused(world, "compress", clip, "-o", "nowhere/out.mp4", "--max-bytes", 60_000, code=2, says="nowhere")


def test_output_folder_not_writable(world: World, clip: Path) -> None:
    closed = Path("/proc/self") if os.geteuid() == 0 else world.folder / "closed"
    if closed.parent == world.folder:
        closed.mkdir(mode=0o500)
    elif not closed.is_dir():
        pytest.skip("root may write everywhere, and there is no /proc to refuse it")
    refused(
        world, "compress", clip, "-o", closed / "out.mp4", "--max-bytes", 60_000, code=2, says=re.escape(str(closed))
    )


def test_output_is_the_input(world: World, clip: Path) -> None:
    refused(world, "compress", clip, "-o", clip, "-y", "--max-bytes", 60_000, code=2, says=r"talk\.mp4")
    link = world.work / "link.mp4"
    link.symlink_to(clip)
    refused(world, "compress", clip, "-o", link, "-y", "--max-bytes", 60_000, code=2, says=r"(talk|link)\.mp4")


def test_suffix_and_codec_that_do_not_go_together(world: World, clip: Path) -> None:
    refused(world, "compress", clip, "-o", "out.webm", "--codec", "h264", "--max-bytes", 60_000, code=2, says="webm")
    refused(world, "compress", clip, "-o", "out.txt", "--max-bytes", 60_000, code=2, says=r"txt")


def test_disk_full(world: World, clip: Path) -> None:
    small = world.work / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "none", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        refused(world, "compress", clip, "-o", small / "out.mp4", "--max-bytes", 60_000, code=1, says="room|full|space")
    finally:
        subprocess.run(["umount", small], check=True)


def test_ffmpeg_missing(world: World, clip: Path) -> None:
    refused(
        world, "compress", clip, "--max-bytes", 60_000, code=7, says="FFmpeg|NEMO_FFMPEG", NEMO_FFMPEG="/gone/ffmpeg"
    )


@pytest.mark.parametrize("hidden", ["imageio_ffmpeg", "av"])
def test_extra_missing(hidden: str, world: World, clip: Path) -> None:
    without = (
        f"import sys; sys.modules[{hidden!r}] = None; sys.argv = ['nemovideo', *sys.argv[1:]]; "
        "from nemovideo.cli.main import main; main()"
    )
    command = [sys.executable, "-c", without, "compress", str(clip), "--max-bytes", "60000"]
    done = world.run_command(command, PATH="/gone")
    assert done.returncode == 7, done.stderr
    assert 'pip install "nemovideo[engine]"' in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_click_missing(world: World) -> None:
    hide = (
        "import sys, importlib.util as u; real = u.find_spec; "
        "u.find_spec = lambda name, *rest: None if name == 'click' else real(name, *rest); "
        "from nemovideo.cli.main import main; sys.argv = ['nemovideo', *sys.argv[1:]]; main()"
    )
    done = world.run_command([sys.executable, "-c", hide, "doctor"])
    assert done.returncode == 7
    (line,) = done.stderr.splitlines()
    assert line.endswith('needs click, which is not installed. Install it with: python -m pip install "nemovideo[cli]"')
    done = world.run_command([sys.executable, "-c", hide, "doctor", "--json"])
    assert done.returncode == 7
    assert json.loads(done.stdout)["error"]["exit_code"] == 7


def test_port_taken(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused(
            world, "serve", "--port", port, "--data", world.folder / "data", code=5, says=rf"{port} .*taken.*--port"
        )


def test_data_folder_that_cannot_be(world: World) -> None:
    (world.work / "file").write_text("")
    refused(world, "serve", "--port", 0, "--data", world.work / "file" / "data", code=2, says="--data")


def test_engine_unreachable(world: World, clip: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    arguments = ("compress", clip, "--max-bytes", 60_000, "--backend", f"http://127.0.0.1:{port}")
    refused(world, *arguments, code=5, says=f"127.0.0.1:{port}")


def test_wrong_token(world: World, clip: Path, engine: str) -> None:
    wrong = {"NEMO_API_URL": engine, "NEMO_TOKEN": "nmv_usr_surely-not-this-one"}
    line = refused(world, "compress", clip, "--max-bytes", 60_000, "--backend", "cloud", code=6, says="token", **wrong)
    assert "surely-not" not in line
    refused(world, "credits", "--backend", "cloud", code=6, says="token", **wrong)


def test_over_the_backends_size(world: World, engine: str) -> None:
    huge = world.work / "huge.mp4"
    with huge.open("wb") as file:
        file.truncate(500_000_001)
    refused(world, "compress", huge, "--max-mb", 50, "--backend", engine, code=3, says=r"huge\.mp4.*500 MB")


def test_sample_refuses(world: World) -> None:
    (world.work / "sample.mp4").write_bytes(b"precious")
    refused(world, "sample", code=2, says=r"sample\.mp4.*-y")
    refused(world, "sample", "nowhere/clip.mp4", code=2, says="nowhere")
    refused(world, "sample", "clip.doc", code=2, says="mp4")
    refused(world, "sample", world.work, "-y", code=2, says="folder")


def test_an_error_as_json_is_one_object_and_nothing_else(world: World) -> None:
    for arguments in (
        ["compress", "gone.mp4", "--max-mb", "1", "--json"],
        ["compress", "gone.mp4", "--max-mb", "none", "--json"],
        ["nothing", "--json"],
    ):
        done = world.run(*arguments)
        error = json.loads(done.stdout)["error"]
        assert done.stderr == ""
        assert error["exit_code"] == done.returncode
        assert error["message"]
        assert "hint" in error

"""A multipart body that is made anew for each attempt: known length, read off the loop, told as it goes."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from nemovideo.errors import UsageError
from nemovideo.source import Source

__all__ = ["MultipartBody"]

_LONGEST_NAME = 200  # characters: a header line has a bound, and no file system takes more
_SUFFIX = re.compile(r"\.\w{1,8}\Z")


class MultipartBody:
    """One or more files, each as a field `files` (spec, section 2).

    Args:
        sources: where the bytes come from, again from the start for each attempt; their sizes are known.
        on_sent: told how many bytes of the files have been handed to the socket.
    """

    def __init__(self, sources: Sequence[Source], on_sent: Callable[[int], Awaitable[None]]) -> None:
        self._on_sent = on_sent
        boundary = uuid.uuid4().hex
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._parts = [(_head(source, boundary, first=not at), source) for at, source in enumerate(sources)]
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.length = sum(len(head) + (source.size or 0) for head, source in self._parts) + len(self._tail)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Heads, files and tail, exactly as long as announced.

        Raises:
            UsageError: a file is no longer as long as it was; the request then breaks off, so that nothing is taken.
        """
        sent = 0
        await self._on_sent(0)
        for head, source in self._parts:
            yield head
            async with contextlib.aclosing(_exactly(source)) as chunks:
                async for chunk in chunks:
                    yield chunk
                    sent += len(chunk)
                    await self._on_sent(sent)
        yield self._tail


async def _exactly(source: Source) -> AsyncGenerator[bytes, None]:
    announced, came = source.size or 0, 0
    async with contextlib.aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            came += len(chunk)
            if came > announced:
                raise _changed(source, f"more than the {announced} bytes announced came")
            yield chunk
    if came < announced:
        raise _changed(source, f"only {came} of the {announced} bytes announced came")


def _changed(source: Source, what: str) -> UsageError:
    return UsageError(
        f"{source.path or source.name}: {what}; it changed while it was being sent.",
        hint="Wait until nobody writes to it any more, or give the right size, and upload it again.",
        phase="upload",
    )


def _head(source: Source, boundary: str, *, first: bool) -> bytes:
    # A name on disk need not be UTF-8; what is no text becomes replacement characters.
    name = source.name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    lines = (
        f"--{boundary}",
        f'Content-Disposition: form-data; name="files"; filename="{_escaped(_shortened(name))}"',
        "Content-Type: application/octet-stream",
        "",
        "",
    )
    return (b"" if first else b"\r\n") + "\r\n".join(lines).encode()


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST_NAME:
        return name
    found = _SUFFIX.search(name)
    suffix = found[0] if found else ""
    return name[: _LONGEST_NAME - len(suffix)] + suffix


def _escaped(name: str) -> str:
    """A file name within quotes, as browsers write it (WHATWG HTML, multipart/form-data)."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")

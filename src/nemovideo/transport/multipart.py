"""A multipart body that is made anew for each attempt: known length, read off the loop, told as it goes."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable

from nemovideo.source import Source

__all__ = ["MultipartBody"]


class MultipartBody:
    """One file as the field `files` (spec, section 2).

    Args:
        source: where the bytes come from, again from the start for each attempt.
        size: their number.
        on_sent: told how many bytes of the file have been handed to the socket.
    """

    def __init__(self, source: Source, size: int, on_sent: Callable[[int], Awaitable[None]]) -> None:
        self._source = source
        self._size = size
        self._on_sent = on_sent
        boundary = uuid.uuid4().hex
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{_escaped(source.name)}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.length = len(self._head) + size + len(self._tail)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Head, file and tail; a file that grew meanwhile is cut at the length that was announced."""
        yield self._head
        sent = 0
        await self._on_sent(0)
        async with contextlib.aclosing(self._source.chunks()) as chunks:
            async for chunk in chunks:
                piece = chunk[: self._size - sent]
                if not piece:
                    break
                yield piece
                sent += len(piece)
                await self._on_sent(sent)
        yield self._tail


def _escaped(name: str) -> str:
    """A file name within quotes, as browsers write it (WHATWG HTML, multipart/form-data)."""
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")

"""The form of an upload: its files, one after the other, as they arrive."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from urllib.parse import unquote

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from nemovideo.engine.wire import bad_request, steady

__all__ = ["files", "parameters"]

_CHUNK = 256 * 1024
_REST_LIMIT = 1 << 20  # bytes of all parts that are no files
_PARAMETER = re.compile(r';\s*(?P<name>[\w-]+\*?)\s*=\s*(?:"(?P<quoted>(?:\\["\\]|[^"])*+)"|(?P<token>[^";\s]+))')
_ALL_ENCODED = re.compile(r"(?:[\w.~-]|%[0-9A-Fa-f]{2})*", re.ASCII)
_BROWSER_ESCAPE = re.compile(r"%(?:22|0D|0A)", re.IGNORECASE)


async def files(request: web.Request) -> AsyncGenerator[tuple[str, AsyncIterator[bytes]], None]:
    """The files of the form: each one's name, and its bytes, to be read before the next is asked for.

    Raises:
        Refusal: 400 for what is no such form, 408 when it stands still.
    """
    if not request.content_type.startswith("multipart/"):
        raise bad_request("An upload is multipart/form-data or a JSON object with urls.")
    room = _REST_LIMIT
    try:
        reader = await request.multipart()
        while (part := await steady(reader.next())) is not None:
            if not isinstance(part, BodyPartReader):
                raise bad_request("The form has a form inside; send files only.")
            told = parameters(part.headers.get("Content-Disposition", ""))
            if told.get("name") == "files":
                yield told.get("filename", ""), _chunks(part)
                continue
            async for chunk in _chunks(part):
                room -= len(chunk)
                if room < 0:
                    raise bad_request(f'Parts that are not named "files" may have {_REST_LIMIT} bytes together.')
    except (ValueError, AssertionError, HttpProcessingError) as error:  # how aiohttp says that a form is malformed
        raise bad_request(f"The form cannot be read: {error}.") from None


def parameters(disposition: str) -> dict[str, str]:
    """The parameters of a Content-Disposition, as browsers, curl and aiohttp's clients write them.

    Read here and not by aiohttp, which takes every backslash for an escape and gives up on a second semicolon.
    """
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(disposition):
        name, quoted = match["name"].lower(), match["quoted"]
        value = match["token"] if quoted is None else re.sub(r'\\(["\\])', r"\1", quoted)
        if name.endswith("*"):
            found[name[:-1]] = unquote(value.split("'", 2)[-1])
        else:
            found.setdefault(name, _decoded(value))
    return found


def _decoded(value: str) -> str:
    # aiohttp's clients percent-encode the whole name, browsers only what would break the header.
    if _ALL_ENCODED.fullmatch(value):
        return unquote(value)
    return _BROWSER_ESCAPE.sub(lambda match: unquote(match[0]), value)


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await steady(part.read_chunk(_CHUNK)):
        yield chunk

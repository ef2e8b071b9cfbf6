"""A proxy on a thread of its own that writes down what goes through it: every call's method, path and headers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

HOP = {"transfer-encoding", "connection", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Passed:
    call: str
    headers: dict[str, str]


@dataclass
class Recorder:
    """Passes everything on to `target`."""

    target: str
    calls: list[Passed] = field(default_factory=list[Passed])

    def __enter__(self) -> Self:
        calls, target = self.calls, urlsplit(self.target)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def passed(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                calls.append(Passed(f"{self.command} {self.path}", headers))
                body = self.rfile.read(int(headers.get("content-length", 0)))
                connection = HTTPConnection(target.hostname or "", target.port, timeout=120)
                try:
                    sent = {name: value for name, value in headers.items() if name != "host"}  # the engine looks at it
                    connection.request(self.command, self.path, body, sent)
                    answer = connection.getresponse()
                    content = answer.read()
                finally:
                    connection.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                if answer.status != 304:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = passed  # noqa: N815 - names that http.server looks for

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

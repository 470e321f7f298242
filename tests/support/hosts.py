"""Static hosts for tests."""

from __future__ import annotations

from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Self

from stempress.commands.static_server import StaticHandler, StaticServer

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class _Handler(StaticHandler):
    """A host whose files under app/ never change: browsers may keep them, and their code."""

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Cache-Control" and "/app/" in self.path:
            value = "max-age=3600"
        super().send_header(keyword, value)


class StaticHosts:
    """Hosts that run until all of them end; there is one for each folder and prefix."""

    def __init__(self) -> None:
        self._servers: dict[tuple[Path, str], StaticServer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Each takes until it looks whether it is to end: all of them at the same time.
        ending = [Thread(target=server.shutdown) for server in self._servers.values()]
        for thread in ending:
            thread.start()
        for thread, server in zip(ending, self._servers.values(), strict=True):
            thread.join()
            server.server_close()

    def base(self, directory: Path, prefix: str = "/") -> str:
        """Return the base address of a folder below a prefix, with its last slash."""
        if (directory, prefix) not in self._servers:
            self._servers[directory, prefix] = _start(directory, prefix)
        return f"http://127.0.0.1:{self._servers[directory, prefix].server_port}{prefix}"


def _start(directory: Path, prefix: str) -> StaticServer:
    handler = type("PrefixedHost", (_Handler,), {"prefix": prefix})
    server = StaticServer(("127.0.0.1", 0), partial(handler, directory=str(directory)))
    Thread(target=server.serve_forever, daemon=True).start()
    return server

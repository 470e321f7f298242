"""Static hosts for tests."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Self

from stempress.commands.static_server import StaticHandler, StaticServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def start_server(
    folder: Path,
    handler: type[StaticHandler] = StaticHandler,
    *,
    prefix: str = "/",
    port: int = 0,
    poll: float = 0.05,
) -> StaticServer:
    """Serve a folder below a prefix in a background thread.

    A shutdown takes up to ``poll`` seconds; the server wakes up as often as that.
    """
    bound = partial(type("Host", (handler,), {"prefix": prefix}), directory=str(folder))
    server = StaticServer(("127.0.0.1", port), bound)
    Thread(target=server.serve_forever, args=(poll,), daemon=True).start()
    return server


@contextmanager
def serving(
    folder: Path, handler: type[StaticHandler] = StaticHandler, *, prefix: str = "/"
) -> Iterator[str]:
    """Serve a folder; yield its base address, with its last slash."""
    server = start_server(folder, handler, prefix=prefix)
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()


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

    def __exit__(self, *error: object) -> None:
        # A shutdown waits for the server's next poll: wait for all of them at the same time.
        ending = [Thread(target=server.shutdown) for server in self._servers.values()]
        for thread in ending:
            thread.start()
        for thread, server in zip(ending, self._servers.values(), strict=True):
            thread.join()
            server.server_close()

    def base(self, directory: Path, prefix: str = "/") -> str:
        """Return the base address of a folder below a prefix, with its last slash."""
        if (directory, prefix) not in self._servers:
            self._servers[directory, prefix] = start_server(
                directory, _Handler, prefix=prefix, poll=0.5
            )
        return f"http://127.0.0.1:{self._servers[directory, prefix].server_port}{prefix}"

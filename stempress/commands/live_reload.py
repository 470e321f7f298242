"""A static server whose open pages reload after a build."""

from __future__ import annotations

import errno
import json
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from socket import gaierror
from threading import Condition, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stempress.commands.static_server import StaticHandler, StaticServer
from stempress.core.errors import Fault, SiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

HEARTBEAT_SECONDS = 10
NOTIFY_SECONDS = 0.1
LOOPBACK = "127.0.0.1"
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - only with --host
BUILDING = Path(__file__).with_name("building.html")
"""The page that is shown until there is a site."""
SCRIPT = Path(__file__).with_name("live_reload.js")
SCRIPT_ADDRESS = "/.stempress/reload.js"
STREAM_ADDRESS = "/.stempress/reload"
SCRIPT_POLICY = re.compile(rb"(<meta[^>]*[ ;\"]script-src)(?![^;\">]*'self')(?: 'none')?")
"""A content security policy that allows no script files."""
TAG = '<script src="{address}" data-build="{build}"></script>'


@dataclass
class BuildEvents:
    """The state of the last build, for open pages to wait for.

    ``page`` and ``style`` are versions. A build that changes only style sheets leaves ``page`` as
    it was: pages load the new sheets without reloading, and a mixer keeps playing. ``fault`` is
    the error of the last build, ``step`` what the running one is doing.
    """

    started: int = field(default_factory=time.time_ns)
    count: int = 0
    page: str = ""
    style: str = ""
    fault: str = ""
    step: tuple[str, int, int] | None = None
    closed: bool = False
    changed: Condition = field(default_factory=Condition)
    _notified: float = 0.0

    def __post_init__(self) -> None:
        """Set the first version, different from those of earlier servers."""
        self.page = self.style = f"{self.started}-0"

    @property
    def newest(self) -> str:
        """The state as JSON."""
        state = {"page": self.page, "style": self.style, "fault": self.fault, "step": self.step}
        return json.dumps(state)

    def advance(self, title: str, done: int, total: int) -> None:
        """Notify open pages of a build's progress, ten times a second at most."""
        now = time.monotonic()
        if done == total or now - self._notified >= NOTIFY_SECONDS:
            with self.changed:
                self._notified = now
                self.step = title, done, total
                self.changed.notify_all()

    def finish(self, changed: Collection[str]) -> None:
        """Notify open pages of a build that changed these files."""
        with self.changed:
            self.count += 1
            self.fault, self.step = "", None
            if changed:
                self.style = f"{self.started}-{self.count}"
            if not all(address.endswith(".css") for address in changed):
                self.page = self.style
            self.changed.notify_all()

    def fail(self, fault: str) -> None:
        """Notify open pages of a build that failed."""
        with self.changed:
            self.fault, self.step = fault, None
            self.changed.notify_all()

    def close(self) -> None:
        """End all streams."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def wait(self, seen: str) -> str:
        """Return the state as JSON once it differs from ``seen``, or after a heartbeat."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.newest != seen, HEARTBEAT_SECONDS)
            return self.newest


class PreviewHandler(StaticHandler):
    """Serves a site whose pages reload after a build."""

    def __init__(self, *args: object, builds: BuildEvents, **options: object) -> None:
        self.builds = builds
        super().__init__(*args, **options)  # type: ignore[arg-type]

    def answer(self) -> None:
        """Send the reload script or the stream of builds; any other address is the site's."""
        address = urlsplit(self.path).path
        if address == STREAM_ADDRESS:
            self.stream_builds()
        elif address == SCRIPT_ADDRESS:
            self.send_source(SCRIPT)
        elif not (Path(self.directory) / "index.html").is_file():
            self.send_source(BUILDING, HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            super().answer()

    def send_source(self, source: Path, status: HTTPStatus = HTTPStatus.OK) -> None:
        """Send a file; add the reload script to HTML pages."""
        if source.suffix != ".html":
            super().send_source(source, status)
            return
        # The version is read before the page: a build in between only causes one more reload.
        tag = TAG.format(address=SCRIPT_ADDRESS, build=self.builds.page)
        page = insert_tag(allow_script(source.read_bytes()), tag.encode())
        self.send_response(status)
        self.send_content_headers(self.guess_type(source), len(page))
        if self.command != "HEAD":
            self.wfile.write(page)

    def stream_builds(self) -> None:
        """Stream builds as server-sent events until the client disconnects."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        seen = ""
        while not self.builds.closed:
            newest = self.builds.wait(seen)
            # Writing a comment detects clients that have disconnected.
            self.wfile.write(f"data: {newest}\n\n".encode() if newest != seen else b":\n\n")
            seen = newest


def allow_script(page: bytes) -> bytes:
    """Return a page whose policy allows the reload script: that of 404.html does not."""
    return SCRIPT_POLICY.sub(rb"\1 'self'", page, count=1)


def insert_tag(page: bytes, tag: bytes) -> bytes:
    """Return a page with a tag at the end of its head, or at its very end if it has no head."""
    head, end, rest = page.partition(b"</head>")
    return head + tag + end + rest if end else page + tag


def bind_server(host: str, port: int, handler: Callable[..., PreviewHandler]) -> StaticServer:
    """Bind a port; clients can connect, and wait until it is served. SiteError if that fails."""
    try:
        return StaticServer((host, port), handler)
    except (gaierror, UnicodeError) as error:  # UnicodeError: what cannot be a name at all
        raise _fault_of_host(host) from error
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise _fault_of_host(host) from error
        in_use = error.errno == errno.EADDRINUSE
        message = "is in use by another program" if in_use else f"cannot be used: {error.strerror}"
        hint = "choose another with --port; 0 is any that is free"
        raise SiteError([Fault("serve", message, "port", port, hint)]) from error


def _fault_of_host(host: str) -> SiteError:
    hint = "leave the address out to serve the whole network"
    message = "is not an address of this computer"
    return SiteError([Fault("--host", message, value=host, hint=hint)])


@contextmanager
def serve_in_thread(server: StaticServer, builds: BuildEvents) -> Iterator[str]:
    """Serve in a background thread; yield the address for this computer."""
    Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    host, port = str(server.server_address[0]), server.server_address[1]
    try:
        yield f"http://{LOOPBACK if host == ALL_ADDRESSES else host}:{port}/"
    finally:
        builds.close()
        server.shutdown()

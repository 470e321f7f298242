"""A local web server that behaves like a static host: media types, ranges, 404.html."""

from __future__ import annotations

import re
import sys
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stempress.core.crash_log import crash_fault
from stempress.core.media_types import MEDIA_TYPES

if TYPE_CHECKING:
    from socket import socket

CHUNK_BYTES = 1 << 16
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class StaticHandler(SimpleHTTPRequestHandler):
    """Serves ``directory`` below ``prefix``, as GitHub Pages and an IPFS gateway would."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms for the acknowledgement of its headers
    prefix = "/"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | MEDIA_TYPES

    def do_GET(self) -> None:
        """Send a response with its body."""
        self.answer()

    def do_HEAD(self) -> None:
        """Send the headers of a response."""
        self.answer()

    def answer(self) -> None:
        """Send the file at an address, a redirect to the folder, or the 404 page."""
        address = urlsplit(self.path).path
        source = self.source_of(address)
        if source is None:
            self.send_missing()
        elif source.is_dir() and not address.endswith("/"):
            self.send_folder_redirect(address)
        elif source.is_dir() and (source / "index.html").is_file():
            self.send_source(source / "index.html")
        elif source.is_file() and not address.endswith("/"):
            self.send_source(source)
        else:
            self.send_missing()

    def source_of(self, address: str) -> Path | None:
        """Return the path of an address; None outside the prefix."""
        if not address.startswith(self.prefix):
            return None
        return Path(self.translate_path("/" + address.removeprefix(self.prefix)))

    def send_folder_redirect(self, address: str) -> None:
        """Redirect ``/songs`` to ``/songs/``, so that relative links in the page resolve."""
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        # A single leading slash: two would be the address of another host.
        self.send_header("Location", "/" + address.strip("/") + "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_missing(self) -> None:
        """Send 404.html with status 404, or a plain 404 if the site has none."""
        page = Path(self.directory) / "404.html"
        if page.is_file():
            self.send_source(page, HTTPStatus.NOT_FOUND)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def send_source(self, source: Path, status: HTTPStatus = HTTPStatus.OK) -> None:
        """Send a file, or the part of it that a Range header requests."""
        size = source.stat().st_size
        span = self.requested_span(size) if status == HTTPStatus.OK else None
        if span is not None and span[0] >= span[1]:
            self.send_unsatisfiable(size)
            return
        first, stop = span or (0, size)
        self.send_response(HTTPStatus.PARTIAL_CONTENT if span else status)
        if span:
            self.send_header("Content-Range", f"bytes {first}-{stop - 1}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_content_headers(self.guess_type(source), stop - first)
        if self.command != "HEAD":
            self.copy_span(source, first, stop)

    def requested_span(self, size: int) -> tuple[int, int] | None:
        """Return the half-open span of a Range header; empty if impossible, None without one."""
        match = RANGE.fullmatch(self.headers.get("Range", ""))
        if match is None or match.group(0) == "bytes=-":
            return None
        first, last = match.groups()
        if not first:
            return max(0, size - int(last)), size
        stop = min(size, int(last) + 1) if last else size
        return int(first), stop

    def send_unsatisfiable(self, size: int) -> None:
        """Reject a range outside the file."""
        self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        self.send_header("Content-Range", f"bytes */{size}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def send_content_headers(self, media_type: str, length: int) -> None:
        """Send the headers of every body; a preview must not be cached."""
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()

    def copy_span(self, source: Path, first: int, stop: int) -> None:
        """Send ``source[first:stop]`` in chunks."""
        with source.open("rb") as stream:
            stream.seek(first)
            while first < stop and (chunk := stream.read(min(CHUNK_BYTES, stop - first))):
                self.wfile.write(chunk)
                first += len(chunk)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        """Log nothing: requests would bury the reports of builds."""


class StaticServer(ThreadingHTTPServer):
    """A threaded server that ignores clients that disconnect."""

    daemon_threads = True

    def handle_error(
        self,
        request: socket | tuple[bytes, socket],  # noqa: ARG002
        client_address: object,  # noqa: ARG002
    ) -> None:
        """Report errors other than lost connections, which are normal for browsers."""
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, ConnectionError | TimeoutError):
            sys.stderr.write(f"error: {crash_fault(error, ['serve'])}\n")

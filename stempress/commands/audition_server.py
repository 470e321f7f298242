"""The audition's page and API, which the preview serves to the artist on this computer."""

from __future__ import annotations

import json
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from stempress.commands.live_reload import PreviewHandler
from stempress.core.errors import SiteError

if TYPE_CHECKING:
    from stempress.drop.audition import Audition

PAGE_ADDRESS = "/audition/"
API_ADDRESS = "/.stempress/audition"
FILES = {
    PAGE_ADDRESS: "audition.html",
    f"{API_ADDRESS}.js": "audition.js",
}
MAX_BODY_BYTES = 10_000
"""Size limit of a request's body."""


class AuditionHandler(PreviewHandler):
    """Serves a preview and the audition."""

    def __init__(self, *args: object, audition: Audition, **options: object) -> None:
        self.audition = audition
        super().__init__(*args, **options)  # type: ignore[arg-type]

    def answer(self) -> None:
        """Send the audition's files and data; any other address is the preview's."""
        parts = urlsplit(self.path)
        if not self._is_of_this_computer():
            super().answer()
        elif parts.path in FILES:
            self.send_own(Path(__file__).with_name(FILES[parts.path]))
        elif parts.path == API_ADDRESS:
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_result(lambda: self._get(query))
        else:
            super().answer()

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        """Store a verdict or a rule, which only the audition's page may send."""
        length = int(self.headers.get("Content-Length") or 0)
        if (
            urlsplit(self.path).path != API_ADDRESS
            or not self._is_of_this_computer()
            or not self._is_same_origin()
            or length > MAX_BODY_BYTES
        ):
            self.close_connection = True
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        body = self.rfile.read(length)
        self.send_result(lambda: self._post(json.loads(body)))

    def _is_of_this_computer(self) -> bool:
        """Return whether the artist asks: with --host others in the network can as well."""
        return ip_address(self.client_address[0]).is_loopback

    def _is_same_origin(self) -> bool:
        """Return whether a page of this server sends: pages of others cannot fake their origin."""
        host = self.headers.get("Host", "")
        name = host.rpartition(":")[0]
        return (
            name in ("127.0.0.1", "localhost")
            and self.headers.get("Origin") == f"http://{host}"
            and self.headers.get_content_type() == "application/json"
        )

    def _get(self, query: dict[str, str]) -> dict[str, Any]:
        """Return all songs; of ``song`` its data, or what a rule (``if``, ``exclude``) would do."""
        if "song" not in query:
            return {"songs": self.audition.songs()}
        if "if" not in query:
            return self.audition.song_data(query["song"])
        when, exclude = (json.loads(query[side]) for side in ("if", "exclude"))
        return {"warnings": self.audition.rule_warnings(query["song"], when, exclude)}

    def _post(self, data: dict[str, Any]) -> dict[str, Any]:
        if "verdict" in data:
            self.audition.set_verdict(data["song"], data["mix"], data["verdict"])
        else:
            self.audition.add_rule(data["song"], data["if"], data["exclude"])
        return {}

    def send_result(self, function: Any) -> None:  # noqa: ANN401 - returns any JSON
        """Send the result of a function as JSON, or the faults that it raised."""
        try:
            status, content = HTTPStatus.OK, function()
        except SiteError as error:
            status, content = HTTPStatus.BAD_REQUEST, {"faults": list(map(str, error.faults))}
        except (KeyError, TypeError, ValueError, AttributeError):
            status, content = HTTPStatus.BAD_REQUEST, {"faults": ["this is not a valid request"]}
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_content_headers("application/json", len(data))
        if self.command != "HEAD":
            self.wfile.write(data)

    def send_own(self, source: Path) -> None:
        """Send a file of the audition, without the reload script: saving a rule would reload it."""
        data = source.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_content_headers(self.guess_type(source), len(data))
        if self.command != "HEAD":
            self.wfile.write(data)

"""Files and blocks as a host serves them, compared with those that were built."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from stempress.core.errors import Fault
from stempress.core.notation import show_value
from stempress.publish.cid import compute_cid, format_cid
from stempress.publish.unixfs import CHUNK, import_stream

if TYPE_CHECKING:
    from stempress.publish.built_site import BuiltSite

CONCURRENT_REQUESTS = 8
CONNECT_SECONDS = 5
READ_SECONDS = 15
GATEWAY_SECONDS = 60
"""How long to wait for a response; a gateway first has to find a node that has the block."""
RETRIES = Retry(
    total=4,
    connect=1,
    read=0,
    backoff_factor=1,
    status_forcelist=(429, 502, 503, 504),
    retry_after_max=30,
)


def open_session() -> requests.Session:
    """Return a session that tries again what a busy host refused."""
    session = requests.Session()
    adapter = HTTPAdapter(pool_maxsize=CONCURRENT_REQUESTS, max_retries=RETRIES)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class NoAnswer(Fault):
    """The fault of a request without a response."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class HostVerifier:
    """Compares a host with the built site; ``gateway`` is the URL of its gateway, if it is one."""

    session: requests.Session
    base: str
    gateway: str
    built: BuiltSite

    def check_response(self) -> NoAnswer | None:
        """Fetch the front page alone, so that a host that is down is detected at once."""
        fault = self.check_file("index.html")
        if not isinstance(fault, NoAnswer):
            return None
        hint = "check the address, and that the host is up"
        return NoAnswer(self.base, fault.message, hint=hint)

    def check_file(self, address: str) -> Fault | None:
        """Compare a file as browsers get it."""
        page = (
            address.removesuffix("index.html") if f"/{address}".endswith("/index.html") else address
        )
        where, size = f"/{page}", self.built.sizes[address]
        content = self._fetch(where, f"{self.base}{quote(page)}", size)
        if isinstance(content, Fault):
            return content
        if import_stream(BytesIO(content), lambda _block: None).cid != self.built.nodes[address]:
            return Fault(where, "is served with other content than was built")
        return None

    def check_block(self, cid: bytes) -> Fault | None:
        """Compare a block as the gateway has it."""
        where = format_cid(cid)
        url = f"{self.gateway}ipfs/{where}?format=raw"
        content = self._fetch(where, url, self.built.blocks[cid], is_block=True)
        if isinstance(content, Fault):
            return content
        if compute_cid(cid[1], content) != cid:
            return Fault(where, "is served as a block with another CID")
        return None

    def _fetch(self, where: str, url: str, size: int, *, is_block: bool = False) -> bytes | Fault:
        """Return a body, or the fault of the response; no more than ``size`` bytes are accepted."""
        headers = {"Accept": "application/vnd.ipld.raw"} if is_block else {}
        timeout = CONNECT_SECONDS, GATEWAY_SECONDS if self.gateway else READ_SECONDS
        try:
            with self.session.get(
                url, headers=headers, timeout=timeout, stream=True, allow_redirects=is_block
            ) as response:
                return _read_body(response, where, size)
        except requests.RequestException as error:
            return NoAnswer(where, f"has no response: {_failure_reason(error)}")


def _read_body(response: requests.Response, where: str, size: int) -> bytes | Fault:
    """Return the body of a response, or its fault; not more than ``size`` bytes are read."""
    if response.is_redirect:
        return Fault(where, f"is redirected to {show_value(response.headers.get('Location'))}")
    if response.status_code != requests.codes.ok:
        return Fault(where, f"has the status {response.status_code}")
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) > size:
            return Fault(where, "is longer than what was built")
    return bytes(body)


def _failure_reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate is not valid"
    return "timed out" if isinstance(error, requests.Timeout) else "no connection"

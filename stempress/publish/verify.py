"""``verify``: compares a CAR file or a host with the built site, block by block."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from stempress.core.errors import Fault, SiteError
from stempress.core.notation import show_value
from stempress.publish.car import CarError, read_car
from stempress.publish.car_export import METADATA, import_site, read_site
from stempress.publish.cid import DAG_PB, BlockError, compute_cid, format_cid
from stempress.publish.unixfs import CHUNK, import_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stempress.core.progress import Progress
    from stempress.publish.cid import Block

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
MAX_UNANSWERED = 3
"""Consecutive requests without a response after which verification stops."""
MAX_NAMED = 10
"""How many of many similar faults are named."""
HOST_FILES = ("_headers", "_redirects")
"""Configuration files, which hosts need not serve."""
CID = r"b[a-z2-7]{58}"


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """The built site: its CID, the CIDs and sizes of nodes by address, block sizes by CID."""

    site: bytes
    nodes: Mapping[str, bytes]
    sizes: Mapping[str, int]
    blocks: Mapping[bytes, int]


def read_built(out: Path, progress: Progress) -> BuiltSite:
    """Compute all CIDs of ``out`` again: an earlier manifest could be outdated."""
    blocks: dict[bytes, int] = {}

    def add(block: Block) -> None:
        blocks[block.cid] = len(block.content)

    imported = import_site(read_site(out), [add], progress)
    return BuiltSite(
        imported.root.cid,
        {address: node.cid for address, node in imported.nodes.items()},
        {address: node.size for address, node in imported.nodes.items()},
        blocks,
    )


def verify(out: Path, target: str, progress: Progress) -> str:
    """Return a report of what matches the built site; SiteError with everything that does not."""
    is_host = _is_host(target)
    if not is_host and not Path(target).is_file():
        hint = "a .car file, or an address that begins with https://"
        raise SiteError([Fault(target, "does not exist", hint=hint)])
    built = read_built(out, progress)
    if is_host:
        return _verify_host(built, target.partition("?")[0], progress)
    return _verify_car(built, Path(target))


def _is_host(target: str) -> bool:
    """Return whether a target is the URL of a host."""
    try:
        parts = urlsplit(target)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _verify_car(built: BuiltSite, path: Path) -> str:
    """Verify a CAR file of the site or of its metadata, as its root says."""
    present, unknown = set(), 0
    try:
        with path.open("rb") as stream:
            root, blocks = read_car(stream)
            for block in blocks:
                present.add(block.cid)
                unknown += block.cid not in built.blocks
    except (CarError, BlockError) as error:
        raise SiteError([Fault(path.name, str(error))]) from error
    folder = f"{METADATA}/" if root == built.nodes.get(f"{METADATA}/") else ""
    faults = []
    if root != built.site and not folder:
        hint = f"the site is {format_cid(built.site)}"
        faults.append(
            Fault(path.name, f"has the root {format_cid(root)}, which was not built", hint=hint)
        )
    if unknown:
        faults.append(Fault(path.name, f"contains {unknown} blocks that were not built"))
    expected = {name: cid for name, cid in built.nodes.items() if name.startswith(folder)}
    if missing := [name for name, cid in expected.items() if cid not in present]:
        hint = "delta.car has only the blocks that are new"
        faults.append(Fault(path.name, f"lacks {_format_list(missing)}", hint=hint))
    elif missing_blocks := {} if folder else built.blocks.keys() - present:
        faults.append(Fault(path.name, f"lacks {len(missing_blocks)} blocks"))
    if faults:
        raise SiteError(faults)
    return f"{path.name}: {len(present)} blocks, {folder or 'the site'} as built"


def _format_list(addresses: Sequence[str]) -> str:
    names = ", ".join(map(show_value, addresses[:MAX_NAMED]))
    left = len(addresses) - MAX_NAMED
    return names if left <= 0 else f"{names} and {left} more"


def _verify_host(built: BuiltSite, url: str, progress: Progress) -> str:
    """Fetch every file as a browser would, and from a gateway the blocks of folders as well."""
    base = url if url.endswith("/") else f"{url}/"
    gateway, cid = _split_gateway_url(base)
    if cid and cid != format_cid(built.site):
        hint = f"the built site is {format_cid(built.site)}: publish it"
        raise SiteError([Fault(base, f"is another site, {cid}", hint=hint)])
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(
                scheme, HTTPAdapter(pool_maxsize=CONCURRENT_REQUESTS, max_retries=RETRIES)
            )
        verifier = HostVerifier(session, base, gateway, built)
        files = [address for address in built.nodes if _is_served(address, on_ipfs=bool(cid))]
        nodes = [node for node in built.blocks if node[1] == DAG_PB] if cid else []
        checks: list[Callable[[], Fault | None]] = [
            *(partial(verifier.check_file, address) for address in files),
            *(partial(verifier.check_block, node) for node in nodes),
        ]
        if fault := verifier.check_response():
            raise SiteError([fault])
        faults = _run_checks(checks, progress)
    if faults:
        raise SiteError(_group_faults(faults, base))
    also = f", {len(nodes)} blocks of folders and large files" if cid else ""
    return f"{base}: {len(files)} files{also}, all as built"


def _split_gateway_url(base: str) -> tuple[str, str]:
    """Return the URL of a gateway and the CID in its address; two empty strings for other hosts."""
    parts = urlsplit(base)
    if path := re.fullmatch(rf"(.*/)ipfs/({CID})/", parts.path):
        return f"{parts.scheme}://{parts.netloc}{path[1]}", path[2]
    if host := re.fullmatch(rf"({CID})\.ipfs\.(.+)", parts.netloc):
        return f"{parts.scheme}://{host[2]}/", host[1]
    return "", ""


def _is_served(address: str, *, on_ipfs: bool) -> bool:
    return not address.endswith("/") and (on_ipfs or address not in HOST_FILES)


def _group_faults(faults: Sequence[Fault], base: str) -> Iterator[Fault]:
    """Yield faults; more than MAX_NAMED with the same message become one."""
    by_message: dict[str, list[Fault]] = {}
    for fault in faults:
        by_message.setdefault(fault.message, []).append(fault)
    for message, group in by_message.items():
        if len(group) <= MAX_NAMED:
            yield from group
        else:
            names = _format_list([fault.where for fault in group])
            yield Fault(base, f"{len(group)} files: each {message}", hint=names)


def _run_checks(checks: Sequence[Callable[[], Fault | None]], progress: Progress) -> list[Fault]:
    """Run all checks at once; stop if the host no longer responds."""
    faults: list[Fault] = []
    unanswered = 0
    with (
        progress.track("Files and blocks to fetch", len(checks)) as step,
        ThreadPoolExecutor(CONCURRENT_REQUESTS) as pool,
    ):
        for count, pending in enumerate([pool.submit(check) for check in checks], 1):
            fault = pending.result()
            step("")
            if fault:
                faults.append(fault)
            unanswered = unanswered + 1 if isinstance(fault, NoAnswer) else 0
            if unanswered == MAX_UNANSWERED and count < len(checks):
                pool.shutdown(wait=False, cancel_futures=True)
                left = f"{len(checks) - count} of {len(checks)} were not fetched"
                hint = "check that the host is up, then try again"
                message = f"stopped: the host does not respond, {left}"
                faults.append(Fault("verify", message, hint=hint))
                break
    return faults


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
                if response.is_redirect:
                    target = show_value(response.headers.get("Location"))
                    return Fault(where, f"is redirected to {target}")
                if response.status_code != requests.codes.ok:
                    return Fault(where, f"has the status {response.status_code}")
                body = bytearray()
                for chunk in response.iter_content(CHUNK):
                    body += chunk
                    if len(body) > size:
                        return Fault(where, "is longer than what was built")
                return bytes(body)
        except requests.RequestException as error:
            return NoAnswer(where, f"has no response: {_failure_reason(error)}")


def _failure_reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the certificate is not valid"
    return "timed out" if isinstance(error, requests.Timeout) else "no connection"

"""Whether a CAR file holds, or a host serves, what was built: block by block, trusting nobody."""

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

from stempress.core.errors import Fault, SiteError, shorten
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
"""How long answers may take to begin; a gateway has to find who has what it is asked for."""
RETRIES = Retry(
    total=4,
    connect=1,
    read=0,
    backoff_factor=1,
    status_forcelist=(429, 502, 503, 504),
    retry_after_max=30,
)
MAX_UNANSWERED = 3
"""After so many questions in a row without an answer no more are asked."""
MAX_NAMED = 10
"""How many of many alike are named."""
HOST_FILES = ("_headers", "_redirects")
"""Hosts that read these need not serve them."""
CID = r"b[a-z2-7]{58}"


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """What was built: the CIDs of files and folders by address, the length of every block."""

    site: bytes
    nodes: Mapping[str, bytes]
    sizes: Mapping[str, int]
    blocks: Mapping[bytes, int]


def read_built(out: Path, progress: Progress) -> BuiltSite:
    """Name all of ``out`` anew: nothing that was written down earlier is believed."""
    blocks: dict[bytes, int] = {}

    def keep(block: Block) -> None:
        blocks[block.cid] = len(block.content)

    imported = import_site(read_site(out), [keep], progress)
    return BuiltSite(
        imported.root.cid,
        {address: node.cid for address, node in imported.nodes.items()},
        {address: node.size for address, node in imported.nodes.items()},
        blocks,
    )


def verify(out: Path, target: str, progress: Progress) -> str:
    """Return what was found to be as built; SiteError with all that is not."""
    is_host = _is_host(target)
    if not is_host and not Path(target).is_file():
        hint = "a .car file, or an address that begins with https://"
        raise SiteError([Fault("verify", "there is no such file", value=target, hint=hint)])
    built = read_built(out, progress)
    if is_host:
        return _verify_host(built, target.partition("?")[0], progress)
    return _verify_car(built, Path(target))


def _is_host(target: str) -> bool:
    """Say whether a target is the address of a host."""
    try:
        parts = urlsplit(target)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _verify_car(built: BuiltSite, path: Path) -> str:
    """Read a CAR file of the site or of its metadata; what it is of, its root tells."""
    found, strange = set(), 0
    try:
        with path.open("rb") as stream:
            root, blocks = read_car(stream)
            for block in blocks:
                found.add(block.cid)
                strange += block.cid not in built.blocks
    except (CarError, BlockError) as error:
        raise SiteError([Fault(path.name, str(error))]) from error
    folder = f"{METADATA}/" if root == built.nodes.get(f"{METADATA}/") else ""
    faults = []
    if root != built.site and not folder:
        hint = f"the site is {format_cid(built.site)}"
        faults.append(Fault(path.name, f"its root is {format_cid(root)}, nothing built", hint=hint))
    if strange:
        faults.append(Fault(path.name, f"holds {strange} blocks that were not built"))
    wanted = {name: cid for name, cid in built.nodes.items() if name.startswith(folder)}
    if lacking := [name for name, cid in wanted.items() if cid not in found]:
        hint = "a delta alone is not the whole site"
        faults.append(Fault(path.name, f"lacks {_format_list(lacking)}", hint=hint))
    elif lost := {} if folder else built.blocks.keys() - found:
        faults.append(Fault(path.name, f"lacks {len(lost)} blocks"))
    if faults:
        raise SiteError(faults)
    return f"{path.name}: {len(found)} blocks, {folder or 'the site'} as it was built"


def _format_list(addresses: Sequence[str]) -> str:
    named = ", ".join(map(shorten, addresses[:MAX_NAMED]))
    left = len(addresses) - MAX_NAMED
    return named if left <= 0 else f"{named} and {left} more"


def _verify_host(built: BuiltSite, url: str, progress: Progress) -> str:
    """Fetch every file as a visitor would, and from a gateway the blocks that hold folders."""
    base = url if url.endswith("/") else f"{url}/"
    gateway, named = _gateway_of(base)
    if named and named != format_cid(built.site):
        hint = f"the site is {format_cid(built.site)}: publish it"
        raise SiteError([Fault(base, f"is another site, {named}", hint=hint)])
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(
                scheme, HTTPAdapter(pool_maxsize=CONCURRENT_REQUESTS, max_retries=RETRIES)
            )
        asking = HostVerifier(session, base, gateway, built)
        files = [address for address in built.nodes if _is_served(address, on_ipfs=bool(named))]
        nodes = [cid for cid in built.blocks if cid[1] == DAG_PB] if named else []
        checks: list[Callable[[], Fault | None]] = [
            *(partial(asking.check_file, address) for address in files),
            *(partial(asking.check_block, cid) for cid in nodes),
        ]
        if silence := asking.silence():
            raise SiteError([silence])
        faults = _run_checks(checks, progress)
    if faults:
        raise SiteError(_group_faults(faults, base))
    also = f", {len(nodes)} blocks of folders and large files" if named else ""
    return f"{base}: {len(files)} files{also}, all as they were built"


def _gateway_of(base: str) -> tuple[str, str]:
    """Return a gateway's own address and the CID that an address names; nothing for other hosts."""
    parts = urlsplit(base)
    if path := re.fullmatch(rf"(.*/)ipfs/({CID})/", parts.path):
        return f"{parts.scheme}://{parts.netloc}{path[1]}", path[2]
    if host := re.fullmatch(rf"({CID})\.ipfs\.(.+)", parts.netloc):
        return f"{parts.scheme}://{host[2]}/", host[1]
    return "", ""


def _is_served(address: str, *, on_ipfs: bool) -> bool:
    return not address.endswith("/") and (on_ipfs or address not in HOST_FILES)


def _group_faults(faults: Sequence[Fault], base: str) -> Iterator[Fault]:
    """Yield faults; many of one kind as one."""
    kinds: dict[str, list[Fault]] = {}
    for fault in faults:
        kinds.setdefault(fault.message, []).append(fault)
    for what, alike in kinds.items():
        if len(alike) <= MAX_NAMED:
            yield from alike
        else:
            some = _format_list([fault.where for fault in alike])
            yield Fault(base, f"{len(alike)} files: each {what}", hint=some)


def _run_checks(checks: Sequence[Callable[[], Fault | None]], progress: Progress) -> list[Fault]:
    """Ask for everything, and stop where a host has fallen silent."""
    faults: list[Fault] = []
    silent = 0
    with (
        progress.track("Files and blocks to ask for", len(checks)) as step,
        ThreadPoolExecutor(CONCURRENT_REQUESTS) as pool,
    ):
        for at, answer in enumerate([pool.submit(check) for check in checks], 1):
            fault = answer.result()
            step("")
            if fault:
                faults.append(fault)
            silent = silent + 1 if isinstance(fault, NoAnswer) else 0
            if silent == MAX_UNANSWERED and at < len(checks):
                pool.shutdown(wait=False, cancel_futures=True)
                left = f"{len(checks) - at} of {len(checks)} were not asked for"
                hint = "look whether the host is up, and run it again"
                faults.append(Fault("verify", f"gave up: the host is silent, {left}", hint=hint))
                break
    return faults


class NoAnswer(Fault):
    """No answer."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class HostVerifier:
    """Asks a host for what was built; ``gateway`` is where its blocks are, nothing if nowhere."""

    session: requests.Session
    base: str
    gateway: str
    built: BuiltSite

    def silence(self) -> NoAnswer | None:
        """Ask for the front page alone: a host that is not there is found out at once."""
        found = self.check_file("index.html")
        if not isinstance(found, NoAnswer):
            return None
        hint = "look whether the address is right and the host is up"
        return NoAnswer(self.base, found.message, hint=hint)

    def check_file(self, address: str) -> Fault | None:
        """Compare a file as a visitor gets it."""
        visited = (
            address.removesuffix("index.html") if f"/{address}".endswith("/index.html") else address
        )
        where, size = f"/{visited}", self.built.sizes[address]
        content = self._fetch(where, f"{self.base}{quote(visited)}", size)
        if isinstance(content, Fault):
            return content
        if import_stream(BytesIO(content), lambda _block: None).cid != self.built.nodes[address]:
            return Fault(where, "is served as something else than what was built")
        return None

    def check_block(self, cid: bytes) -> Fault | None:
        """Compare a block as a gateway has it."""
        where = format_cid(cid)
        url = f"{self.gateway}ipfs/{where}?format=raw"
        content = self._fetch(where, url, self.built.blocks[cid], is_block=True)
        if isinstance(content, Fault):
            return content
        if compute_cid(cid[1], content) != cid:
            return Fault(where, "is served as a block that has another name")
        return None

    def _fetch(self, where: str, url: str, size: int, *, is_block: bool = False) -> bytes | Fault:
        """Return a body, or what is wrong with the answer. No more is read than was built."""
        headers = {"Accept": "application/vnd.ipld.raw"} if is_block else {}
        waiting = CONNECT_SECONDS, GATEWAY_SECONDS if self.gateway else READ_SECONDS
        try:
            with self.session.get(
                url, headers=headers, timeout=waiting, stream=True, allow_redirects=is_block
            ) as answer:
                if answer.is_redirect:
                    to = shorten(answer.headers.get("Location"))
                    return Fault(where, f"is redirected to {to}")
                if answer.status_code != requests.codes.ok:
                    return Fault(where, f"is answered with {answer.status_code}")
                body = bytearray()
                for chunk in answer.iter_content(CHUNK):
                    body += chunk
                    if len(body) > size:
                        return Fault(where, "is longer than what was built")
                return bytes(body)
        except requests.RequestException as error:
            return NoAnswer(where, f"is not answered: {_failure_reason(error)}")


def _failure_reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not accepted"
    return "it takes too long" if isinstance(error, requests.Timeout) else "no connection"

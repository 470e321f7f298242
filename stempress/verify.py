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

from stempress.blocks import DAG_PB, BlockError, cid_of, cid_text
from stempress.car import CarError, read_car
from stempress.errors import Fault, SiteError, shorten
from stempress.publish import METADATA, import_tree, read_tree
from stempress.unixfs import CHUNK, import_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stempress.blocks import Block
    from stempress.progress import Progress

AT_ONCE = 8
SECONDS = 30
RETRIES = Retry(total=4, backoff_factor=1, status_forcelist=(429, 502, 503, 504))
NAMED = 10
"""How many of many alike are named."""
READ_BY_HOSTS = ("_headers", "_redirects")
"""Hosts that read these need not serve them."""
CID = r"b[a-z2-7]{58}"


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: the CIDs of files and folders by address, the length of every block."""

    site: bytes
    nodes: Mapping[str, bytes]
    sizes: Mapping[str, int]
    blocks: Mapping[bytes, int]


def read_built(out: Path, progress: Progress) -> Built:
    """Name all of ``out`` anew: nothing that was written down earlier is believed."""
    blocks: dict[bytes, int] = {}

    def keep(block: Block) -> None:
        blocks[block.cid] = len(block.content)

    imported = import_tree(read_tree(out), [keep], progress)
    return Built(
        imported.root.cid,
        {address: node.cid for address, node in imported.nodes.items()},
        {address: node.size for address, node in imported.nodes.items()},
        blocks,
    )


def verify(out: Path, target: str, progress: Progress) -> str:
    """Return what was found to be as built; SiteError with all that is not."""
    built = read_built(out, progress)
    if re.match(r"https?://", target):
        return _verify_host(built, target.partition("?")[0], progress)
    return _verify_car(built, Path(target))


def _verify_car(built: Built, path: Path) -> str:
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
        hint = f"the site is {cid_text(built.site)}"
        faults.append(Fault(path.name, f"its root is {cid_text(root)}, nothing built", hint=hint))
    if strange:
        faults.append(Fault(path.name, f"holds {strange} blocks that were not built"))
    wanted = {name: cid for name, cid in built.nodes.items() if name.startswith(folder)}
    if lacking := [name for name, cid in wanted.items() if cid not in found]:
        hint = "a delta alone is not the whole site"
        faults.append(Fault(path.name, f"lacks {_some(lacking)}", hint=hint))
    elif lost := {} if folder else built.blocks.keys() - found:
        faults.append(Fault(path.name, f"lacks {len(lost)} blocks"))
    if faults:
        raise SiteError(faults)
    return f"{path.name}: {len(found)} blocks, {folder or 'the site'} as it was built"


def _some(addresses: Sequence[str]) -> str:
    named = ", ".join(map(shorten, addresses[:NAMED]))
    left = len(addresses) - NAMED
    return named if left <= 0 else f"{named} and {left} more"


def _verify_host(built: Built, url: str, progress: Progress) -> str:
    """Fetch every file as a visitor would, and from a gateway the blocks that hold folders."""
    base = url if url.endswith("/") else f"{url}/"
    gateway, named = _gateway_of(base)
    if named and named != cid_text(built.site):
        hint = f"the site is {cid_text(built.site)}: publish it"
        raise SiteError([Fault(base, f"is another site, {named}", hint=hint)])
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=AT_ONCE, max_retries=RETRIES))
        files = [address for address in built.nodes if _is_served(address, on_ipfs=bool(named))]
        checks: list[Callable[[], Fault | None]] = [
            partial(_check_file, session, base, address, built) for address in files
        ]
        nodes = [cid for cid in built.blocks if cid[1] == DAG_PB] if named else []
        checks += [partial(_check_block, session, gateway, cid, built) for cid in nodes]
        faults = _run(checks, progress)
    if faults:
        raise SiteError(faults)
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
    return not address.endswith("/") and (on_ipfs or address not in READ_BY_HOSTS)


def _run(checks: Sequence[Callable[[], Fault | None]], progress: Progress) -> list[Fault]:
    faults = []
    with (
        progress.counted("answers", len(checks), len(checks)) as step,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        for fault in pool.map(lambda check: check(), checks):
            step("")
            if fault:
                faults.append(fault)
    return faults


def _check_file(session: requests.Session, base: str, address: str, built: Built) -> Fault | None:
    visited = (
        address.removesuffix("index.html") if f"/{address}".endswith("/index.html") else address
    )
    content = _fetch(session, f"{base}{quote(visited)}", built.sizes[address])
    if isinstance(content, str):
        return Fault(f"/{visited}", content)
    if import_stream(BytesIO(content), lambda _block: None).cid != built.nodes[address]:
        return Fault(f"/{visited}", "is served as something else than what was built")
    return None


def _check_block(session: requests.Session, gateway: str, cid: bytes, built: Built) -> Fault | None:
    url = f"{gateway}ipfs/{cid_text(cid)}?format=raw"
    content = _fetch(session, url, built.blocks[cid], is_block=True)
    if isinstance(content, str):
        return Fault(cid_text(cid), content)
    if cid_of(cid[1], content) != cid:
        return Fault(cid_text(cid), "is served as a block that has another name")
    return None


def _fetch(
    session: requests.Session, url: str, size: int, *, is_block: bool = False
) -> bytes | str:
    """Return a body, or what is wrong with the answer. No more is read than was built."""
    headers = {"Accept": "application/vnd.ipld.raw"} if is_block else {}
    try:
        with session.get(
            url, headers=headers, timeout=SECONDS, stream=True, allow_redirects=is_block
        ) as answer:
            if answer.is_redirect:
                return f"is redirected to {shorten(answer.headers.get('Location'))}"
            if answer.status_code != requests.codes.ok:
                return f"is answered with {answer.status_code}"
            body = bytearray()
            for chunk in answer.iter_content(CHUNK):
                body += chunk
                if len(body) > size:
                    return "is longer than what was built"
            return bytes(body)
    except requests.RequestException as error:
        return f"is not answered: {type(error).__name__}"

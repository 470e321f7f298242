"""A host, or an IPFS gateway, compared with the built site."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stempress.core.errors import Fault, SiteError
from stempress.core.notation import show_first, show_value
from stempress.core.web_urls import is_web_url
from stempress.publish.cid import DAG_PB, format_cid
from stempress.publish.host_requests import (
    CONCURRENT_REQUESTS,
    HostVerifier,
    NoAnswer,
    open_session,
)
from stempress.publish.site_files import HOST_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stempress.core.progress import Progress
    from stempress.publish.built_site import BuiltSite

MAX_UNANSWERED = 3
"""Consecutive requests without a response after which verification stops."""
MAX_NAMED = 10
"""How many of many similar faults are named."""
CID = r"b[a-z2-7]{58}"


def is_host_url(target: str) -> bool:
    """Return whether a target is the URL of a host."""
    try:
        return is_web_url(target)
    except ValueError:
        return False


def verify_host(built: BuiltSite, url: str, progress: Progress) -> str:
    """Fetch every file as a browser would, and from a gateway the blocks of folders as well."""
    base = url if url.endswith("/") else f"{url}/"
    gateway, cid = _split_gateway_url(base)
    if cid and cid != format_cid(built.site):
        hint = f"the built site is {format_cid(built.site)}: publish it"
        raise SiteError([Fault(base, f"is another site, {cid}", hint=hint)])
    files = [address for address in built.nodes if _is_served(address, on_ipfs=bool(cid))]
    nodes = [node for node in built.blocks if node[1] == DAG_PB] if cid else []
    with open_session() as session:
        verifier = HostVerifier(session, base, gateway, built)
        if fault := verifier.check_response():
            raise SiteError([fault])
        checks: list[Callable[[], Fault | None]] = [
            *(partial(verifier.check_file, address) for address in files),
            *(partial(verifier.check_block, node) for node in nodes),
        ]
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
            names = show_first([show_value(fault.where) for fault in group], MAX_NAMED)
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
                faults.append(_stopped(count, len(checks)))
                break
    return faults


def _stopped(count: int, total: int) -> Fault:
    """Return the fault of a host that did not respond after ``count`` requests."""
    message = f"stopped: the host does not respond, {total - count} of {total} were not fetched"
    return Fault("verify", message, hint="check that the host is up, then try again")

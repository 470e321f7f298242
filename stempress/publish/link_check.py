"""Links of a built file: those that a host, a project's path or IPFS would break."""

from __future__ import annotations

from functools import cache
from posixpath import dirname, normpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urlsplit

from stempress.core.errors import closest
from stempress.publish.site_files import Problem

if TYPE_CHECKING:
    from stempress.publish.site_files import SiteFiles

BELOW_A_PATH = "below a project's path, on IPFS gateways and from file://"


def link_problem(site: SiteFiles, folder: str, link: str, *, fetched: bool) -> Problem | None:
    """Return the problem of a link in a file of this folder, None if there is none."""
    parts = urlsplit(link)
    if parts.scheme in {"http", "https"} or link.startswith("//"):
        if fetched:
            return Problem("contacts another host", link, "make the file part of the site")
        return Problem("has a link without a protocol", link) if not parts.scheme else None
    if parts.scheme or not parts.path:
        return None
    path = unquote(urldefrag(link).url.partition("?")[0])
    if path.startswith("/"):
        return Problem(
            f"has an absolute link, which breaks {BELOW_A_PATH}", link, "make it relative"
        )
    return _target_problem(site, folder, path, link)


def _target_problem(site: SiteFiles, folder: str, path: str, link: str) -> Problem | None:
    target = resolve_link(folder, path)
    if target is None:
        return Problem(f"has a link that leaves the site {BELOW_A_PATH}", link)
    if site.serves(target):
        return None
    if f"{target}/" in site.folders:
        hint = f"write {link}/" if link == path else ""
        return Problem("has a link that hosts redirect", link, hint)
    if target in site.folders or not target:
        return Problem("has a link to a folder without an index.html", link)
    similar = closest(target, _siblings(site, target))
    return Problem("has a broken link", link, f"did you mean /{similar}?" if similar else "")


def _siblings(site: SiteFiles, target: str) -> list[str]:
    return [address for address in site.files if dirname(address) == dirname(target)]


@cache
def resolve_link(folder: str, path: str) -> str | None:
    """Return the address of a relative path, None if it is outside the site."""
    address = normpath(f"{folder}/{path}" if folder else path)
    if address == ".." or address.startswith("../"):
        return None
    is_folder = path.endswith("/") or path.rsplit("/", 1)[-1] in {".", ".."}
    return "" if address == "." else f"{address}/" if is_folder else address

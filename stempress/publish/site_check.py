"""``publish --check``: what would break on GitHub Pages, on IPFS or from ``file://``."""

from __future__ import annotations

import json
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from functools import cache
from mimetypes import MimeTypes
from posixpath import dirname, normpath, splitext
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urldefrag, urlsplit

from pyodide_app.engine.file_names import is_reserved
from stempress.core.errors import Fault, closest
from stempress.core.media_types import MEDIA_TYPES
from stempress.core.tables import CONTROL_CHARACTERS
from stempress.core.units import PAGES_LIMIT, format_size
from stempress.output.output_check import MAX_NAME_BYTES
from stempress.publish.link_extract import EXTRACTORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from stempress.core.progress import Progress

FILE_LIMIT = 100_000_000
"""The largest file, in bytes, that GitHub accepts."""
SIGNATURES = {
    ".flac": (b"fLaC",),
    ".html": (b"<!doctype html",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".mp3": (b"ID3", b"\xff"),
    ".ogg": (b"OggS",),
    ".opus": (b"OggS",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".wasm": (b"\0asm",),
    ".wav": (b"RIFF", b"RF64"),
    ".whl": (b"PK",),
    ".xml": (b"<?xml",),
    ".zip": (b"PK",),
}
"""The first bytes of a file, in any case, by suffix."""
TYPES = MimeTypes()
HOST_FILES = {"_headers", "_redirects"}
"""Configuration files that hosts read and do not serve."""
METADATA = re.compile(r"metadata/([a-z]+/)?\d+")
"""Metadata under a bare token ID, as ERC-721 contracts ask for it: JSON, whatever its name."""
MAX_NAMED = 3
"""How many of the files with the same problem are named."""
BELOW_A_PATH = "below a project's path, on IPFS gateways and from file://"


class Problem(NamedTuple):
    """A problem that any number of files can have."""

    message: str
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The addresses of a site: files with their sizes in bytes, and folders with a final slash."""

    files: Mapping[str, int]
    folders: frozenset[str]

    def serves(self, address: str) -> bool:
        """Return whether hosts serve this address without a redirect."""
        if address == "" or address.endswith("/"):
            return f"{address}index.html" in self.files
        return address in self.files


def check_site(out: Path, progress: Progress) -> list[Fault]:
    """Return all problems that the site would have on some host."""
    faults: list[Fault] = []
    site = _list_files(out, faults)
    faults += _name_faults([*site.files, *site.folders])
    faults += _size_faults(site)
    problems: dict[Problem, list[str]] = {}
    with progress.track("Files to check", len(site.files)) as step:
        for address in site.files:
            for problem in _file_problems(out / address, address, site):
                problems.setdefault(problem, []).append(address)
            step(address)
    return faults + [_fault(problem, addresses) for problem, addresses in problems.items()]


def _fault(problem: Problem, addresses: list[str]) -> Fault:
    names = ", ".join(f"/{address}" for address in addresses[:MAX_NAMED])
    left = len(addresses) - MAX_NAMED
    where = names if left <= 0 else f"{names} and {left} more"
    return Fault(where, problem.message, value=problem.value or None, hint=problem.hint)


def _list_files(out: Path, faults: list[Fault]) -> SiteFiles:
    files, folders = {}, set()
    for path in sorted(out.rglob("*")):
        address = path.relative_to(out).as_posix()
        if path.name.startswith("."):
            faults.append(Fault(f"/{address}", "is a dotfile: some hosts do not serve it"))
        elif path.is_symlink():
            faults.append(Fault(f"/{address}", "is a link: hosts and IPFS do not follow it"))
        elif path.is_dir() and not any(path.iterdir()):
            faults.append(Fault(f"/{address}/", "is an empty folder: most hosts drop it"))
        elif path.is_dir():
            folders.add(f"{address}/")
        else:
            files[address] = path.stat().st_size
    return SiteFiles(files, frozenset(folders))


def _name_faults(addresses: Iterable[str]) -> Iterator[Fault]:
    taken: dict[str, str] = {}
    for address in addresses:
        if CONTROL_CHARACTERS.search(address) or "\\" in address:
            yield Fault(f"/{address}", "has a name that addresses cannot contain")
        if any(len(part.encode()) > MAX_NAME_BYTES for part in address.split("/")):
            yield Fault(f"/{address}", "has a name that is too long for some disks")
        if address != unicodedata.normalize("NFC", address):
            hint = "rename it: some file systems change it to NFC"
            yield Fault(f"/{address}", "has a name that is not in Unicode's form NFC", hint=hint)
        other = taken.setdefault(unicodedata.normalize("NFC", address).casefold(), address)
        if other != address:
            message = f"is the same file as /{other} on disks that ignore case"
            yield Fault(f"/{address}", message, hint="rename one of them")


def name_warnings(out: Path) -> Iterator[Fault]:
    """Yield warnings of names that some systems cannot have: such a site is served as it should be.

    Of nested folders only the outermost is named.
    """
    named: set[str] = set()
    for path in sorted(out.rglob("*")):
        folder = path.parent.relative_to(out).as_posix()
        if is_reserved(path.name) and not any(f"{folder}/".startswith(above) for above in named):
            address = path.relative_to(out).as_posix()
            named.add(f"{address}/")
            message = "has a name that Windows reserves: no copy of it can be made there"
            yield Fault(f"/{address}", message)


def _size_faults(site: SiteFiles) -> Iterator[Fault]:
    for address, size in site.files.items():
        if size > FILE_LIMIT:
            limit = format_size(FILE_LIMIT)
            yield Fault(f"/{address}", f"has {format_size(size)}: GitHub takes files up to {limit}")
    total = sum(site.files.values())
    if total > PAGES_LIMIT:
        limit = format_size(PAGES_LIMIT)
        yield Fault("/", f"has {format_size(total)}: GitHub Pages takes sites up to {limit}")


def _file_problems(path: Path, address: str, site: SiteFiles) -> Iterator[Problem]:
    suffix = splitext(address)[1].lower()
    if os.name == "posix" and not path.stat().st_mode & stat.S_IROTH:
        hint = "chmod -R a+rX on the folder, and umask 022 before the next build"
        yield Problem("can be read by its owner alone, and so by no host", hint=hint)
    if address in HOST_FILES:
        return
    is_metadata = METADATA.fullmatch(address) is not None
    if suffix not in MEDIA_TYPES and not is_metadata and not TYPES.guess_type(address)[0]:
        yield Problem("has a suffix without a known media type", suffix)
    if (signatures := SIGNATURES.get(suffix)) and not _has_signature(path, signatures):
        yield Problem("has content that does not match its suffix", suffix)
    if (suffix == ".json" or is_metadata) and not _is_json(path):
        yield Problem("is not valid JSON in UTF-8")
    if extract := EXTRACTORS.get(suffix):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            yield Problem("is not UTF-8")
            return
        folder = dirname(address)
        for reference in sorted(extract(text), key=lambda reference: reference.link):
            link, fetched = reference.link, reference.fetched
            if problem := _link_problem(site, folder, link, fetched=fetched):
                yield problem


def _has_signature(path: Path, signatures: tuple[bytes, ...]) -> bool:
    with path.open("rb") as stream:
        start = stream.read(max(map(len, signatures)))
    return start.lower().startswith(tuple(signature.lower() for signature in signatures))


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return True


def _link_problem(site: SiteFiles, folder: str, link: str, *, fetched: bool) -> Problem | None:
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

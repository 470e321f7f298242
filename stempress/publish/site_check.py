"""``publish --check``: what would break where dist/ is served, found before anybody visits."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from mimetypes import MimeTypes
from posixpath import dirname, normpath, splitext
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urldefrag, urlsplit

from stempress.core.errors import Fault, closest
from stempress.core.media_types import MEDIA_TYPES
from stempress.core.tables import CONTROL_CHARACTERS
from stempress.core.units import PAGES_LIMIT, megabytes
from stempress.output.output_check import MAX_NAME_BYTES
from stempress.publish.link_extract import EXTRACTORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from stempress.core.progress import Progress

FILE_LIMIT = 100_000_000
"""GitHub refuses longer files."""
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
"""What files of a kind begin with."""
TYPES = MimeTypes()
HOST_FILES = {"_headers", "_redirects"}
"""Files for hosts themselves; nobody visits them."""
MAX_NAMED = 3
"""How many of the files that have the same fault are named."""
BELOW_A_PATH = "at a project's path, at an IPFS path and from file://"


class Problem(NamedTuple):
    """What is wrong with something that any number of files say."""

    what: str
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """What lies in a folder: the length of each file, and every folder, by address."""

    files: Mapping[str, int]
    folders: frozenset[str]

    def serves(self, address: str) -> bool:
        """Say whether a host has an answer that is no redirect."""
        if address == "" or address.endswith("/"):
            return f"{address}index.html" in self.files
        return address in self.files


def check_site(out: Path, progress: Progress) -> list[Fault]:
    """Return all that would break at a root, a project's path, on IPFS or from ``file://``."""
    faults: list[Fault] = []
    tree = _list_files(out, faults)
    faults += _name_faults([*tree.files, *tree.folders])
    faults += _size_faults(tree)
    found: dict[Problem, list[str]] = {}
    with progress.track("Files to check", len(tree.files)) as step:
        for address in tree.files:
            for problem in _file_problems(out / address, address, tree):
                found.setdefault(problem, []).append(address)
            step(address)
    return faults + [_fault(problem, places) for problem, places in found.items()]


def _fault(problem: Problem, places: list[str]) -> Fault:
    named = ", ".join(f"/{place}" for place in places[:MAX_NAMED])
    left = len(places) - MAX_NAMED
    where = named if left <= 0 else f"{named} and {left} more"
    return Fault(where, problem.what, value=problem.value or None, hint=problem.hint)


def _list_files(out: Path, faults: list[Fault]) -> SiteFiles:
    files, folders = {}, set()
    for path in sorted(out.rglob("*")):
        address = path.relative_to(out).as_posix()
        if path.name.startswith("."):
            faults.append(Fault(f"/{address}", "is a dotfile: some hosts leave it out"))
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
            yield Fault(f"/{address}", "has a name that no address can hold")
        if any(len(part.encode()) > MAX_NAME_BYTES for part in address.split("/")):
            yield Fault(f"/{address}", "has a name that is too long for a disk")
        if address != unicodedata.normalize("NFC", address):
            hint = "write it in NFC: some disks change it"
            yield Fault(f"/{address}", "has a name that two systems write differently", hint=hint)
        other = taken.setdefault(unicodedata.normalize("NFC", address).casefold(), address)
        if other != address:
            what = f"is the same file as /{other} on disks that ignore case"
            yield Fault(f"/{address}", what, hint="rename one of them")


def _size_faults(tree: SiteFiles) -> Iterator[Fault]:
    for address, size in tree.files.items():
        if size > FILE_LIMIT:
            limit = megabytes(FILE_LIMIT)
            yield Fault(f"/{address}", f"has {megabytes(size)}: GitHub takes files up to {limit}")
    total = sum(tree.files.values())
    if total > PAGES_LIMIT:
        limit = megabytes(PAGES_LIMIT)
        yield Fault("/", f"has {megabytes(total)}: GitHub Pages takes sites up to {limit}")


def _file_problems(path: Path, address: str, tree: SiteFiles) -> Iterator[Problem]:
    suffix = splitext(address)[1].lower()
    if address in HOST_FILES:
        return
    if suffix not in MEDIA_TYPES and not TYPES.guess_type(address)[0]:
        yield Problem("has a name by which hosts cannot tell its type", suffix)
    if (starts := SIGNATURES.get(suffix)) and not _has_signature(path, starts):
        yield Problem("is not what its name says", suffix)
    if suffix == ".json" and not _is_json(path):
        yield Problem("is no JSON in UTF-8")
    if reader := EXTRACTORS.get(suffix):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            yield Problem("is not UTF-8")
            return
        folder = dirname(address)
        for each in sorted(reader(text), key=lambda each: each.link):
            if problem := _link_problem(tree, folder, each.link, fetched=each.fetched):
                yield problem


def _has_signature(path: Path, starts: tuple[bytes, ...]) -> bool:
    with path.open("rb") as stream:
        begin = stream.read(max(map(len, starts)))
    return begin.lower().startswith(tuple(start.lower() for start in starts))


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return True


def _link_problem(tree: SiteFiles, folder: str, link: str, *, fetched: bool) -> Problem | None:
    """Return what is wrong with a link in a file of this folder, None if nothing is."""
    parts = urlsplit(link)
    if parts.scheme in {"http", "https"} or link.startswith("//"):
        if fetched:
            return Problem("asks another host", link, "ship the file with the site")
        return Problem("links without a protocol", link) if not parts.scheme else None
    if parts.scheme or not parts.path:
        return None
    path = unquote(urldefrag(link).url.partition("?")[0])
    if path.startswith("/"):
        return Problem(
            f"has an absolute link, which breaks {BELOW_A_PATH}", link, "make it relative"
        )
    return _target_problem(tree, folder, path, link)


def _target_problem(tree: SiteFiles, folder: str, path: str, link: str) -> Problem | None:
    target = resolve_link(folder, path)
    if target is None:
        return Problem(f"has a link that leaves the site {BELOW_A_PATH}", link)
    if tree.serves(target):
        return None
    if f"{target}/" in tree.folders:
        hint = f"write {link}/" if link == path else ""
        return Problem("has a link that is answered with a redirect", link, hint)
    if target in tree.folders or not target:
        return Problem("has a link to a folder without an index.html", link)
    near = closest(target, _siblings(tree, target))
    return Problem("has a link that leads nowhere", link, f"did you mean /{near}?" if near else "")


def _siblings(tree: SiteFiles, target: str) -> list[str]:
    return [each for each in tree.files if dirname(each) == dirname(target)]


@cache
def resolve_link(folder: str, path: str) -> str | None:
    """Return the address that a relative path leads to, None where that is outside the site."""
    found = normpath(f"{folder}/{path}" if folder else path)
    if found == ".." or found.startswith("../"):
        return None
    is_folder = path.endswith("/") or path.rsplit("/", 1)[-1] in {".", ".."}
    return "" if found == "." else f"{found}/" if is_folder else found

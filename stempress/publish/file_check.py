"""The content of a built file: type, signature, JSON, text and links."""

from __future__ import annotations

import json
import os
import re
import stat
from mimetypes import MimeTypes
from posixpath import dirname, splitext
from typing import TYPE_CHECKING

from stempress.core.media_types import MEDIA_TYPES
from stempress.publish.link_check import link_problem
from stempress.publish.link_extract import EXTRACTORS
from stempress.publish.site_files import HOST_FILES, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.publish.site_files import SiteFiles


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
METADATA = re.compile(r"metadata/([a-z]+/)?\d+")
"""Metadata under a bare token ID, as ERC-721 contracts ask for it: JSON, whatever its name."""


def file_problems(path: Path, address: str, site: SiteFiles) -> Iterator[Problem]:
    """Yield the problems of one file."""
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
    yield from _link_problems(path, address, site)


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


def _link_problems(path: Path, address: str, site: SiteFiles) -> Iterator[Problem]:
    extract = EXTRACTORS.get(splitext(address)[1].lower())
    if extract is None:
        return
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        yield Problem("is not UTF-8")
        return
    for reference in sorted(extract(text), key=lambda reference: reference.link):
        link, fetched = reference.link, reference.fetched
        if problem := link_problem(site, dirname(address), link, fetched=fetched):
            yield problem

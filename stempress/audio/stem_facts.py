"""Facts about each stem, measured once."""

from __future__ import annotations

import marshal
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

from stempress.audio.facts import Facts
from stempress.core.cache import MARSHAL_VERSION, cache_root, digest, load, save
from stempress.core.file_digests import common_folder, content_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_app.engine.model import StemKey
    from stempress.core.errors import Findings
    from stempress.core.progress import Progress
    from stempress.core.work import Pending, Workers

VERSION = 5
"""Raise it when the same file gives other facts, or when facts are kept in another way."""
WORTH_PROCESSES = 20_000_000  # bytes of stems to measure


_row = attrgetter(*(each.name for each in fields(Facts)))


def measure_stems(
    files: Mapping[StemKey, Path], findings: Findings, progress: Progress, workers: Workers
) -> dict[StemKey, Facts]:
    """Measure every file; what cannot be used is noted and left out."""
    contents = content_digests(files.values())
    digests = {key: contents[path] for key, path in files.items()}
    site = _place(f"site-{digest(common_folder(contents))}")
    before = facts_of_site(site)
    results: dict[StemKey, Facts | str] = {
        key: facts for key, name in digests.items() if (facts := before.get(name) or _known(name))
    }
    new = [key for key in files if key not in results]
    with progress.track("Stems", len(new), len(files)) as step:
        pending = _start({key: (files[key], digests[key]) for key in new}, workers)
        for key, each in pending.items():
            results[key] = each.result()
            step("/".join(key))
    found = {}
    for key, path in files.items():
        result = results[key]
        if isinstance(result, str):
            where = f"stems/{'/'.join(key[:2])}/{path.name}"
            findings.fault(where, result, hint="export the stem again")
            continue
        if key in pending:
            _write(_place(result.digest), {result.digest: result})
        found[key] = result
    now = {each.digest: each for each in found.values()}
    if now.keys() != before.keys():
        _write(site, now)
        before.clear()
        before.update(now)
    return found


def _start(new: Mapping[StemKey, tuple[Path, str]], workers: Workers) -> dict[StemKey, Pending]:
    """Begin to measure what has not been."""
    if not new:
        return {}
    from stempress.audio.measure import measured  # noqa: PLC0415 - takes long, and few builds need it

    much = sum(path.stat().st_size for path, _ in new.values()) > WORTH_PROCESSES
    start = workers.submit_to_process if much else workers.submit
    return {key: start(measured, *each) for key, each in new.items()}


def _place(name: str) -> Path:
    return cache_root() / "facts" / f"{name}-{VERSION}"


@cache
def facts_of_site(place: Path) -> dict[str, Facts]:
    """Return what the last build of a site knew of its stems; previews read it once."""
    return _read(place)


def _known(name: str) -> Facts | None:
    """Return a stem's facts, if it has been measured for any site."""
    return _read(_place(name)).get(name)


def _read(place: Path) -> dict[str, Facts]:
    """Return facts by the digests of their files; none where none were kept."""
    try:
        rows = marshal.loads(load(place) or b"")  # noqa: S302 - whole, as this module wrote it
        return {row[0]: Facts(*row) for row in rows}
    except (EOFError, ValueError, TypeError):
        return {}


def _write(place: Path, facts: Mapping[str, Facts]) -> None:
    save(place, marshal.dumps([_row(each) for each in facts.values()], MARSHAL_VERSION))

"""Stem measurements, cached by file digest and by site."""

from __future__ import annotations

import marshal
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING

from stempress.audio.facts import Facts
from stempress.core.cache import MARSHAL_VERSION, cache_root, digest, load, save
from stempress.core.crash_log import working_on
from stempress.core.file_digests import common_folder, content_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_app.engine.model import StemKey
    from stempress.audio.decoded_copies import DecodedCopies
    from stempress.core.errors import Findings
    from stempress.core.progress import Progress
    from stempress.core.work import Pending, Workers

VERSION = 5
"""Increment when the same file gives different facts, or when the cache format changes."""
MIN_BYTES_FOR_PROCESSES = 20_000_000  # below this, starting processes costs more than it saves


type KnownFacts = dict[str, Facts]
"""Facts by digest."""

_row = attrgetter(*(field.name for field in fields(Facts)))


def measure_stems(  # noqa: PLR0913 - the last is named at the call
    files: Mapping[StemKey, Path],
    findings: Findings,
    progress: Progress,
    workers: Workers,
    copies: DecodedCopies | None = None,
    *,
    known: KnownFacts | None = None,
) -> dict[StemKey, Facts]:
    """Measure every file; report and leave out those that cannot be used.

    ``copies`` get what is decoded. ``known`` are the facts that an earlier call has left there:
    where the cache cannot be written, a preview measures each stem once.
    """
    known = {} if known is None else known
    contents = content_digests(files.values())
    digests = {key: contents[path] for key, path in files.items()}
    site_path = _cache_path(f"site-{digest(common_folder(contents))}")
    previous = _read(site_path)
    results: dict[StemKey, Facts | str] = {
        key: facts
        for key, hash_ in digests.items()
        if (facts := known.get(hash_) or previous.get(hash_) or _cached_facts(hash_))
    }
    new = [key for key in files if key not in results]
    with progress.track("Stems", len(new), len(files)) as step:
        places = copies.reserve({key: files[key] for key in new}) if copies else {}
        tasks = {key: (files[key], digests[key], places.get(key)) for key in new}
        pending = _start(tasks, workers)
        for key, task in pending.items():
            with working_on(files[key]):
                results[key] = task.result()
            step("/".join(key))
    usable = _usable_facts(files, results, findings)
    for key in pending.keys() & usable.keys():
        _write(_cache_path(usable[key].digest), {usable[key].digest: usable[key]})
    current = {facts.digest: facts for facts in usable.values()}
    known.clear()
    known.update(current)
    if current.keys() != previous.keys():
        _write(site_path, current)
    return usable


def _usable_facts(
    files: Mapping[StemKey, Path], results: Mapping[StemKey, Facts | str], findings: Findings
) -> dict[StemKey, Facts]:
    """Return the facts of the usable stems; report the others."""
    usable = {}
    for key, path in files.items():
        result = results[key]
        if isinstance(result, str):
            where = f"stems/{'/'.join(key[:2])}/{path.name}"
            findings.fault(where, result, hint="export or download it again")
        else:
            usable[key] = result
    return usable


def _start(
    new: Mapping[StemKey, tuple[Path, str, Path | None]], workers: Workers
) -> dict[StemKey, Pending]:
    """Start measuring the files that are not cached."""
    if not new:
        return {}
    from stempress.audio.measure import measure_file  # noqa: PLC0415 - slow, and few builds need it

    total = sum(path.stat().st_size for path, _, _ in new.values())
    submit = workers.submit_to_process if total > MIN_BYTES_FOR_PROCESSES else workers.submit
    return {key: submit(measure_file, *task) for key, task in new.items()}


def _cache_path(name: str) -> Path:
    return cache_root() / "facts" / f"{name}-{VERSION}"


def _cached_facts(hash_: str) -> Facts | None:
    """Return the facts of a stem that has been measured for any site."""
    return _read(_cache_path(hash_)).get(hash_)


def _read(path: Path) -> dict[str, Facts]:
    """Return digest -> facts from a cache file; empty if it is missing or damaged."""
    try:
        rows = marshal.loads(load(path) or b"")  # noqa: S302 - written by this module
        return {row[0]: Facts(*row) for row in rows}
    except (EOFError, ValueError, TypeError):
        return {}


def _write(path: Path, facts: Mapping[str, Facts]) -> None:
    save(path, marshal.dumps([_row(stem) for stem in facts.values()], MARSHAL_VERSION))

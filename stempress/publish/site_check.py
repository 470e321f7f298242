"""``publish --check``: what would break on GitHub Pages, on IPFS or from ``file://``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.errors import Fault
from stempress.core.notation import show_first
from stempress.core.units import PAGES_LIMIT, format_size
from stempress.publish.file_check import file_problems
from stempress.publish.name_check import name_faults
from stempress.publish.site_files import Problem, SiteFiles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.core.progress import Progress

FILE_LIMIT = 100_000_000
"""The largest file, in bytes, that GitHub accepts."""
MAX_NAMED = 3
"""How many of the files with the same problem are named."""


def check_site(out: Path, progress: Progress) -> list[Fault]:
    """Return all problems that the site would have on some host."""
    faults: list[Fault] = []
    site = _list_files(out, faults)
    faults += name_faults([*site.files, *site.folders])
    faults += _size_faults(site)
    problems: dict[Problem, list[str]] = {}
    with progress.track("Files to check", len(site.files)) as step:
        for address in site.files:
            for problem in file_problems(out / address, address, site):
                problems.setdefault(problem, []).append(address)
            step(address)
    return faults + [_fault(problem, addresses) for problem, addresses in problems.items()]


def _fault(problem: Problem, addresses: list[str]) -> Fault:
    where = show_first([f"/{address}" for address in addresses], MAX_NAMED)
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


def _size_faults(site: SiteFiles) -> Iterator[Fault]:
    for address, size in site.files.items():
        if size > FILE_LIMIT:
            limit = format_size(FILE_LIMIT)
            yield Fault(f"/{address}", f"has {format_size(size)}: GitHub takes files up to {limit}")
    total = sum(site.files.values())
    if total > PAGES_LIMIT:
        limit = format_size(PAGES_LIMIT)
        yield Fault("/", f"has {format_size(total)}: GitHub Pages takes sites up to {limit}")

"""Imports between modules: entries name all that they need, so that browsers request it at once.

Otherwise each level of imports costs a round trip before the next one is known.
"""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath, relpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATIC = re.compile(r'^(?:import|export)\b[^;"()]*"(\.[^"]+\.js)";', re.MULTILINE)
_LAZY = re.compile(r'(?:import\(|new URL\()"([^"]+\.js)"')
"""Modules that are loaded later, workers and worklets."""


def with_whole_graphs(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the entries among modules by path, each importing all modules that it depends on.

    Entries are those outside of folders, and what modules load lazily.
    """
    static = {name: _named(_STATIC, name, text) for name, text in modules.items()}
    lazy = {path for name, text in modules.items() for path in _named(_LAZY, name, text)}
    entries = sorted(lazy.intersection(modules).union(name for name in modules if "/" not in name))
    graphs = {entry: _reachable(entry, static) for entry in entries}
    return {
        entry: modules[entry] + _imports(entry, sorted(graphs[entry] - {entry, *static[entry]}))
        for entry in entries
        if graphs[entry] - {entry, *static[entry]}
    }


def _named(pattern: re.Pattern[str], name: str, text: str) -> set[str]:
    return {normpath(join(dirname(name), path)) for path in pattern.findall(text)}


def _reachable(entry: str, imports: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(imports.get(name, ()))
    return found


def _imports(entry: str, paths: list[str]) -> str:
    """Return import statements on one line, which leaves all lines where they are."""
    addresses = (relpath(path, dirname(entry) or ".") for path in paths)
    named = (path if path.startswith(".") else f"./{path}" for path in addresses)
    return "".join(f'import "{path}";' for path in named) + "\n"

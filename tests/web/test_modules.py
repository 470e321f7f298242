"""The pages' modules: rooms that import one way, and doors that pages name."""

from __future__ import annotations

import posixpath
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "pyodide_app" / "web"
FLOORS = (
    ("language",),
    ("base",),
    ("pages", "python", "tokens", "mixing", "streaming"),
    ("codecs", "meters", "saved", "takes"),
    ("playback",),
    ("mixer", "bar"),
    ("gallery", "hidden", "mine", "provenance", "radio"),
    ("",),
)
"""The rooms of web/, from the ground up; "" holds the doors. A room imports from floors below."""
LEVELS = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
DOORS = {
    "bar.js",
    "embed.js",
    "gallery.js",
    "hidden.js",
    "keep-offline.js",
    "mine.js",
    "mixer.js",
    "perks.js",
    "provenance.js",
    "radio.js",
    "site.js",
    "sw.js",
    "warm-up.js",
}
NAMED = re.compile(
    r"""(?:from|import|URL)\s*\(?\s*"([^"]+\.js)"(?:\)|, import\.meta\.url|;|\s*\*/)"""
)


def name_of(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


MODULES = {name_of(path): path for path in sorted(WEB.rglob("*.js"))}


def imports(name: str) -> set[str]:
    """Return the modules that one names: imports, also lazy ones and of types alone; workers."""
    text = MODULES[name].read_text(encoding="utf-8")
    paths = (match[1] for match in NAMED.finditer(text))
    return {posixpath.normpath(posixpath.join(room_of(name), path)) for path in paths}


def room_of(name: str) -> str:
    return posixpath.dirname(name)


def test_doors_are_what_pages_name_and_rooms_hold_the_rest() -> None:
    assert {name for name in MODULES if room_of(name) == ""} == DOORS
    assert {room_of(name) for name in MODULES} == LEVELS.keys()


def test_what_a_module_names_exists() -> None:
    assert {(name, path) for name in MODULES for path in imports(name) if path not in MODULES} == (
        set()
    )


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_from_its_own_room_and_floors_below(name: str) -> None:
    room = room_of(name)
    upward = {
        path
        for path in imports(name)
        if room_of(path) != room and LEVELS[room_of(path)] >= LEVELS[room]
    }
    assert upward == set()


def test_only_the_script_of_every_page_opens_a_door() -> None:
    opened = {(name, path) for name in MODULES for path in imports(name) if path in DOORS}
    doors = {"bar.js", "keep-offline.js", "warm-up.js"}
    assert opened == {("site.js", door) for door in doors}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: imports(name) for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("name", MODULES)
def test_no_module_awaits_as_it_loads(name: str) -> None:
    # WebKit fails to import such a module twice at once: its bug 242740.
    lines = MODULES[name].read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line[:1].strip() and not line.startswith("//")]
    assert [line for line in code if re.search(r"\bawait\b", line) and "async " not in line] == []

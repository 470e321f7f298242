"""The house: imports run one way, from commands down to core, and the engine knows numpy alone."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.schedule import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]
FLOORS = (
    ("core",),
    ("i18n", "output"),
    ("collection", "publish"),
    ("audio",),
    ("site", "clashes"),
    ("views", "art", "runtime"),
    ("render", "drop", "video"),
    ("commands",),
)
"""Rooms of stempress/, from the ground up; a room imports from floors below its own."""
PACKAGES = ("pyodide_app", "stempress")
ENGINE = sorted((ROOT / "pyodide_app" / "engine").glob("*.py"))
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
IMPURE = {"os", "pathlib", "time", "datetime", "random", "subprocess", "socket", "js", "io"}


def name_of(path: Path) -> str:
    """Return a module's full name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in SOURCES}


def imports(path: Path) -> set[str]:
    """Return the full names of all modules that a module imports, for types alone too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def room_of(name: str) -> str:
    """Return the room of a module of stempress; "" for any other module."""
    parts = name.split(".")
    return parts[1] if parts[0] == "stempress" and len(parts) > 1 else ""


def test_every_module_lies_in_a_room() -> None:
    rooms = {
        path.name for path in (ROOT / "stempress").iterdir() if (path / "__init__.py").exists()
    }
    assert sorted(rooms) == sorted(room for floor in FLOORS for room in floor)
    assert {path.name for path in (ROOT / "stempress").glob("*.py")} == {
        "__init__.py",
        "__main__.py",
    }


@pytest.mark.parametrize("room", [room for floor in FLOORS for room in floor])
def test_rooms_import_from_floors_below(room: str) -> None:
    floor = next(index for index, rooms in enumerate(FLOORS) if room in rooms)
    allowed = {room, *(below for rooms in FLOORS[:floor] for below in rooms)}
    upward = {
        f"{name} -> {imported}"
        for name, path in MODULES.items()
        if room_of(name) == room
        for imported in imports(path)
        if imported in MODULES and room_of(imported) and room_of(imported) not in allowed
    }
    assert not upward


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: (imports(path) & MODULES.keys()) - {name} for name, path in MODULES.items()}
    assert sum(map(len, graph.values())) > len(graph)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("room", [room for floor in FLOORS for room in floor])
def test_every_room_has_a_row_and_a_place_in_the_drawing(room: str) -> None:
    assert f"\n| `stempress/{room}/` |" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert f">{room}</text>" in (ROOT / "docs/pictures/rooms.svg").read_text("utf-8")
    assert (ROOT / "tests" / room / "__init__.py").is_file()


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_engine_imports_the_standard_library_and_numpy_alone(path: Path) -> None:
    for name in imports(path):
        top = name.split(".", maxsplit=1)[0]
        assert name.startswith("pyodide_app.engine") or top in sys.stdlib_module_names | {"numpy"}
        assert top not in IMPURE


@pytest.mark.parametrize("module", ["session", "planner"])
def test_what_workers_call_imports_the_engine_alone(module: str) -> None:
    ours = {
        name
        for name in imports(ROOT / "pyodide_app" / f"{module}.py")
        if name.startswith(("pyodide_app", "stempress"))
    }
    assert all(name.startswith("pyodide_app.engine") for name in ours)


@pytest.mark.parametrize("folder", ["pyodide_app"])
def test_nothing_in_the_browser_imports_the_generator(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert not any(name.startswith("stempress") for name in imports(path))


@pytest.mark.parametrize(
    "name",
    [
        "site/page_addresses",
        "site/page_plan",
        "site/pages",
        "collection/rarity",
        "collection/song_rarity",
        "collection/traits",
        "collection/variation_space",
        "drop/apportionment",
        "drop/chain_state",
        "drop/forgings",
        "drop/layer_allocation",
        "drop/mint_report",
        "drop/sampler",
        "drop/stem_allocation",
        "drop/synced_ledger",
        "drop/variation_allocation",
    ],
)
def test_planning_touches_no_file(name: str) -> None:
    assert not imports(ROOT / "stempress" / f"{name}.py") & IMPURE


def test_a_build_without_new_sound_or_pictures_begins_without_what_makes_them() -> None:
    sound, pictures = ("numpy", "soundfile", "soxr", "lameenc"), ("PIL", "resvg_py")
    others = "requests", "markdown", "nh3", "babel", "mmh3", "filelock", "statistics", "difflib"
    heavy = {*sound, *pictures, *others, "csv", "html", "gzip", "ctypes", "concurrent.futures"}
    script = f"import stempress.commands.build, sys; print(sorted({heavy} & sys.modules.keys()))"
    command = [sys.executable, "-c", script]
    assert subprocess.check_output(command, cwd=ROOT, text=True) == "[]\n"  # noqa: S603


def test_the_front_door_is_short() -> None:
    lines = (ROOT / "build.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60


def test_the_test_files_that_run_first_exist() -> None:
    names = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(LONGEST) <= names


BROWSER = {"js", "pyodide", "pyodide_js"}
"""Packages that Pyodide brings."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REQUIRED = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
LOCKED = re.findall(
    r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
)
EXTRAS = {"dask_cluster.py": "dask", "encoder.py": "video", "formats.py": "video"}
"""Modules that need an extra."""
BUILDS = [path for path in (ROOT / "build.py", *SOURCES) if path.name not in EXTRAS]
OWN_TOOLS = {
    ("numpy.__config__", "yaml"),
    ("numpy._pytesttester", "pytest"),
    ("platformdirs.pytest_plugin", "pytest"),
}
"""What modules import for their developers alone."""


def third_party(path: Path) -> set[str]:
    """Return the modules of others that a module imports, also those that it imports late."""
    own = {*PACKAGES, "build", *sys.stdlib_module_names, *BROWSER}
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name for name in names if name and name.partition(".")[0] not in own}


PROVIDERS = packages_distributions()


def providers(package: str) -> set[str]:
    """Return the distributions that have a top-level package."""
    return {*map(canonicalize_name, PROVIDERS.get(package, ()))}


@pytest.mark.parametrize("path", BUILDS, ids=name_of)
def test_what_is_imported_is_required(path: Path) -> None:
    packages = {name.partition(".")[0] for name in third_party(path)}
    assert {package for package in packages if not providers(package) & REQUIRED} == set()


class RequiredImports(ast.NodeVisitor):
    """Collects the top-level packages that a module cannot do without, also late ones."""

    def __init__(self) -> None:
        self.packages: set[str] = set()

    def visit_Try(self, node: ast.Try) -> None:
        """Pass over imports whose failure is expected."""

    def visit_If(self, node: ast.If) -> None:
        """Pass over imports for types alone."""
        if "TYPE_CHECKING" not in ast.dump(node.test):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Add ``import x``."""
        self.packages |= {alias.name.partition(".")[0] for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Add ``from x import y``."""
        if not node.level and node.module:
            self.packages.add(node.module.partition(".")[0])


def loaded_with(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the name and file of each module that a Python has loaded which imports some."""
    script = """import importlib, json, sys
for name in sys.argv[1:]: importlib.import_module(name)
files = [(name, getattr(each, "__file__", None) or "") for name, each in sys.modules.items()]
print(json.dumps(files))"""
    command = [sys.executable, "-c", script, *sorted(names)]
    found: list[list[str]] = json.loads(subprocess.check_output(command, cwd=ROOT))  # noqa: S603
    return [(name, file) for name, file in found]


def test_what_requirements_import_is_locked() -> None:
    """Some import what they do not require, as pyodide-lock does packaging: then we require it."""
    locked = {*map(canonicalize_name, LOCKED)}
    missing = set()
    for name, file in loaded_with(set[str]().union(*map(third_party, BUILDS))):
        if not file.endswith(".py") or not providers(name.partition(".")[0]) & REQUIRED:
            continue
        imported = RequiredImports()
        imported.visit(ast.parse(Path(file).read_text("utf-8")))
        installed = {each for each in imported.packages if providers(each)}
        missing |= {(name, each) for each in installed if not providers(each) & locked}
    assert missing - OWN_TOOLS == set()

"""Imports run one way: build.py -> stempress -> the engine, which knows numpy alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGINE = sorted((ROOT / "pyodide_app" / "engine").glob("*.py"))
UNCLEAN = {"os", "pathlib", "time", "datetime", "random", "subprocess", "socket", "js", "io"}


def imports(path: Path) -> set[str]:
    """Return the full names that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_engine_imports_the_standard_library_and_numpy_alone(path: Path) -> None:
    for name in imports(path):
        top = name.split(".", maxsplit=1)[0]
        assert name.startswith("pyodide_app.engine") or top in sys.stdlib_module_names | {"numpy"}
        assert top not in UNCLEAN


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
        "site/page_plan",
        "collection/rarity",
        "collection/traits",
        "collection/variation_space",
        "drop/allocation",
        "drop/apportionment",
        "drop/chain_state",
        "drop/mint_report",
        "drop/sampler",
    ],
)
def test_planning_touches_no_file(name: str) -> None:
    assert not imports(ROOT / "stempress" / f"{name}.py") & UNCLEAN


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

"""The workflow for GitHub Pages: what it runs is there, and it runs only where it is wanted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from stempress.commands.build_command import BUILD
from stempress.commands.cli import parse
from stempress.commands.publish_commands import PUBLISH
from tests.conftest import ROOT

TEXT = (ROOT / ".github/workflows/pages.yml").read_text("utf-8")


def test_it_waits_until_pages_is_switched_on() -> None:
    assert re.search(r"^    if: .*workflow_dispatch.*repository\.has_pages$", TEXT, re.MULTILINE)


def test_what_it_runs_the_front_door_takes() -> None:
    pressed = re.search(r'run: make site ARGS="(.*)"', TEXT)
    checked = re.search(r"run: \.venv/bin/python build\.py (.*)", TEXT)
    assert pressed
    assert checked
    build, built = parse(pressed[1].split(), ROOT)
    publish, check = parse(checked[1].split(), ROOT)
    assert (publish, check.check, build) == (PUBLISH, True, BUILD)
    assert built.out == check.out == Path("dist").resolve()


def test_it_deploys_only_after_the_check() -> None:
    steps = [TEXT.index(step) for step in ("make site", "--check", "upload-pages", "deploy-pages")]
    assert steps == sorted(steps)


def test_the_quick_tests_run_on_three_systems_with_every_python_that_is_supported() -> None:
    text = (ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    (systems,) = re.findall(r"^        os: \[(.*)\]$", text, re.MULTILINE)
    assert systems.split(", ") == ["ubuntu-latest", "macos-latest", "windows-latest"]
    (versions,) = re.findall(r"^        python: \[(.*)\]$", text, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    supported = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert re.findall(r"3\.\d+", versions) == supported
    assert project["requires-python"] == f">={supported[0]}"


def test_the_quick_tests_are_those_of_make_check() -> None:
    text = (ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    (quick,) = re.findall(r"^  QUICK: (.*)$", text, re.MULTILINE)
    assert f'-m "{quick}"' in (ROOT / "Makefile").read_text("utf-8")

"""``stempress doctor`` and ``stempress cache``: what is there, and what it takes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

import pytest

from build import build
from stempress.commands.cli import run
from stempress.commands.doctor import examine
from stempress.core.cache_folder import PARTS
from stempress.runtime.pin import PIN, Pin, parse_pin
from stempress.runtime.sources import UnreachableError
from tests.conftest import ROOT
from tests.support.bare_system import take_away
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

CACHED = re.compile(r'cache_root\(\) / "([\w-]+)"')
"""A folder of the cache, as modules name it."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache of this test's own, with the runtime's files by name."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("STEMPRESS_CACHE", str(folder))
    pin = parse_pin(PIN.read_text("utf-8"))
    for file in pin.files:
        write(folder / f"pyodide-{pin.version}/pinned/{file.name}", "x")
    return folder


class Unreachable:
    """A source that nobody can reach."""

    label = "the CDN"

    def read(self, _: str) -> NoReturn:
        """Fail."""
        raise UnreachableError("cannot connect")


def test_everything_that_builds_need_is_listed(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "--site", str(tmp_path)], build, ROOT) == 0
    printed = capsys.readouterr().out
    for found in ("Stempress: ", "Python: 3.", "numpy: ", f"cache: {cache}", ": in the cache"):
        assert found in printed
    assert run(["doctor", "--json", "--site", str(tmp_path)], build, ROOT) == 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {check["state"] for check in checks} <= {"ok", "slow"}
    assert [*tmp_path.iterdir()] == [cache]


def test_a_runtime_that_cannot_be_had_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr(Pin, "sources", lambda *_: [Unreachable()])
    assert run(["doctor", "--site", str(tmp_path)], build, ROOT) == 1
    printed = capsys.readouterr().out
    assert "runtime: Pyodide 0.28.3: the CDN: cannot connect\n" in printed
    assert "--runtime-from DIR" in printed


@pytest.mark.usefixtures("cache")
def test_what_a_disk_cannot_do_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch)
    (disk,) = [check for check in examine(tmp_path / "dist") if check.name == "disk"]
    assert disk.state == "slow"
    assert "no hard links" in disk.found
    assert "no atomic swap" in disk.found


def test_the_cache_is_measured_and_removed(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(cache / "audio/a.ogg", b"x" * 3_000_000)
    assert run(["cache", "size"], build, ROOT) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["3.0", "MB", "audio"]
    assert lines[-1].split() == ["3.0", "MB", str(cache)]
    assert run(["cache", "size", "--json"], build, ROOT) == 0
    assert json.loads(capsys.readouterr().out)["parts"]["audio"] == 3_000_000
    assert run(["cache", "clear"], build, ROOT) == 0
    assert "removed 3.0 MB" in capsys.readouterr().err
    assert [*cache.iterdir()] == []


def test_a_folder_with_anything_else_in_it_is_not_removed(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(cache / "my music/song.wav", "x")
    assert run(["cache", "clear"], build, ROOT) == 1
    assert "contains what is no part of the cache: my music" in capsys.readouterr().err
    assert (cache / "my music/song.wav").is_file()


def test_all_folders_that_modules_make_in_the_cache_are_known() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "stempress").rglob("*.py")]
    named = {name for text in sources for name in CACHED.findall(text)}
    assert len(named) > 8
    assert named <= PARTS

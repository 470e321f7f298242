"""Systems that lack what Linux has: the same sites, and messages that any console can print."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stempress.core import processes
from tests.conftest import ROOT
from tests.support.bare_system import take_away
from tests.support.small_site import tone, write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_without_forks_links_and_locks_sites_are_the_same(
    tmp_path: Path, press_small: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("usual", "bare"):
        write_small_site(tmp_path / name)
    assert press_small(tmp_path / "usual") == 0
    take_away(monkeypatch)
    monkeypatch.setattr(processes, "MIN_ITEMS", {"spawn": 20})
    bare = tmp_path / "bare"
    assert press_small(bare, "--jobs", "2") == 0
    assert files_of(bare / "dist") == files_of(tmp_path / "usual/dist")


def test_without_links_later_builds_change_what_has_changed(
    tmp_path: Path, press_small: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch)
    site, anew = tmp_path / "site", tmp_path / "anew"
    write_small_site(site)
    for words in ("One", "Another", "One more"):
        write(site / "content/pages/about.md", f'+++\ntitle = "About"\n+++\n{words}\n')
        assert press_small(site) == 0
        assert press_small(site, "--out", str(anew / words)) == 0
        assert files_of(site / "dist") == files_of(anew / words)


def run_on_a_console(folder: Path, encoding: str, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONIOENCODING": encoding, "STEMPRESS_CACHE": str(folder / "cache")}
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, str(ROOT / "build.py"), *words],
        cwd=folder,
        env=env,
        capture_output=True,
        encoding=encoding,
        check=False,
    )


@pytest.mark.slow
def test_a_console_without_unicode_gets_what_it_can_print(tmp_path: Path) -> None:
    write(tmp_path / "песни/drums/Ω.flac", tone(frames=40_000))
    write(tmp_path / "песни/bass/sub.flac", tone(frames=40_000))
    shown = run_on_a_console(tmp_path, "cp1252", "new", "песни", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "|-- Bass: Sub" in shown.stderr
    assert "`-- Drums: \\u03a9" in shown.stderr
    assert run_on_a_console(tmp_path, "cp1252", "new", "песни", "--site", "site").returncode == 0
    built = run_on_a_console(tmp_path, "cp1252", "--site", "site", "--without-runtime")
    assert built.returncode == 0, built.stderr
    holders = run_on_a_console(tmp_path, "cp1252", "holders", "--site", "site")
    assert holders.returncode == 0, holders.stderr
    doctor = run_on_a_console(tmp_path, "ascii", "cache", "size")
    assert doctor.returncode == 0, doctor.stderr

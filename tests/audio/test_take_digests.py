"""Digests of published takes: computed once, and again when what they depend on changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.small_site import tone, write, write_small_site
from tests.support.takes import late_take

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a site that has its own cache, lossless stems and a take."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    site = tmp_path / "site"
    write_small_site(site)
    settings = (site / "site.toml").read_text("utf-8")
    write(site / "site.toml", f"{settings}[audio]\nlossless = true\n")
    write(site / "content/takes/late.md", '+++\ntitle = "Late"\nsong = "one"\n+++\nWords.\n')
    write(site / "content/takes/late.take", late_take())
    return site


def new_takes(site: Path, out: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Build a site; return the line that says how many takes are new, if there is one."""
    arguments = ["--site", str(site), "--out", str(site / out), "--without-runtime"]
    assert run(arguments, build, ROOT) == 0
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("Takes: ")]


def test_builds_into_other_folders_play_no_take_again(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_takes(site, "first", capsys) == ["Takes: 1 of 1 new"]
    assert new_takes(site, "second", capsys) == []
    pages = [(site / out / "takes/late/index.html").read_bytes() for out in ("first", "second")]
    assert pages[0] == pages[1]


def test_a_changed_stem_or_take_is_played_again(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_takes(site, "dist", capsys)
    write(site / "stems/one/bass/synth.flac", tone(30))
    assert new_takes(site, "dist", capsys) == ["Takes: 1 of 1 new"]
    write(site / "content/takes/late.take", late_take(mute=200))
    assert new_takes(site, "dist", capsys) == ["Takes: 1 of 1 new"]

"""``stempress new``: what is shown and asked, and what the artist's repository gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from build import build
from stempress import __version__
from stempress.commands.cli import parse, run
from tests.conftest import ROOT
from tests.support.small_site import tone, write

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def new(stems: Path, *options: str) -> int:
    return run(["new", str(stems), *options], build, ROOT)


def test_a_dry_run_shows_a_tree_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for at, name in enumerate(("tide/drums/a", "tide/drums/b", "tide/bass/a", "wave/bass/a")):
        write(tmp_path / f"tape/{name}.flac", tone(at, frames=40_000))
    assert new(tmp_path / "tape", "--title", "My Tape", "--dry-run") == 0
    assert capsys.readouterr().err.splitlines() == [
        "My Tape",
        "├── Tide",
        "│   ├── Bass: A",
        "│   └── Drums: A, B",
        "└── Wave",
        "    └── Bass: A",
        f"{tmp_path / 'tape-site'}: nothing was written; leave out --dry-run to write it",
    ]
    assert not (tmp_path / "tape-site").exists()


def test_a_new_site_is_a_repository_that_publishes_itself(tmp_path: Path) -> None:
    write(tmp_path / "tide/Drums.flac", tone(frames=40_000))
    site = tmp_path / "site"
    options = ["--site", str(site), "--title", "Tide &  Co", "--artist", "A"]
    assert new(tmp_path / "tide", *options) == 0
    ignored = (site / ".gitignore").read_text("utf-8").splitlines()
    assert {
        "/dist/",
        "/.stempress-dist/",
        "/secret.json",
        "/audition.json",
        "/content/hidden/*",
    } <= {*ignored}
    assert (site / "README.md").read_text("utf-8").startswith("# Tide & Co\n")
    assert (site / "requirements.txt").read_text("utf-8") == f"stempress=={__version__}\n"
    workflow = (site / ".github/workflows/pages.yml").read_text("utf-8")
    commands = re.findall(r"run: stempress (.*)", workflow)
    assert commands == ["build", "publish --check"]
    for line in commands:
        parse(line.split(), None)


class Terminal:
    """A terminal on which the artist answers questions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.questions: list[str] = []
        left = list(answers)

        def ask(question: str, **_: object) -> str:
            self.questions.append(question)
            return left.pop(0)

        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setattr("rich.prompt.Prompt.ask", ask)


def test_a_clear_folder_and_a_named_artist_leave_nothing_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "tide/drums/a.flac", tone(frames=40_000))
    terminal = Terminal(monkeypatch)
    assert new(tmp_path / "tide", "--artist", "Ada") == 0
    assert terminal.questions == []


def test_what_is_not_clear_is_asked_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ahoy/one", "Ahoy/two", "Brine/three"):
        write(tmp_path / f"tape/{name}.flac", tone(frames=40_000))
    terminal = Terminal(monkeypatch, "2", "Ada")
    assert new(tmp_path / "tape") == 0
    assert terminal.questions == ["How are the folders meant?", "Artist"]
    assert (tmp_path / "tape-site/stems/brine/three/three.flac").is_file()
    assert 'artist = "Ada"' in (tmp_path / "tape-site/site.toml").read_text("utf-8")

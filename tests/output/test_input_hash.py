"""What a build follows from has one name, and every change another."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from stempress.core.options import BuildOptions
from stempress.output.input_hash import hash_inputs
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.output.input_hash import KnownDigests

LONG_AGO = 1_600_000_000


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write inputs of every kind."""
    for name in ("site.toml", "content/index.md", "content/albums/a/one.md", "stems/one/a/b.wav"):
        write(tmp_path / name, name)
    return tmp_path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask an hour from now, when nothing was saved just before."""
    hence = time.time_ns() + 3_600_000_000_000
    monkeypatch.setattr("time.time_ns", lambda: hence)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of files that are opened."""
    found: list[str] = []
    plain = open

    def noted(path: str, *given: object, **named: object) -> object:
        found.append(path)
        return plain(path, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr("stempress.output.input_hash.open", noted, raising=False)
    return found


def name(site: Path, known: KnownDigests | None = None) -> str:
    return hash_inputs(BuildOptions(site=site, out=site / "dist"), known).everything


def test_what_has_not_changed_has_the_same_name(site: Path) -> None:
    assert name(site) == name(site)


@pytest.mark.parametrize("inner", ["site.toml", "content/albums/a/one.md", "stems/one/a/b.wav"])
@pytest.mark.usefixtures("later")
def test_every_change_has_another_name(site: Path, inner: str) -> None:
    path = site / inner
    names = [name(site)]
    path.write_text(inner.upper())
    names.append(name(site))
    os.utime(path, (LONG_AGO, LONG_AGO))
    path.write_text(inner.title())
    os.utime(path, (LONG_AGO, LONG_AGO))
    names.append(name(site))
    path.unlink()
    names.append(name(site))
    write(path / "more.md", "")
    names.append(name(site))
    assert len(set(names)) == len(names)


@pytest.mark.usefixtures("later")
def test_a_text_is_told_by_its_content(site: Path) -> None:
    before = name(site)
    os.utime(site / "content/index.md", (LONG_AGO, LONG_AGO))
    assert name(site) == before


@pytest.mark.usefixtures("later")
def test_a_preview_reads_a_file_once(site: Path, opened: list[str]) -> None:
    known: KnownDigests = {}
    name(site, known)
    assert str(site / "content/index.md") in opened
    opened.clear()
    name(site, known)
    assert opened == []
    (site / "content/index.md").write_text("More.")
    name(site, known)
    assert opened == [str(site / "content/index.md")]


def test_what_was_saved_just_now_is_read_again(site: Path, opened: list[str]) -> None:
    known: KnownDigests = {}
    name(site, known)
    name(site, known)
    assert opened.count(str(site / "content/index.md")) == 2


@pytest.mark.usefixtures("later")
def test_a_text_that_takes_the_place_of_another_is_read(site: Path) -> None:
    path, other = site / "content/index.md", site / "other.md"
    other.write_text("content/INDEX.md")
    for each in (path, other):
        os.utime(each, (LONG_AGO, LONG_AGO))
    known: KnownDigests = {}
    before = name(site, known)
    other.replace(path)
    assert name(site, known) != before

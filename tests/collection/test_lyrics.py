"""The lyrics beside a song's file."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import Lyrics

FOLDER = "content/albums/tides"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_small_site(tmp_path)
    return tmp_path


def read(site: Path) -> tuple[Lyrics | None, Findings]:
    """Return the lyrics of the song One, and all findings."""
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    return collection.song("one").lyrics, findings


def test_a_song_without_such_a_file_has_no_lyrics(site: Path) -> None:
    lyrics, findings = read(site)
    assert lyrics is None
    assert (findings.faults, findings.warnings) == ([], [])


@pytest.mark.parametrize("name", ["one.lrc", "one.LRC"])
def test_a_byte_order_mark_and_line_ends_of_windows_are_no_part_of_it(
    name: str, site: Path
) -> None:
    write(
        site / FOLDER / name, codecs.BOM_UTF8 + b"[ti:One]\r\n[00:01.00]Sea\r\n\r\n[00:02.00]\r\n"
    )
    lyrics, findings = read(site)
    assert findings.faults == []
    assert lyrics is not None
    assert [(line.time, line.text) for line in lyrics.lines] == [(1, "Sea"), (2, "")]


def test_lyrics_without_times_keep_their_stanzas(site: Path) -> None:
    write(site / FOLDER / "one.lyrics.txt", "\nOut  to sea\nand back\n\n \n\nAgain\n\n")
    lyrics, findings = read(site)
    assert findings.warnings == []
    assert lyrics is not None
    assert not lyrics.is_timed
    assert lyrics.text == "Out to sea\nand back\n\nAgain"


def test_words_are_composed(site: Path) -> None:
    write(site / FOLDER / "one.lyrics.txt", "Cafe\u0301")
    lyrics, _ = read(site)
    assert lyrics is not None
    assert lyrics.text == "Café"


def test_what_is_meant_as_lyrics_but_is_not_read_is_named(site: Path) -> None:
    for name in ("three.lrc", "two.txt", "notes.txt"):
        write(site / FOLDER / name, "[00:01.00]Sea")
    _, findings = read(site)
    assert findings.faults == []
    assert [(each.where, each.message) for each in findings.warnings] == [
        (f"{FOLDER}/three.lrc", "belongs to no song and is ignored"),
        (f"{FOLDER}/two.txt", "is ignored"),
    ]


def test_times_in_lyrics_that_are_read_as_text_are_named(site: Path) -> None:
    write(site / FOLDER / "one.lyrics.txt", "[00:01.00]Sea")
    _, findings = read(site)
    assert [each.hint for each in findings.warnings] == ["<song>.lrc"]

"""The whole collection: albums, songs, notes."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from tests.support.small_site import read, write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.collection.collection import Collection


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_small_site(tmp_path)
    return tmp_path


def collection_of(site: Path) -> Collection:
    return read(site).collection


def test_songs_albums_and_stems_are_found_by_slug(site: Path) -> None:
    collection = collection_of(site)
    assert [song.slug for song in collection.songs] == ["one", "two"]
    assert collection.album("tides").songs == collection.songs
    assert collection.song("two").album == "tides"
    assert collection.stem(("one", "bass", "synth")).name == "Synth"
    for missing in (collection.song, collection.album):
        with pytest.raises(KeyError):
            missing("three")


def test_songs_are_in_the_order_of_their_album(site: Path) -> None:
    index = site / "content/albums/tides/index.md"
    write(index, '+++\ntitle = "Tides"\nreleased = 2026-05-01\nsongs = ["two", "one"]\n+++\nStory.')
    collection = collection_of(site)
    assert [song.slug for song in collection.songs] == ["two", "one"]
    assert collection.albums[0].released == date(2026, 5, 1)
    assert collection.albums[0].story == "Story."


def test_notes_are_sorted_latest_first(site: Path) -> None:
    for day in (1, 3):
        write(site / f"content/notes/n{day}.md", f'+++\ntitle = "N"\ndate = 2026-01-0{day}\n+++\n')
    assert [note.slug for note in collection_of(site).notes] == ["n3", "first", "n1"]


def test_windows_line_ends_and_byte_order_marks_make_no_difference(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other") / "site"
    shutil.copytree(site, other)
    for path in [*other.rglob("*.md"), other / "site.toml", other / "content/tokens.json"]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    one, two = collection_of(site), collection_of(other)
    assert (one.settings, one.albums, one.notes, one.ledger) == (
        two.settings,
        two.albums,
        two.notes,
        two.ledger,
    )


def test_hidden_files_are_ignored(site: Path) -> None:
    for name in (
        "albums/.DS_Store",
        "albums/tides/.one.md.swp",
        "albums/.git/x",
        "notes/.first.md",
    ):
        write(site / "content" / name, b"\0")
    write(site / "stems/one/drums/.DS_Store", b"\0")
    assert len(collection_of(site).songs) == 2


def test_two_songs_whose_slugs_differ_only_in_case_are_reported(site: Path) -> None:
    album = site / "content/albums/ebb"
    write(album / "index.md", '+++\ntitle = "Ebb"\nsongs = ["One"]\n+++\n')
    shutil.copy(site / "content/albums/tides/one.md", album / "One.md")
    findings = Findings()
    read_collection(site, read_settings(site, findings), findings)
    assert [fault.message for fault in findings.faults] == ["two songs have the same slug"]


def test_a_collection_without_songs_is_reported(tmp_path: Path) -> None:
    write_small_site(tmp_path)
    shutil.rmtree(tmp_path / "content/albums")
    for path in ("content/notes/first.md", "content/tokens.json"):
        (tmp_path / path).unlink()
    findings = Findings()
    read_collection(tmp_path, read_settings(tmp_path, findings), findings)
    assert [(fault.where, fault.message) for fault in findings.faults] == [
        ("content/albums/", "has no songs")
    ]


@pytest.mark.parametrize(
    ("listed", "messages"),
    [
        ('["one", "tow"]', ["lists a song that has no file"]),
        (
            '["two", "three"]',
            ["lists a song that has no file", "does not list a song that has a file"],
        ),
        ('["one", "two", "one"]', ["lists a song twice"]),
        ('["one", 2]', ["must be a list of strings"]),
        ("[]", ["does not list a song that has a file"] * 2),
    ],
)
def test_an_album_lists_exactly_the_songs_that_have_files(
    site: Path, listed: str, messages: list[str]
) -> None:
    index = site / "content/albums/tides/index.md"
    write(index, f'+++\ntitle = "Tides"\nsongs = {listed}\n+++\n')
    findings = Findings()
    read_collection(site, read_settings(site, findings), findings)
    assert [fault.message for fault in findings.faults] == messages

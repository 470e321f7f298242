"""[[people]] and [[artists]]: who has a page, and whose songs are whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stempress.collection.collection import read_collection
from stempress.collection.people import parse_people
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from stempress.core.tables import Table
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.collection.collection import Collection
    from stempress.collection.settings import Person

ALBUM = "content/albums/tides/index.md"
ONE = "content/albums/tides/one.md"


def parse(people: list[str], artists: list[str]) -> tuple[Person, ...]:
    """Return people and artists with these names."""
    data = {"people": [{"name": name} for name in people]}
    data |= {"artists": [{"name": name} for name in artists]}
    findings = Findings()
    found = parse_people(Table(data, "site.toml", findings))
    assert findings.faults == []
    return found


def test_whoever_is_in_both_is_one_person() -> None:
    found = parse(["Ines Roy", "Mara Voss"], ["Mara Voss", "The Ferrymen"])
    assert [(each.slug, each.is_artist) for each in found] == [
        ("ines-roy", False),
        ("mara-voss", True),
        ("the-ferrymen", True),
    ]


def test_names_that_differ_in_accents_and_signs_have_different_slugs() -> None:
    found = parse(["José", "Jose", "Ж & Co", "Ж Co"], [])
    assert [each.slug for each in found] == ["josé", "jose", "ж-and-co", "ж-co"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a site with two artists besides its own."""
    write_small_site(tmp_path)
    with (tmp_path / "site.toml").open("a", encoding="utf-8") as file:
        file.write('[[artists]]\nname = "The Ferrymen"\n[[artists]]\nname = "Mara Voss"\n')
    return tmp_path


def set_artist(site: Path, name: str, slug: str) -> None:
    text = (site / name).read_text("utf-8")
    write(site / name, text.replace("+++\n", f'+++\nartist = "{slug}"\n', 1))


def read(site: Path) -> tuple[Collection, Findings]:
    findings = Findings()
    return read_collection(site, read_settings(site, findings), findings), findings


def test_albums_and_songs_are_the_sites_unless_they_say_otherwise(site: Path) -> None:
    collection, _ = read(site)
    assert collection.album("tides").artist == "Ada Lund"
    assert {song.artist for song in collection.songs} == {"Ada Lund"}


def test_a_song_is_its_albums_artists_unless_it_says_otherwise(site: Path) -> None:
    set_artist(site, ALBUM, "the-ferrymen")
    set_artist(site, ONE, "mara-voss")
    collection, findings = read(site)
    assert findings.faults == []
    assert findings.warnings == []
    assert collection.album("tides").artist == "The Ferrymen"
    assert [song.artist for song in collection.songs] == ["Mara Voss", "The Ferrymen"]
    artists = {token.id: collection.artist_of(token) for token in collection.tokens}
    assert artists["1"] == artists["91"] == "Mara Voss"
    assert artists["5"] == artists["99"] == "The Ferrymen"
    assert artists["7"] == "Ada Lund"  # nobody knows what it is


def test_artists_who_have_made_nothing_are_named(site: Path) -> None:
    set_artist(site, ONE, "mara-voss")
    _, findings = read(site)
    assert [(each.key, each.value) for each in findings.warnings] == [
        ("artists[0].name", "The Ferrymen")
    ]

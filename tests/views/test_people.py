"""People's pages, and the ways to them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from stempress.views.kinds import page_view
from stempress.views.people import PersonPageView
from stempress.views.shared_leaves import Leaves
from tests.support.small_site import SmallSite, read, write, write_small_site, xml

ATOM = "{http://www.w3.org/2005/Atom}"
URL = "https://small.example/"


@pytest.fixture(scope="module")
def label(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Write a site whose second song is another artist's, with more credits."""
    site = tmp_path_factory.mktemp("label")
    write_small_site(site, url=URL)
    with (site / "site.toml").open("a", encoding="utf-8") as file:
        file.write('[[artists]]\nname = "The Ferrymen"\n[[people]]\nname = "Ada Lund"\n')
    path = site / "content/albums/tides/two.md"
    text = path.read_text("utf-8").replace("+++\n", '+++\nartist = "the-ferrymen"\n', 1)
    more = '{ name = "Bo Ek", role = "voice" }, { name = "Ines Roy", role = "voice" } ]'
    write(path, text.replace('role = "drums" }]', f'role = "drums" }}, {more}'))
    return read(site)


@pytest.fixture(scope="module")
def pressed(label: SmallSite) -> dict[str, str]:
    return label.render()


def view(label: SmallSite, slug: str) -> PersonPageView:
    page = next(page for page in label.plan.pages if page.address == f"people/{slug}/")
    found = page_view(Leaves(label.facts()), page)
    assert isinstance(found, PersonPageView)
    return found


def linked_data(page: str) -> dict[str, Any]:
    """Return the JSON-LD of a page."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_page_has_somebodys_credits_with_all_roles(label: SmallSite) -> None:
    parts = view(label, "bo-ek").credits
    assert [(part.song.title, part.roles) for part in parts] == [
        ("One", ("drums",)),
        ("Two", ("drums", "voice")),
    ]


def test_an_artists_page_has_albums_and_the_songs_on_others_albums(label: SmallSite) -> None:
    site_artist, other = view(label, "ada-lund"), view(label, "the-ferrymen")
    assert [album.title for album in site_artist.albums] == ["Tides"]
    assert site_artist.songs == ()
    assert other.albums == ()
    assert [song.title for song in other.songs] == ["Two"]


def test_credits_link_to_whoever_has_a_page(pressed: dict[str, str]) -> None:
    page = pressed["songs/two/index.html"]
    assert '<dt><a href="../../people/bo-ek/">Bo Ek</a></dt><dd>voice</dd>' in page
    assert "<dt>Ines Roy</dt>" in page


@pytest.mark.parametrize(
    ("address", "artist"),
    [
        ("songs/one/index.html", "Ada Lund"),
        ("songs/two/index.html", "The Ferrymen"),
        ("albums/tides/index.html", "Ada Lund"),
        ("tokens/93/index.html", "The Ferrymen"),
        ("tokens/99/index.html", "Ada Lund"),
    ],
)
def test_pages_name_their_artist(address: str, artist: str, pressed: dict[str, str]) -> None:
    slug = artist.lower().replace(" ", "-")
    assert f'<p class="by"><a href="../../people/{slug}/">{artist}</a></p>' in pressed[address]
    by = linked_data(pressed[address])["byArtist"]
    assert by == {"@type": "MusicGroup", "name": artist, "url": f"{URL}people/{slug}/"}


def test_an_unrevealed_token_names_no_artist(pressed: dict[str, str]) -> None:
    assert '<p class="by">' not in pressed["tokens/7/index.html"]


def test_embeds_and_feeds_name_the_artist_of_the_song(pressed: dict[str, str]) -> None:
    assert "The Ferrymen" in pressed["embed/two/index.html"]
    assert json.loads(pressed["oembed/two.json"])["author_name"] == "The Ferrymen"
    entries = xml(pressed["music.xml"]).findall(f"{ATOM}entry")
    authors = [entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries]
    assert authors == [None, "The Ferrymen"]  # the feed's own is the site's


def test_people_are_data_for_search_engines_and_in_the_sitemap(pressed: dict[str, str]) -> None:
    person = linked_data(pressed["people/bo-ek/index.html"])
    assert person == {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": "Bo Ek",
        "url": f"{URL}people/bo-ek/",
        "sameAs": "https://bo.example/",
    }
    assert linked_data(pressed["people/the-ferrymen/index.html"])["@type"] == "MusicGroup"
    assert f"{URL}people/the-ferrymen/" in pressed["sitemap.xml"]

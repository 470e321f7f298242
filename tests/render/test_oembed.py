"""Sharing: JSON-LD, oEmbed, playlists, music feed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from stempress.output.output_files import flatten
from stempress.render.oembed import sharing_files
from tests.support.small_site import SmallSite, small_site, xml

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://ferry.example/x"
ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = "</script><img src=x> \" ' & ü"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("sharing"), NASTY, url=URL)


@pytest.fixture(scope="module")
def pressed(small: SmallSite) -> dict[str, str]:
    return small.render()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return small_site(tmp_path_factory.mktemp("plain")).render()


class Frames(HTMLParser):
    """The frames of a piece of HTML, and every other tag's name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.others: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.frames.append(dict(attrs))
        else:
            self.others.append(tag)


def linked(page: str) -> dict[str, Any] | None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    if found is None:
        return None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_songs_and_albums_have_json_ld(pressed: dict[str, str]) -> None:
    song = linked(pressed["songs/one/index.html"])
    assert song
    assert (song["@type"], song["name"]) == ("MusicRecording", f"One {NASTY}")
    assert (song["url"], song["duration"]) == (f"{URL}/songs/one/", "PT8S")
    album = linked(pressed["albums/tides/index.html"])
    assert album
    assert (album["@type"], album["numTracks"]) == ("MusicAlbum", 2)
    assert [track["name"] for track in album["track"]] == [f"One {NASTY}", f"Two {NASTY}"]
    assert linked(pressed["gallery/index.html"]) is None


def test_songs_and_mixes_state_their_sound_composition_and_contributors(
    pressed: dict[str, str],
) -> None:
    song = linked(pressed["songs/one/index.html"])
    assert song
    assert song["audio"] == {
        "@type": "AudioObject",
        "contentUrl": f"{URL}/audio/x.ogg",
        "encodingFormat": "audio/ogg",
        "duration": "PT8S",
    }
    assert song["recordingOf"] == {"@type": "MusicComposition", "name": f"One {NASTY}"}
    mix = linked(pressed["songs/one/1-1/index.html"])
    assert mix
    assert (mix["url"], mix["name"]) == (f"{URL}/songs/one/1-1/", song["name"])
    assert mix["recordingOf"] == song["recordingOf"]
    roles = [(each["@type"], each["roleName"]) for each in song["contributor"]]
    assert roles == [("Role", f"drums {NASTY}")]
    assert song["contributor"][0]["contributor"]["@type"] == "Person"


def test_nothing_needs_a_url_if_the_site_has_none(plain: dict[str, str]) -> None:
    song = linked(plain["songs/one/index.html"])
    assert song
    assert "url" not in song
    assert not [address for address in plain if address.startswith("oembed/")]
    assert "json+oembed" not in plain["songs/one/index.html"]


def test_pages_link_to_the_oembed_of_a_frame(pressed: dict[str, str]) -> None:
    for address, mix in (("songs/one/", "1-1"), ("songs/two/2-1/", "2-1")):
        page = pressed[f"{address}index.html"]
        found = re.search(
            r'<link rel="alternate" type="application/json\+oembed" .*href="(.*)">', page
        )
        assert found
        oembed = json.loads(pressed[found[1].removeprefix(f"{URL}/")])
        (frame,) = Frames(oembed["html"]).frames
        assert Frames(oembed["html"]).others == []
        assert frame["title"] == oembed["title"]
        below = str(frame["src"]).removeprefix(f"{URL}/")
        assert below == f"embed/{address.split('/')[1]}/{mix}/"
        assert f"{below}index.html" in pressed
        assert str(frame["height"]) == str(oembed["height"])
    assert "json+oembed" not in pressed["embed/one/1-1/index.html"]


def test_playlists_list_the_previews_of_an_album(small: SmallSite, pressed: dict[str, str]) -> None:
    lines = pressed["playlists/tides.m3u8"].splitlines()
    assert lines[0] == "#EXTM3U"
    assert lines[2:] == [
        f"#EXTINF:-1,Ada Lund {NASTY} - One {NASTY}",
        "../audio/x.ogg",
        f"#EXTINF:-1,Ada Lund {NASTY} - Two {NASTY}",
        "../audio/x.ogg",
    ]
    assert 'href="../../playlists/tides.m3u8"' in pressed["albums/tides/index.html"]
    assert len(list(flatten(sharing_files(small.excerpts)))) == 1 + 3 * 2 + 8


def test_songs_have_descriptions_of_smaller_players(pressed: dict[str, str]) -> None:
    found = re.findall(r'json\+oembed" .*href="(.*)">', pressed["songs/one/index.html"])
    sizes = []
    for address in found:
        oembed = json.loads(pressed[address.removeprefix(f"{URL}/")])
        (frame,) = Frames(oembed["html"]).frames
        assert (frame["width"], frame["height"]) == (str(oembed["width"]), str(oembed["height"]))
        sizes.append((oembed["width"], oembed["height"]))
    assert sizes[1:] == [(480, 160), (480, 480)]


def test_a_note_in_the_feed_has_previews_of_its_songs(pressed: dict[str, str]) -> None:
    links = xml(pressed["feed.xml"]).iter(f"{ATOM}link")
    sounds = [link.attrib for link in links if link.get("rel") == "enclosure"]
    assert [(sound["title"], sound["href"]) for sound in sounds] == [
        (f"One {NASTY}", f"{URL}/audio/x.ogg")
    ]


def test_the_music_feed_has_audio_enclosures(pressed: dict[str, str]) -> None:
    entries = xml(pressed["music.xml"]).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [f"One {NASTY}", f"Two {NASTY}"]
    for entry in entries:
        (sound,) = [link for link in entry.iter(f"{ATOM}link") if link.get("rel") == "enclosure"]
        assert sound.attrib["href"] == f"{URL}/audio/x.ogg"
        assert (sound.attrib["type"], sound.attrib["length"]) == ("audio/ogg; codecs=opus", "10")


def test_hosts_get_redirects_and_cache_headers(pressed: dict[str, str]) -> None:
    assert "/* /404.html 404" in pressed["_redirects"].splitlines()
    headers = pressed["_headers"].splitlines()
    assert "  X-Content-Type-Options: nosniff" in headers
    line = headers.index("/audio/*")
    assert headers[line + 1] == "  Cache-Control: public, max-age=31536000, immutable"


def test_albums_without_previews_have_no_playlist(tmp_path: Path) -> None:
    small = small_site(tmp_path)
    pressed = replace(small, sounds=replace(small.sounds, previews={})).render()
    assert "playlists/tides.m3u8" not in pressed
    assert "m3u8" not in pressed["albums/tides/index.html"]
    assert "enclosure" not in pressed["music.xml"]

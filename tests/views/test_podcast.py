"""The podcast: RSS that podcast programs accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.art.podcast_cover import draw_podcast_cover
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.music import write_music
from tests.support.podcasts import ITUNES, PODCAST, podcast_faults
from tests.support.small_site import small_site, xml

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://ferry.example/x"
NASTY = "</title><b> & \" ' ü"


@pytest.fixture(scope="module")
def pressed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return small_site(tmp_path_factory.mktemp("podcast"), NASTY, url=URL).render()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site of one song; return the folder."""
    site = tmp_path_factory.mktemp("site")
    write_music(site)
    for path, old, new in (
        (site / "site.toml", 'artist = "B"', f'artist = "B"\nurl = "{URL}/"'),
        (site / "content/albums/x/index.md", 'title = "X"', 'title = "X"\nreleased = 2026-03-20'),
    ):
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0
    return site / "dist"


def faults(built: Path, text: str) -> list[str]:
    """Return what is wrong with a podcast of the built site."""

    def read(url: str) -> bytes:
        assert url.startswith(f"{URL}/")
        return (built / url.removeprefix(f"{URL}/")).read_bytes()

    return podcast_faults(text, read)


@pytest.mark.slow
def test_a_podcast_has_no_faults(built: Path) -> None:
    text = (built / "podcast.xml").read_text("utf-8")
    assert faults(built, text) == []
    (item,) = xml(text).iter("item")
    assert item.findtext("pubDate") == "Fri, 20 Mar 2026 00:00:00 +0000"
    assert item.findtext(f"{ITUNES}duration") == "3"  # as long as previews are
    assert item.findtext("link") == f"{URL}/songs/one/"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<podcast:medium>music", "<podcast:medium>songs", "<podcast:medium>"),
        ("<podcast:guid>", "<podcast:guid>0", "<podcast:guid>"),
        ('length="', 'length="1', "the length of an enclosure"),
        ('type="audio/mpeg"', 'type="audio/ogg"', "of a type that is played"),
        ("Fri, 20 Mar", "Thu, 20 Mar", "RFC 822"),
        ('<enclosure url="https://ferry.example', '<enclosure url="..', "must be absolute"),
        ('isPermaLink="false"', "", "isPermaLink"),
        ("<itunes:explicit>false", "<itunes:explicit>no", "<itunes:explicit>"),
        ("icons/podcast.jpg", "icons/512.png", "1400 to 3000 pixels"),
    ],
)
def test_the_validator_finds_faults(built: Path, old: str, new: str, fault: str) -> None:
    text = (built / "podcast.xml").read_text("utf-8")
    assert old in text
    assert any(fault in found for found in faults(built, text.replace(old, new, 1)))


def test_songs_are_episodes_of_albums(pressed: dict[str, str]) -> None:
    channel = xml(pressed["podcast.xml"]).find("channel")
    assert channel is not None
    assert channel.findtext(f"{PODCAST}medium") == "music"
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == [f"One {NASTY}", f"Two {NASTY}"]
    assert [item.findtext(f"{ITUNES}episode") for item in items] == ["1", "2"]
    assert [item.find("pubDate") for item in items] == [None, None]  # nobody says when it came out
    seasons = [item.find(f"{PODCAST}season") for item in items]
    assert [each.get("name") for each in seasons if each is not None] == [f"Tides {NASTY}"] * 2


def test_guids_stay_when_the_site_moves(pressed: dict[str, str], tmp_path: Path) -> None:
    moved = small_site(tmp_path, NASTY, url="https://other.example").render()

    def ids(pages: dict[str, str]) -> list[str | None]:
        return [item.findtext("guid") for item in xml(pages["podcast.xml"]).iter("item")]

    assert ids(moved) == ids(pressed)


def test_every_page_links_to_it(pressed: dict[str, str]) -> None:
    for address, root in (("index.html", "./"), ("songs/one/index.html", "../../")):
        assert f'type="application/rss+xml" title="Small Hours {_escaped()}' in pressed[address]
        assert f'href="{root}podcast.xml"' in pressed[address]


def _escaped() -> str:
    return NASTY.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:8]


def test_a_site_without_a_url_has_none(tmp_path: Path) -> None:
    small = small_site(tmp_path)
    pages = small.render()
    assert "podcast.xml" not in pages
    assert "podcast.xml" not in pages["index.html"]
    assert list(draw_podcast_cover(small.collection.settings, [])) == []

"""Pages of takes, and the ways to them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pytest

from tests.support.small_site import SmallSite, read, small_site, write
from tests.support.takes import late_take

if TYPE_CHECKING:
    from pathlib import Path

TITLE = '<b>Late</b> & \\"odd\\"'
PAGE = f"""+++
title = "{TITLE}"
song = "one"
date = 2026-03-01
take = "https://any.example/songs/one/#v=1&song=one&take={late_take()}"
credits = [{{ name = "Bo Ek", role = "faders" }}]
+++
In *one* go. <script>alert(1)</script>
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    site = tmp_path_factory.mktemp("takes")
    small_site(site, url="https://small.example/")
    write(site / "content/takes/late.md", PAGE)
    write(site / "content/takes/early.take", f"{late_take(bass='live')}\n")
    write(site / "content/takes/early.md", '+++\ntitle = "Early"\nsong = "one"\n+++\n')
    return read(site)


@pytest.fixture(scope="module")
def pressed(small: SmallSite) -> dict[str, str]:
    return small.render()


def test_a_take_has_a_page_with_what_the_mixer_opens(pressed: dict[str, str]) -> None:
    page = pressed["takes/late/index.html"]
    assert f'data-take="{late_take()}"' in page
    assert "data-take-digest" not in page
    assert "In <em>one</em> go." in page
    assert "1 move" in page
    assert '<a href="../../people/bo-ek/">Bo Ek</a></dt><dd>faders</dd>' in page
    assert f'data-take="{late_take(bass="live")}"' in pressed["takes/early/index.html"]


def test_what_the_artist_wrote_is_shown_as_text(pressed: dict[str, str]) -> None:
    page = pressed["takes/late/index.html"]
    assert f"<h1>{escape(TITLE.replace(chr(92), ''), quote=True)}</h1>".replace(
        "&quot;", "&#34;"
    ) in page.replace("&quot;", "&#34;")
    assert "<b>Late" not in page
    assert "<script>alert" not in page


def test_the_songs_page_and_the_sitemap_list_its_takes(pressed: dict[str, str]) -> None:
    assert '<a href="../../takes/late/">' in pressed["songs/one/index.html"]
    assert '<a href="../../takes/early/">Early</a>' in pressed["songs/one/index.html"]
    assert "takes/" not in pressed["songs/two/index.html"]
    assert "<loc>https://small.example/takes/late/</loc>" in pressed["sitemap.xml"]


def test_the_newest_take_comes_first(small: SmallSite) -> None:
    assert [take.slug for take in small.collection.takes] == ["late", "early"]


def test_a_site_without_takes_says_nothing_of_them(tmp_path: Path) -> None:
    pages = small_site(tmp_path).render()
    assert not any(address.startswith("takes/") for address in pages)
    assert 'id="takes"' not in pages["songs/one/index.html"]

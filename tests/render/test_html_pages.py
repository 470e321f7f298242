"""HTML pages: strangers' texts stay text, links are relative, headings are in order."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from stempress.art.covers import draw_covers
from stempress.collection.ledger import Ledger
from stempress.collection.papers import default_papers
from stempress.collection.theme import TEXT_CONTRAST, lowest_contrast
from stempress.core.errors import SiteError
from stempress.core.paths import WEB
from stempress.i18n.number_format import Formatter, format_duration, shorten_address, summarize
from stempress.output.output_files import flatten
from stempress.render.html_pages import render_site
from stempress.render.markdown import render_markdown
from stempress.site.pages import Plan, Section
from stempress.views.page_keys import PageKeys
from stempress.views.shared_leaves import Leaves
from tests.support.markup import Parsed
from tests.support.small_site import SmallSite, read, small_site, write, xml

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(2)> {{ 7 * 7 }}"""
HOSTILE_BODY = f"""# {HOSTILE}

[run](javascript:alert(3)) ![picture](javascript:alert(4)) <javascript:alert(5)>
[data](data:text/html,x) [fine](https://fine.example/)

<iframe src="https://evil.example/"></iframe>

<div onclick="alert(6)">{HOSTILE}</div>
"""
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def pressed(plain: SmallSite) -> dict[str, str]:
    return plain.render()


def pages_of(files: dict[str, str]) -> dict[str, Parsed]:
    return {address: Parsed(text) for address, text in files.items() if address.endswith(".html")}


def test_hostile_texts_are_escaped_in_every_field(tmp_path: Path) -> None:
    files = small_site(tmp_path, HOSTILE, body=HOSTILE_BODY).render()
    for address, page in pages_of(files).items():
        for tag, attributes in page.tags:
            assert tag != "iframe", address
            is_data = attributes.get("type") == "application/ld+json"
            if tag == "script" and address != "404.html" and not is_data:
                assert (attributes.get("src") or "").endswith(".js"), address
            assert not any(name.startswith("on") for name in attributes), address
            assert attributes.get("src") != "x", address
        assert not any("script:" in link for link in page.links), address
    assert "{{ 7 * 7 }}" in files["index.html"]
    assert len(xml(files["feed.xml"]).findall(f"{ATOM}entry")) == 1


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "//evil.example/",
        "&#106;avascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_links_that_run_scripts_or_mislead_are_removed(link: str) -> None:
    html = render_markdown(f"[a]({link}) [b](<{link}>)\n\n[c]: {link}\n\n[c]", "../", 1)
    hrefs = [href for href in Parsed(html).links if href]
    assert hrefs == []


def test_settings_reject_links_that_run_scripts(plain: SmallSite) -> None:
    contract = plain.collection.settings.contract
    assert contract is not None
    unchecked = replace(contract, marketplace="javascript:alert(1)//{token_id}")
    settings = replace(plain.collection.settings, contract=unchecked)
    small = replace(plain, collection=replace(plain.collection, settings=settings))
    assert "javascript:" not in small.render()["tokens/1/index.html"]


def test_every_link_is_relative_and_its_file_exists(
    plain: SmallSite, pressed: dict[str, str]
) -> None:
    drawn = draw_covers(plain.excerpts)
    covers = {file.address for file in flatten(drawn)}
    elsewhere = ("app/web/", "data/", "metadata/", "audio/", "icons/", "manifest.json")
    for address, page in pages_of(pressed).items():
        for link in page.links:
            if link.startswith(("https://", "#")):
                continue
            assert not link.startswith("/"), address
            place = re.split("[?#]", link)[0]
            target = posixpath.normpath(posixpath.join(posixpath.dirname(address), place))
            assert not target.startswith(".."), (address, link)
            if place.endswith("/"):
                target = posixpath.normpath(f"{target}/index.html")
            assert target in pressed or target in covers or target.startswith(elsewhere), link


def test_every_page_has_one_title_and_skips_no_heading(tmp_path: Path) -> None:
    body = "### deep\n\n# high\n\nwords\n\n###### deepest\n\n## middle"
    for address, page in pages_of(small_site(tmp_path, body=body).render()).items():
        headings = page.headings
        assert headings.count(1) == 1, address
        assert all(low <= high + 1 for high, low in pairwise(headings)), (address, headings)


def test_pages_comply_with_their_own_security_policy(pressed: dict[str, str]) -> None:
    for address, page in pages_of(pressed).items():
        assert not any("style" in attributes for _, attributes in page.tags), address
        if address != "404.html":
            scripts = [attributes for tag, attributes in page.tags if tag == "script"]
            data = [script for script in scripts if script.get("type") == "application/ld+json"]
            assert all("src" in script for script in scripts if script not in data), address
            assert "style" not in {tag for tag, _ in page.tags}, address
            hosts = " https: http: blob:" if address.startswith("embed/") else ""
            policy = f"script-src 'self'{hosts} 'wasm-unsafe-eval'; style-src 'self'"
            assert policy in page.text, address


@pytest.mark.parametrize("tag", ["style", "script"])
def test_the_404_page_has_its_style_and_script_inline_with_hashes(
    pressed: dict[str, str], tag: str
) -> None:
    page = pressed["404.html"]
    text = re.split(rf"<{tag}[^>]*>|</{tag}>", page)[1]
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page
    assert set(Parsed(page).links) == {"./"}


def test_pages_of_unrevealed_tokens_differ_only_in_their_number(pressed: dict[str, str]) -> None:
    seven, eight = (pressed[f"tokens/{number}/index.html"] for number in "78")
    assert seven != eight
    anonymous = [re.sub(rf"(#|/|a=|_){n}\b", r"\1N", page) for n, page in ((7, seven), (8, eight))]
    assert anonymous[0] == anonymous[1]
    assert "art/unrevealed/stem.svg" in seven
    assert "data-mix" not in seven


def test_pages_have_absolute_addresses_only_if_the_site_has_a_url(
    pressed: dict[str, str], tmp_path: Path
) -> None:
    assert "canonical" not in pressed["index.html"]
    assert "og:image" not in pressed["index.html"]
    assert "Sitemap" not in pressed["robots.txt"]
    files = small_site(tmp_path, url="https://ferry.example/x").render()
    token = files["tokens/99/index.html"]
    assert '<link rel="canonical" href="https://ferry.example/x/tokens/99/">' in token
    assert 'content="https://ferry.example/x/cards/albums/tides.png"' in token
    assert "https://ferry.example/x/sitemap.xml" in files["robots.txt"]
    assert 'href="https://ferry.example/x/gallery/"' in files["404.html"]


def test_feed_and_sitemap_are_complete_and_valid_xml(
    plain: SmallSite, pressed: dict[str, str]
) -> None:
    feed = xml(pressed["feed.xml"])
    assert [entry.findtext(f"{ATOM}updated") for entry in feed.iter(f"{ATOM}entry")] == [
        "2026-01-02T00:00:00Z"
    ]
    assert len(xml(pressed["sitemap.xml"])) == sum(page.listed for page in plain.plan.pages)


def test_a_forged_token_links_to_what_it_was_and_what_it_became(pressed: dict[str, str]) -> None:
    song = pressed["tokens/91/index.html"]
    assert {"../../tokens/1/", "../../tokens/2/", "../../tokens/99/"} <= set(Parsed(song).links)
    assert "<audio" in song


def test_mixers_start_with_the_mix_of_their_page(pressed: dict[str, str]) -> None:
    assert "data-mix='2-1'" in pressed["songs/one/2-1/index.html"]
    assert "data-mix='2-1'>drums<" in pressed["stems/two/drums/tape/index.html"]
    assert "data-mix='2-2'" in pressed["tokens/93/index.html"]


def test_a_site_built_without_the_runtime_states_the_reason(plain: SmallSite) -> None:
    assert (
        "No runtime &amp; no mixer." in plain.render("No runtime & no mixer.")["mixer/index.html"]
    )


def test_a_site_overrides_one_template_by_name(tmp_path: Path) -> None:
    small_site(tmp_path)
    write(
        tmp_path / "templates/tier.html",
        '{% extends "base.html" %}{% block content %}<h1>Our {{ page.tier }}</h1>{% endblock %}',
    )
    files = read(tmp_path).render()
    assert "<h1>Our song</h1>" in files["tiers/song/index.html"]
    assert "Our " not in files["gallery/index.html"]


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("fine\n{% if %}", 2),
        ("fine\n\n{{ nothing.here }}", 3),
        ("fine\n{{ 1 // 0 }}", 2),
        ('fine\n{% include "missing.html" %}', 2),
        ("{{ 'a'|no_such_filter }}", 1),
    ],
)
def test_an_error_in_a_template_is_reported_with_its_line(
    tmp_path: Path, template: str, line: int
) -> None:
    small_site(tmp_path)
    write(tmp_path / "templates/rarity.html", template)
    with pytest.raises(SiteError) as caught:
        read(tmp_path).render()
    fault = caught.value.faults[0]
    assert fault.where == "templates/rarity.html"
    assert fault.message.startswith(f"line {line}: ")


def test_a_template_that_is_not_utf_8_is_reported(tmp_path: Path) -> None:
    small_site(tmp_path)
    (tmp_path / "templates/rarity.html").write_bytes("größer".encode("latin-1"))
    with pytest.raises(SiteError, match=r"templates/rarity\.html: uses a template .* not UTF-8"):
        read(tmp_path).render()


def test_an_empty_collection_has_pages(tmp_path: Path) -> None:
    small_site(tmp_path)
    write(tmp_path / "content/tokens.json", "{}")
    (tmp_path / "content/notes/first.md").unlink()
    files = read(tmp_path).render()
    assert "No token has been minted yet" in files["gallery/index.html"]
    assert xml(files["feed.xml"]).findall(f"{ATOM}entry") == []


def stripes(page: str) -> int:
    return page.split("</div>", 1)[0].count("<i ")


def test_spines_show_what_is_on_the_record(pressed: dict[str, str]) -> None:
    spines = {
        address: page.partition('<div class="spine"')[2]
        for address, page in pressed.items()
        if address.endswith("index.html") and not address.startswith("embed/")
    }
    assert all(spines.values())
    assert ">Live, Drums of One<" in spines["stems/one/drums/live/index.html"]
    assert stripes(spines["stems/one/drums/live/index.html"]) == 1
    assert stripes(spines["songs/one/index.html"]) == 2
    assert stripes(spines["albums/tides/index.html"]) == 2
    assert stripes(spines["index.html"]) == 2
    assert stripes(spines["tokens/5/index.html"]) == 1
    assert stripes(spines["tokens/7/index.html"]) == 0  # nobody knows yet


def test_the_home_page_plays_the_whole_collection(pressed: dict[str, str]) -> None:
    assert 'data-queue="albums/tides"' in pressed["index.html"]


def test_a_home_page_without_music_has_nothing_to_play(plain: SmallSite) -> None:
    home = next(page for page in plain.plan.pages if page.template == "home.html")
    silent = replace(plain.collection, albums=(), ledger=Ledger(), _songs={})
    alone = Plan((Section("", lambda: [home]),), tokens=plain.plan.tokens)
    pages = replace(plain, plan=alone, collection=silent).render()
    assert "data-queue" not in pages["index.html"]


def test_layer_colours_have_enough_contrast_for_text() -> None:
    css = (WEB / "site.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    papers = default_papers()
    for part, backgrounds in ((light, papers.light), (dark.split("\n}\n")[0], papers.dark)):
        inks = re.findall(r"--(?:layer-\d|ink|ink-soft): (#\w{6})", part)
        assert (len(inks), len(backgrounds)) == (10, 2)
        assert all(lowest_contrast(ink, backgrounds) >= TEXT_CONTRAST for ink in inks)


def test_markdown_links_are_relative_to_the_root_and_headings_are_in_order() -> None:
    html = render_markdown(
        "# one\n\n#### two\n\n## three\n\n[s](/songs/one/) [t](other/) <b>raw</b>", "../", 1
    )
    assert Parsed(html).headings == [2, 3, 3]
    assert list(Parsed(html).links) == ["../songs/one/", "other/"]
    assert "&lt;b&gt;raw&lt;/b&gt;" in html


def test_figures_are_formatted() -> None:
    formatter = Formatter()
    assert formatter.signed(-0.25, 1) == "\N{MINUS SIGN}0.2"
    assert formatter.signed(-0.02, 1) == "0.0"
    assert formatter.percent(0.5) == "50%"
    assert formatter.percent(0.0123) == "1.2%"
    assert formatter.percent(1e-9) == "below 0.001%"
    assert format_duration(64.4) == "1:04"
    assert formatter.listed(["a", "b", "c"], "and") == "a, b and c"
    assert shorten_address("0x" + "1" * 40) == "0x1111…1111"
    assert summarize("**Bold** [link](x) and " + "long " * 60).endswith("long…")


def test_an_album_token_without_known_songs_has_nothing_to_play(tmp_path: Path) -> None:
    small_site(tmp_path)
    ledger = tmp_path / "content/tokens.json"
    told = json.loads(ledger.read_text("utf-8"))
    for token in told["tokens"]:
        token.pop("into", None)
        token.pop("burned", None)
        token["state"] = token["state"].replace("forged", "revealed")
    write(ledger, json.dumps(told))
    pages = read(tmp_path).render()
    assert "data-queue" in pages["tokens/93/index.html"]
    assert "data-queue" not in pages["tokens/99/index.html"]


def test_what_lies_at_a_burn_address_is_shown_as_burned(tmp_path: Path) -> None:
    small_site(tmp_path)
    ledger = tmp_path / "content/tokens.json"
    data = json.loads(ledger.read_text("utf-8"))
    alive = next(t["id"] for t in data["tokens"] if (t["tier"], t["state"]) == ("stem", "revealed"))
    data["owners"] = {alive: "0x000000000000000000000000000000000000dEaD"}
    write(ledger, json.dumps(data))
    pages = read(tmp_path).render()
    page = pages[f"tokens/{alive}/index.html"]
    assert '<span class="state burned">burned</span>' in page
    assert "This token was burned. It stays here as a record of it." in page
    assert "dEaD" not in page
    assert f"tokens/{alive}/" in pages["traits/state/burned/index.html"]


def test_token_and_song_pages_link_to_where_tokens_are_forged_and_revealed(tmp_path: Path) -> None:
    small_site(tmp_path)
    settings = (tmp_path / "site.toml").read_text("utf-8")
    urls = 'forge_url = "https://forge.example/?song={song}&album={album}&burn={burn}"\n'
    urls += 'reveal_url = "https://reveal.example/{token_id}"\n'
    write(tmp_path / "site.toml", settings.replace("[drop]\n", f"[drop]\n{urls}"))
    data = json.loads((tmp_path / "content/tokens.json").read_text("utf-8"))
    kinds = {(token["tier"], token["state"]): token for token in data["tokens"]}
    pages = read(tmp_path).render()

    def ways(tier: str, state: str) -> list[str]:
        page = pages[f"tokens/{kinds[tier, state]['id']}/index.html"]
        return re.findall(r'https://(?:forge|reveal)\.example/[^"]*', page)

    hidden, stem = kinds["stem", "unrevealed"], kinds["stem", "revealed"]
    assert ways("stem", "unrevealed") == [f"https://reveal.example/{hidden['id']}"]
    start = "https://forge.example/?song="
    assert ways("stem", "revealed") == [f"{start}{stem['song']}&amp;album=&amp;burn={stem['id']}"]
    song = kinds["song", "revealed"]
    assert ways("song", "revealed") == [f"{start}&amp;album=tides&amp;burn={song['id']}"]
    assert ways("stem", "forged") == ways("album", "revealed") == []
    assert f'href="{start}one&amp;album=&amp;burn="' in pages["songs/one/index.html"]


def test_only_planned_pages_are_rendered(plain: SmallSite) -> None:
    none = replace(plain, plan=Plan((), tokens=plain.plan.tokens))
    leaves, excerpts = Leaves(none.facts()), none.excerpts
    page_keys = PageKeys(leaves, excerpts, "")
    files = flatten(render_site(leaves, plain.folder, excerpts, page_keys))
    assert {file.address for file in files} == {
        "_headers",
        "_redirects",
        "assets/theme.css",
        "feed.xml",
        "music.xml",
        "playlists/tides.m3u8",
        "robots.txt",
        "sitemap.xml",
    }

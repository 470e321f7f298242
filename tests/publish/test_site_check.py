"""What would break where a site is served is told before it is published."""

from __future__ import annotations

import os
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build import build
from stempress.commands.cli import run
from stempress.core.progress import Progress
from stempress.publish.link_check import resolve_link
from stempress.publish.link_extract import Reference, find_in_markup, find_in_module, find_in_style
from stempress.publish.name_check import name_warnings
from stempress.publish.site_check import check_site
from tests.conftest import ROOT
from tests.support.large_song import write_large_song
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press

PAGE = "<!doctype html><title>x</title>"
DEEP = "https://host.example/1/2/3/4/5/6/"
"""No path of the tests leads above its host, where browsers would stop."""


def told(folder: Path) -> list[str]:
    return [str(fault) for fault in check_site(folder, Progress(quiet=True))]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a site of two pages that nothing is wrong with."""
    write(
        tmp_path / "index.html",
        PAGE + '<a href="songs/one/">One</a><link rel="stylesheet" href="a.css">',
    )
    write(tmp_path / "songs/one/index.html", PAGE + '<a href="../../">Home</a><a href="#x">x</a>')
    write(tmp_path / "a.css", 'body { background: url("b.svg") }')
    write(tmp_path / "b.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    return tmp_path


def test_a_sound_site_has_no_faults(site: Path) -> None:
    assert told(site) == []


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ('<a href="/songs/one/">', "has an absolute link, which breaks below a project's path"),
        ('<a href="../songs/one/">', "has a link that leaves the site"),
        ('<a href="songs/one">', "has a link that hosts redirect"),
        ('<a href="songs/">', "has a link to a folder without an index.html"),
        ('<a href="songs/on/">', "has a broken link"),
        ('<a href="Songs/one/">', "has a broken link"),
        ('<img src="b.svgz">', "has a broken link"),
        ('<img srcset="b.svg 1x, c.svg 2x">', "has a broken link (got 'c.svg')"),
        ("<img src=https://other.example/x.png>", "contacts another host"),
        ("<script src='//other.example/x.js'></script>", "contacts another host"),
        ('<link rel="preconnect" href="https://other.example">', "contacts another host"),
        ('<a href="//other.example/">', "has a link without a protocol"),
        ("<style>@import 'https://other.example/x.css';</style>", "contacts another host"),
        ("<style>p { background: url(/b.svg) }</style>", "has an absolute link"),
    ],
)
def test_links_that_would_break_are_told(site: Path, html: str, says: str) -> None:
    page = site / "index.html"
    page.write_text(page.read_text() + html)
    assert [line.split("\n")[0].startswith(f"/index.html: {says}") for line in told(site)] == [True]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://other.example/">',
        '<a href="mailto:a@b.example">',
        '<a href="songs/one/?x=1#y">',
        '<a href="songs/%6fne/">',
        '<link rel="canonical" href="https://other.example/">',
        '<link rel="alternate" href="https://other.example/feed">',
        '<!-- <img src="/gone.png"> -->',
        "<script>const text = '<img src=\"/gone.png\">';</script>",
        '<img src="data:image/png;base64,AAAA">',
    ],
)
def test_links_that_hold_are_not_told(site: Path, html: str) -> None:
    page = site / "index.html"
    page.write_text(page.read_text() + html)
    assert told(site) == []


def test_what_many_pages_say_is_told_once(site: Path) -> None:
    for number in range(9):
        write(site / f"{number}/index.html", PAGE + '<a href="/gone/">')
    (line,) = told(site)
    assert line.startswith(
        "/0/index.html, /1/index.html, /2/index.html and 6 more: has an absolute"
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.png", "no picture", "/x.png: has content that does not match its suffix"),
        ("x.html", "<p>", "/x.html: has content that does not match its suffix"),
        ("x.json", "{", "/x.json: is not valid JSON in UTF-8"),
        ("metadata/7", "{", "/metadata/7: is not valid JSON in UTF-8"),
        ("x.strange", "", "/x.strange: has a suffix without a known media type"),
        (".env", "secret", "/.env: is a dotfile"),
        ("A.css", "", "/a.css: is the same file as /A.css on disks that ignore case"),
        ("x.css", b"\xff", "/x.css: is not UTF-8"),
        ("a\\b.css", "", "/a\\b.css: has a name that addresses cannot contain"),
        ("m.js", 'import "./gone.js";', "/m.js: has a broken link (got './gone.js')"),
        ("m.js", 'import("https://other.example/x.js")', "/m.js: contacts another host"),
        ("x.css", "p { src: url(https://other.example/x) }", "/x.css: contacts another host"),
        ("x.svg", '<svg><image href="https://other.example/x"/></svg>', "/x.svg: contacts another"),
    ],
)
def test_files_that_would_break_are_told(
    site: Path, name: str, content: str | bytes, says: str
) -> None:
    write(site / name, content)
    assert [line.startswith(says) for line in told(site)] == [True]


def test_names_that_systems_write_differently_are_told(site: Path) -> None:
    write(site / unicodedata.normalize("NFD", "é.css"), "")
    assert [line.split(": ", 1)[1].split("\n")[0] for line in told(site)] == [
        "has a name that is not in Unicode's form NFC"
    ]


def test_names_that_windows_reserves_are_a_warning(site: Path) -> None:
    write(site / "stems/one/aux/index.html", PAGE)
    write(site / "stems/one/aux/con.html", PAGE)
    assert [str(warning).split(":")[0] for warning in name_warnings(site)] == ["/stems/one/aux"]
    assert told(site) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_files_that_no_host_can_read_are_named(site: Path) -> None:
    for name in ("a.css", "b.svg"):
        (site / name).chmod(0o600)
    assert [line.split("\n")[0] for line in told(site)] == [
        "/a.css, /b.svg: can be read by its owner alone, and so by no host"
    ]


def test_links_and_empty_folders_are_told(site: Path) -> None:
    (site / "link.css").symlink_to("a.css")
    (site / "empty").mkdir()
    assert told(site) == [
        "/empty/: is an empty folder: most hosts drop it",
        "/link.css: is a link: hosts and IPFS do not follow it",
    ]


def test_sizes_that_hosts_refuse_are_told(site: Path) -> None:
    for name in ("a.wav", *(f"{number}.wav" for number in range(9))):
        write(site / name, b"RIFF")
        os.truncate(site / name, 100_000_001 if name == "a.wav" else 100_000_000)
    assert [line.split(":")[0] for line in told(site)] == ["/a.wav", "/"]


FOLDERS = st.sampled_from(["", "a", "a/b"])
PARTS = st.lists(st.sampled_from(["..", ".", "a", "b", "c.html", ""]), min_size=1, max_size=5)


@given(FOLDERS, PARTS)
def test_links_resolve_as_browsers_resolve_them_wherever_the_site_lies(
    folder: str, parts: list[str]
) -> None:
    path = "/".join(part for at, part in enumerate(parts) if part or at == len(parts) - 1)
    if not path or path.startswith("/"):
        return
    found = resolve_link(folder, path)
    there = urljoin(f"{DEEP}{folder}/" if folder else DEEP, path)
    if found is None:
        assert not there.startswith(DEEP)
    else:
        assert there == f"{DEEP}{found}"


@given(st.text(max_size=200))
def test_no_text_stops_the_readers(text: str) -> None:
    for reader in (find_in_markup, find_in_style, find_in_module):
        assert all(isinstance(each, Reference) for each in reader(text))


def test_only_what_is_fetched_unasked_counts_as_fetched() -> None:
    assert find_in_markup('<a href="x"></a><img src="y"><form action="z">') == {
        Reference("x", fetched=False),
        Reference("y", fetched=True),
        Reference("z", fetched=False),
    }


def test_a_pressed_site_breaks_nowhere(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    write_small_site(site, "ü", url="https://site.example/x/")
    assert press_small(site) == 0
    capsys.readouterr()
    status = run(["publish", "--check", "--site", str(site)], build, ROOT)
    said = capsys.readouterr().err
    assert (status, "nothing would break" in said) == (0, True), said
    page = site / "dist/index.html"
    page.write_text(page.read_text("utf-8").replace('href="./gallery/', 'href="/gallery/'), "utf-8")
    assert run(["publish", "--check", "--site", str(site)], build, ROOT) == 1
    assert "has an absolute link" in capsys.readouterr().err


@pytest.mark.parametrize(("url", "warnings"), [("", 1), ("https://site.example/", 0)])
def test_metadata_without_pictures_for_marketplaces_gets_a_warning(
    tmp_path: Path,
    press_small: Press,
    capsys: pytest.CaptureFixture[str],
    url: str,
    warnings: int,
) -> None:
    write_small_site(tmp_path / "site", url=url)
    assert press_small(tmp_path / "site") == 0
    capsys.readouterr()
    assert run(["publish", "--check", "--site", str(tmp_path / "site")], build, ROOT) == 0
    assert capsys.readouterr().err.count("which marketplaces cannot resolve") == warnings


@pytest.mark.slow
def test_links_of_a_song_with_many_mixes_lead_to_pages_that_are_there(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    write_small_site(site, url="https://site.example/")
    write_large_song(site)
    assert press_small(site) == 0
    capsys.readouterr()
    status = run(["publish", "--check", "--site", str(site)], build, ROOT)
    assert status == 0, capsys.readouterr().err

"""A site without tokens, contract and drop: no page speaks of any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.left_out import make_bass_optional
from tests.support.markup import Parsed
from tests.support.small_site import read, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

WORDS = re.compile(
    r"token|wallet|\bmint|\bforg(e|ing)|\bburn|\brar(e|ity|est)\b|\bholders?\b|\bhold\b"
    r"|reveal|\bnft|\bodds\b|\bchain\b|gallery|supply|\bdrop\b|marketplace|resale",
    re.IGNORECASE,
)
EMPTY = ["gallery/", "tiers/stem/", "tiers/song/", "tiers/album/", "rarity/", "mine/"]
RULE = '[[rules]]\nif = { drums = "live" }\nexclude = { bass = ["synth"] }\n+++\n'
CONTRACT = f'[collection.contract]\naddress = "0x{"ab" * 20}"\n'


def write_site(folder: Path, settings: str = "", url: str = "") -> None:
    """Write a small site without tokens, a contract, a drop and perks."""
    write_small_site(folder, url=url)
    (folder / "content/tokens.json").unlink()
    path = folder / "site.toml"
    before, _, rest = path.read_text("utf-8").partition("[collection.contract]")
    splits = rest[rest.index("[[splits]]") : rest.index("[[perks]]")]
    before = before.replace("[collection]", "[collection]\nroyalty_bps = 500")
    path.write_text(before + settings + splits, "utf-8")
    song = folder / "content/albums/tides/one.md"
    before, _, after = song.read_text("utf-8").rpartition("+++\n")
    song.write_text(before + RULE + after, "utf-8")


def spoken(files: dict[str, str]) -> dict[str, set[str]]:
    """Return the words about tokens in pages, feeds and lists of addresses."""
    kinds = (".html", ".xml", ".txt")
    texts = {name: text for name, text in files.items() if name.endswith(kinds)}
    found = {name: {match[0] for match in WORDS.finditer(text)} for name, text in texts.items()}
    return {name: words for name, words in found.items() if words}


def test_stems_that_nobody_hears_in_full_are_not_exported(tmp_path: Path) -> None:
    for locked, count in (("open", 1), ("preview", 0), ("silent", 0)):
        write_site(tmp_path / locked, f'[audio]\nlocked = "{locked}"\n')
        page = read(tmp_path / locked).render()["songs/one/index.html"]
        assert page.count(">Export stems<") == count
        assert page.count(">Export WAV<") == 1


def test_stems_that_a_licence_keeps_back_are_not_exported(tmp_path: Path) -> None:
    write_site(tmp_path)
    path = tmp_path / "site.toml"
    path.write_text(path.read_text("utf-8").replace("CC BY 4.0", "CC BY-ND 4.0"), "utf-8")
    page = read(tmp_path).render()["songs/one/index.html"]
    assert ">Export stems<" not in page
    assert ">Export WAV<" in page


@pytest.mark.parametrize("url", ["", "https://small.example/"])
@pytest.mark.parametrize("locked", ["open", "preview", "silent"])
def test_no_page_speaks_of_tokens(tmp_path: Path, url: str, locked: str) -> None:
    write_site(tmp_path, f'[audio]\nlocked = "{locked}"\n', url)
    files = read(tmp_path).render()
    addresses = [f"{address}index.html" for address in EMPTY]
    assert spoken({name: text for name, text in files.items() if name not in addresses}) == {}
    for address in addresses:  # their own addresses are in them
        words = spoken({address: files[address]}).get(address, set())
        assert words <= set(re.findall(r"\w+", address)), address
    assert 'id="rules">What does not go together' in files["songs/one/index.html"]


def test_a_layer_that_may_be_left_out_has_no_share_of_mixes(tmp_path: Path) -> None:
    write_site(tmp_path)
    make_bass_optional(tmp_path, "two")
    files = read(tmp_path).render()
    assert '<span class="meta">May be left out.</span>' in files["songs/two/index.html"]
    variation = files["songs/two/1-0/index.html"]
    assert "None</li>" in variation
    assert "%" not in variation.partition("<main")[2]


@pytest.mark.parametrize(
    "settings", [CONTRACT, '[drop]\nphase = "upcoming"\n'], ids=["contract", "drop"]
)
def test_before_the_mint_pages_speak_of_the_tokens_that_are_to_come(
    tmp_path: Path, settings: str
) -> None:
    write_site(tmp_path, settings)
    files = read(tmp_path).render()
    assert ">My tokens</a>" in files["index.html"]
    assert "No token has been minted yet." in files["gallery/index.html"]
    assert "Forging it" in files["songs/one/index.html"]


def test_pages_about_tokens_are_there_but_no_page_links_to_them(tmp_path: Path) -> None:
    write_site(tmp_path, url="https://small.example/")
    files = read(tmp_path).render()
    for address in EMPTY:
        assert '<meta name="robots" content="noindex">' in files[f"{address}index.html"]
        assert f"small.example/{address}<" not in files["sitemap.xml"]
    links = {
        link for name, text in files.items() if name.endswith(".html") for link in links_of(text)
    }
    assert {
        link for link in links if re.match(r"(\./|\.\./)*(gallery|tiers|rarity|mine)/", link)
    } == (set())


def links_of(text: str) -> list[str]:
    return list(Parsed(text).links)


def test_what_the_artist_promises_is_shown_all_the_same(tmp_path: Path) -> None:
    write_site(tmp_path)
    path = tmp_path / "site.toml"
    path.write_text(path.read_text("utf-8") + '[[perks]]\ntitle = "A tape"\n', "utf-8")
    files = read(tmp_path).render()
    assert "A tape" in files["perks/index.html"]
    assert "wallet" not in files["perks/index.html"]

"""Perks: who is entitled, on the page as in ``stempress holders --perk``."""

from __future__ import annotations

import csv
import json
from html import unescape
from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.commands.cli import run
from stempress.views.perks import id_runs
from tests.conftest import ROOT
from tests.support.small_site import read, small_site, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

ME, YOU, DEAD = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0x000000000000000000000000000000000000dEaD",
)
PERKS = """[[perks]]
title = "A seat"
tokens = "5-99"
[[perks]]
title = "a SEAT"
tier = "stem"
[[perks]]
title = "★"
tier = "album"
[[perks]]
title = "A <b>tape</b>"
tier = "song"
tokens = "400"
"""


def write_site(folder: Path, owners: dict[str, str] | None, settings: str = "") -> None:
    write_small_site(folder)
    path = folder / "site.toml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("[[perks]]")] + PERKS + settings, "utf-8")
    path = folder / "content/tokens.json"
    ledger = json.loads(path.read_text("utf-8"))
    ledger["owners"] = owners or {}
    path.write_text(json.dumps(ledger), "utf-8")


def page_of(folder: Path) -> str:
    return read(folder).render()["perks/index.html"]


def section(page: str, slug: str) -> str:
    return page[page.index(f'id="perk-{slug}"') :].split("</section>", 1)[0]


@pytest.mark.parametrize("perk", ["A seat", "a-seat"])
def test_a_page_names_those_whom_the_command_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], perk: str
) -> None:
    owners = {"5": ME, "7": YOU, "8": ME, "93": DEAD, "99": YOU}
    write_site(tmp_path, owners)
    assert run(["holders", "--site", str(tmp_path), "--perk", perk], build, ROOT) == 0
    listed = [row["address"] for row in csv.DictReader(capsys.readouterr().out.splitlines())]
    found = section(page_of(tmp_path), "a-seat")
    assert sorted(listed) == [ME, YOU]
    assert [address for address in listed if f'title="{address}"' in found] == listed
    assert "4 tokens include it. At block 12, 2 addresses are entitled." in found
    assert DEAD not in found


def test_perks_of_one_title_are_one_with_terms_of_which_any_is_enough(tmp_path: Path) -> None:
    write_site(tmp_path, None)
    found = page_of(tmp_path)
    assert found.count('<section class="band perk"') == 3
    assert "Holders of tokens 5\u201399" in section(found, "a-seat")
    assert "Holders of a stem token" in section(found, "a-seat")
    assert 'data-ids-stem="1-5 7-8" data-ids-song="91-93" data-ids-album="99"' in found


def test_a_site_without_a_list_of_holders_says_so(tmp_path: Path) -> None:
    write_site(tmp_path, None)
    found = page_of(tmp_path)
    assert "1 token includes it. Who holds it is not known to this site." in section(
        found, "perk-2"
    )
    assert "No token includes it yet." in section(found, "a-b-tape-b")


def test_titles_link_to_their_perks_and_are_text(tmp_path: Path) -> None:
    write_site(tmp_path, None)
    pages = read(tmp_path).render()
    assert "<b>tape" not in pages["perks/index.html"]
    assert "A <b>tape</b>" in unescape(pages["perks/index.html"])
    for page, to in (("index.html", "./"), ("tiers/stem/index.html", "../../")):
        assert f'<a href="{to}perks/#perk-a-seat">A seat</a>' in pages[page]
    assert '<a href="../../perks/#perk-perk-2">★</a>' in pages["tokens/99/index.html"]
    assert '<a href="../../perks/">Perks</a>' in pages["songs/one/index.html"]


def test_ids_of_a_contract_of_its_own_name_the_tier(tmp_path: Path) -> None:
    own = '[collection.contract.song]\naddress = "0x0123456789abcDEF0123456789abCDef01234567"\n'
    write_site(tmp_path, {"song/93": ME}, own)
    found = page_of(tmp_path)
    assert 'data-ids-song="song/91-93"' in found
    assert f'title="{ME}"' in section(found, "a-seat")


def test_a_site_without_perks_has_no_such_page(tmp_path: Path) -> None:
    site = small_site(tmp_path)
    path = tmp_path / "site.toml"
    text = path.read_text("utf-8")
    assert "perks/index.html" in site.render()
    path.write_text(text[: text.index("[[perks]]")], "utf-8")
    pages = read(tmp_path).render()
    assert "perks/index.html" not in pages
    assert not any("perks/" in page for page in pages.values())


def test_runs_are_of_consecutive_numbers() -> None:
    assert list(id_runs(["1", "2", "3", "5", str(2**255), str(2**255 + 1)])) == [
        "1-3",
        "5",
        f"{2**255}-{2**255 + 1}",
    ]
    assert list(id_runs(["song/7", "song/8"])) == ["song/7-8"]
    assert list(id_runs([])) == []

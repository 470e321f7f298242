"""Tiers in contracts of their own: IDs are unique within a contract, not within the collection."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stempress.collection.settings_parser import parse_settings
from stempress.core.errors import Findings
from tests.support.small_site import read, small_site, write

if TYPE_CHECKING:
    from pathlib import Path

SHARED, SONGS, ALBUMS = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
)
START = '[site]\ntitle = "T"\nartist = "A"\n[collection]\nname = "N"\nlicense = "L"\n'
MARKET = "https://market.example/{address}/{token_id}"


def stem(number: int, song: str, layer: str, name: str, **more: object) -> dict[str, Any]:
    what = {"song": song, "layer": layer, "stem": name}
    return {"id": str(number), "tier": "stem", "state": "revealed", **what, **more}


def song(number: int, slug: str, burned: list[int], **more: object) -> dict[str, Any]:
    stems = {"stems": {"drums": "live", "bass": "live"}, "burned": [str(part) for part in burned]}
    return {"id": str(number), "tier": "song", "state": "revealed", "song": slug, **stems, **more}


LEDGER = {
    "tokens": [
        stem(1, "one", "drums", "live", state="forged", into="1"),
        stem(2, "one", "bass", "live", state="forged", into="1"),
        stem(3, "two", "drums", "live", state="forged", into="2"),
        stem(4, "two", "bass", "live", state="forged", into="2"),
        stem(5, "one", "drums", "tape"),
        song(1, "one", [1, 2], state="forged", into="1"),
        song(2, "two", [3, 4], state="forged", into="1"),
        song(3, "one", []),
        {"id": "1", "tier": "album", "state": "revealed", "album": "tides", "burned": ["1", "2"]},
    ],
    "owners": {"5": SHARED, "song/3": SHARED, "album/1": SONGS},
}


def contracts(tables: dict[str, str]) -> str:
    return START + "".join(
        f"[collection.contract{tier and f'.{tier}'}]\n{lines}\n" for tier, lines in tables.items()
    )


@pytest.fixture
def pages(tmp_path: Path) -> dict[str, str]:
    """Render a site whose song and album tokens have contracts of their own."""
    small_site(tmp_path)
    settings = (tmp_path / "site.toml").read_text("utf-8")
    own = f'[collection.contract.song]\naddress = "{SONGS}"\nstandard = "erc721"\n'
    own += (
        f'[collection.contract.album]\naddress = "{ALBUMS}"\nmarketplace = "https://x.example/"\n'
    )
    write(tmp_path / "site.toml", settings.replace("[drop]", f"{own}[drop]"))
    write(tmp_path / "content/tokens.json", json.dumps(LEDGER))
    return read(tmp_path).render()


def test_tokens_of_other_contracts_have_pages_of_their_own(pages: dict[str, str]) -> None:
    tokens = {address for address in pages if address.startswith("tokens/")}
    numbers = [1, 2, 3, 4, 5, "song/1", "song/2", "song/3", "album/1"]
    assert tokens == {f"tokens/{number}/index.html" for number in numbers}
    stem_page, song_page = (pages[f"tokens/{name}/index.html"] for name in ("1", "song/1"))
    assert 'href="../../tokens/song/1/"' in stem_page
    assert 'href="../../../tokens/1/"' in song_page
    assert 'href="../../../tokens/album/1/"' in song_page
    assert "<h1><bdi>One</bdi>" in song_page
    assert "#song/" not in "".join(pages.values())


def test_links_and_holders_are_those_of_the_tiers_contract(pages: dict[str, str]) -> None:
    page = pages["tokens/song/3/index.html"]
    assert f"https://market.example/{SONGS}/3" in page
    assert SHARED in page
    assert "https://x.example/" in pages["tokens/album/1/index.html"]
    assert (
        "https://market.example/0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB/5"
        in (pages["tokens/5/index.html"])
    )


def test_tiers_take_what_they_leave_out_from_the_shared_contract() -> None:
    findings = Findings()
    shared = f'address = "{SHARED}"\nchain_id = 10\nrpc = ["https://rpc.example/"]\n'
    tables = {"": f'{shared}marketplace = "{MARKET}"', "song": f'address = "{SONGS}"'}
    tables["album"] = f'address = "{ALBUMS}"\nchain_id = 1'
    settings = parse_settings(contracts(tables), findings)
    assert findings.faults == []
    stem_contract = settings.contract_of("stem")
    song_contract = settings.contract_of("song")
    album_contract = settings.contract_of("album")
    assert stem_contract is not None
    assert song_contract is not None
    assert album_contract is not None
    assert stem_contract.address == SHARED
    assert (song_contract.chain_id, song_contract.rpc) == (10, ("https://rpc.example/",))
    assert song_contract.marketplace == MARKET
    assert (album_contract.chain_id, album_contract.rpc) == (1, ())
    assert [contract.address for contract in settings.contracts] == [SHARED, SONGS, ALBUMS]


def test_all_tiers_may_have_contracts_of_their_own() -> None:
    findings = Findings()
    tiers = {"stem": SHARED, "song": SONGS}
    tables = {tier: f'address = "{address}"' for tier, address in tiers.items()}
    settings = parse_settings(contracts(tables), findings)
    assert findings.faults == []
    assert settings.contract is None
    assert settings.contract_of("album") is None
    assert settings.key == f"eip155:1:{SHARED.lower()}"


def test_one_contract_is_not_two() -> None:
    findings = Findings()
    tables = dict.fromkeys(("", "song"), f'address = "{SHARED}"')
    parse_settings(contracts(tables), findings)
    (fault,) = findings.faults
    assert fault.key == "collection.contract.song.address"
    assert fault.message == "is the contract of collection.contract, too"

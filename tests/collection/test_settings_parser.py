"""site.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stempress.collection.settings import Audio, Contract, Perk, Split
from stempress.collection.settings_parser import parse_settings, read_settings
from stempress.core.errors import Findings, SiteError

if TYPE_CHECKING:
    from pathlib import Path

EVERY_SETTING = """
[site]
title = "Night Ferry"
artist = "Mara Voss"
description = "..."
url = "https://ferry.example/x/"
language = "en"
accent = "#7c5cff"

[collection]
name = "Night Ferry"
symbol = "FERRY"
license = "CC BY-NC 4.0"
royalty_bps = 500
splitter = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
[collection.contract]
chain_id = 1
address = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
standard = "erc1155"
rpc = ["https://rpc.example/"]
marketplace = "https://market.example/{address}/{token_id}"
explorer = "https://explorer.example/token/{address}?a={token_id}"

[drop]
phase = "closed"
mint_url = "https://mint.example/"
forge_url = "https://forge.example/?song={song}&burn={burn}"
reveal_url = "https://reveal.example/{token_id}"
blind = true

[audio]
stream = "opus"
bitrate = 128
lossless = false
preview_seconds = 30
locked = "preview"

[[splits]]
name = "Mara Voss"
role = "artist"
share = 62.5
address = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
[[splits]]
name = "Lantern Fund"
share = 37.5
address = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"

[[perks]]
title = "Lifetime priority tickets"
tier = "stem"
tokens = "1-100, 205"
[[perks]]
title = "Thanks"
"""
REQUIRED_ONLY = '[site]\ntitle = "T"\nartist = "A"\n[collection]\nname = "N"\n'
EIP_55 = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
)


def test_every_setting_is_read() -> None:
    findings = Findings()
    settings = parse_settings(EVERY_SETTING, findings)
    assert (findings.faults, findings.warnings) == ([], [])
    assert (settings.title, settings.artist, settings.name) == (
        "Night Ferry",
        "Mara Voss",
        "Night Ferry",
    )
    assert settings.contract == Contract(
        1,
        EIP_55[0],
        "erc1155",
        ("https://rpc.example/",),
        "https://market.example/{address}/{token_id}",
        "https://explorer.example/token/{address}?a={token_id}",
    )
    assert settings.drop is not None
    assert (settings.drop.phase, settings.drop.blind) == ("closed", True)
    assert settings.drop.forge_url == "https://forge.example/?song={song}&burn={burn}"
    assert settings.drop.reveal_url == "https://reveal.example/{token_id}"
    assert settings.audio == Audio(
        stream="opus",
        bitrate=128,
        lossless=False,
        previews="tokens",
        preview_seconds=30,
        locked="preview",
        pad=False,
    )
    assert settings.splits == (
        Split("Mara Voss", "artist", 62.5, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        Split("Lantern Fund", "", 37.5, "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
    )
    assert settings.splitter == "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    assert [perk.tokens for perk in settings.perks] == [((1, 100), (205, 205)), ()]


def test_required_settings_are_enough() -> None:
    findings = Findings()
    settings = parse_settings(REQUIRED_ONLY, findings)
    assert findings.faults == []
    assert [warning.key for warning in findings.warnings] == ["collection.license"]
    assert (settings.contract, settings.drop, settings.splits) == (None, None, ())
    assert (settings.language, settings.audio.stream) == ("en", "opus")


@pytest.mark.parametrize("address", EIP_55)
def test_addresses_get_the_checksum_of_eip_55(address: str) -> None:
    for written in (address, address.lower(), f"0x{address[2:].upper()}"):
        findings = Findings()
        text = f'{REQUIRED_ONLY}[collection.contract]\naddress = "{written}"\n'
        contract = parse_settings(text, findings).contract
        assert contract is not None
        assert contract.address == address
        assert findings.faults == []


def test_a_contract_links_to_a_token() -> None:
    contract = Contract(1, EIP_55[0], "erc721")
    assert contract.link("https://x/{address}/{token_id}", "7") == f"https://x/{EIP_55[0]}/7"


def test_a_perk_covers_its_tier_and_its_tokens() -> None:
    perk = Perk("", "", "song", ((1, 3), (9, 9)), "1-3, 9")
    covered = [number for number in range(12) if perk.covers("song", str(number))]
    assert covered == [1, 2, 3, 9]
    assert not perk.covers("stem", "1")
    assert Perk("", "", "", (), "").covers("album", str(2**255))


def test_broken_settings_are_read_around_but_a_missing_site_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("[site", encoding="utf-8")
    findings = Findings()
    assert read_settings(tmp_path, findings).audio.pad
    assert len(findings.faults) == 1
    with pytest.raises(SiteError, match="pass its folder with --site"):
        read_settings(tmp_path / "elsewhere", Findings())


@pytest.mark.parametrize("url", ["https://a;script-src.example/", "https://user@rpc.example/"])
def test_an_endpoint_must_fit_into_the_security_policy(url: str) -> None:
    findings = Findings()
    text = f'{REQUIRED_ONLY}[collection.contract]\naddress = "{EIP_55[0]}"\nrpc = ["{url}"]\n'
    contract = parse_settings(text, findings).contract
    assert contract is not None
    assert contract.endpoints == ()
    assert [fault.message for fault in findings.faults] == ["is not the URL of an endpoint"]


def test_endpoints_are_distinct_origins() -> None:
    rpc = ("https://rpc.example/v1/KEY", "https://rpc.example/v2", "http://[::1]:8545/x")
    contract = Contract(1, EIP_55[0], "erc721", rpc)
    assert contract.endpoints == ("https://rpc.example", "http://[::1]:8545")


def test_the_id_of_a_collection_is_its_contract_or_its_name() -> None:
    assert parse_settings(REQUIRED_ONLY, Findings()).key.startswith("name:")
    text = f'{REQUIRED_ONLY}[collection.contract]\nchain_id = 5\naddress = "{EIP_55[0]}"\n'
    assert parse_settings(text, Findings()).key == f"eip155:5:{EIP_55[0].lower()}"

"""``stempress forge``: the ledger of a drop without a chain, written by a checked command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.left_out import make_bass_optional
from tests.support.small_site import read, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

ME, YOU = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
)


def stem(token_id: int, song: str, layer: str, name: str, **more: object) -> dict[str, Any]:
    what = {"song": song, "layer": layer, "stem": name}
    return {"id": str(token_id), "tier": "stem", "state": "revealed", **what, **more}


TOKENS = [
    stem(1, "one", "drums", "live"),
    stem(2, "one", "bass", "synth"),
    stem(3, "two", "drums", "tape"),
    stem(4, "two", "bass", "live"),
    stem(5, "one", "drums", "tape"),
    {"id": "6", "tier": "stem", "state": "unrevealed"},
    stem(7, "one", "bass", "synth", state="forged"),
    stem(8, "two", "bass", "synth", supply=3),
    stem(9, "one", "bass", "live"),
]
OWNERS = {"1": ME, "2": ME, "3": ME, "5": YOU, "9": YOU}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a site without a contract, whose ledger has owners."""
    site = tmp_path / "site"
    write_small_site(site)
    settings = site / "site.toml"
    before, _, after = settings.read_text("utf-8").partition("[collection.contract]")
    settings.write_text(before + after[after.index("[drop]") :], "utf-8")
    song = site / "content/albums/tides/one.md"
    song.write_text(song.read_text("utf-8").replace("supply = 4", "weight = 4"), "utf-8")
    write_ledger(site, TOKENS)
    return site


def write_ledger(site: Path, tokens: list[dict[str, Any]]) -> None:
    data = {"tokens": tokens, "owners": OWNERS}
    (site / "content/tokens.json").write_text(json.dumps(data), "utf-8")


def forge(site: Path, *options: str) -> int:
    return run(["forge", "--site", str(site), *options], build, ROOT)


def ledger(site: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((site / "content/tokens.json").read_text("utf-8"))
    return data


def test_a_song_and_an_album_are_forged(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forge(site, "one", "--burn", "1,2", "--id", "91") == 0
    assert f"1, 2 burned for One song token 91, held by {ME}" in capsys.readouterr().err
    assert forge(site, "two", "--burn", "4, 3") == 0
    assert forge(site, "--album", "tides", "--burn", "91,92", "--owner", ME.lower()) == 0
    data = ledger(site)
    tokens = {token["id"]: token for token in data["tokens"]}
    assert tokens["91"]["stems"] == {"drums": "live", "bass": "synth"}
    assert tokens["93"] == {
        "id": "93",
        "state": "revealed",
        "tier": "album",
        "album": "tides",
        "burned": ["91", "92"],
    }
    assert tokens["4"]["into"] == "92"
    assert data["owners"] == {"5": YOU, "9": YOU, "93": ME}
    read(site)  # the build's own checks agree


def test_a_dry_run_writes_nothing(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (site / "content/tokens.json").read_bytes()
    assert forge(site, "one", "--burn", "1,2", "--dry-run") == 0
    assert "would burn 1, 2 for One song token 10" in capsys.readouterr().err
    assert (site / "content/tokens.json").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (["--burn", "1,2"], ["needs either a song or --album\n    -> songs: one, two"]),
        (["one", "--album", "tides", "--burn", "1,2"], ["song or --album\n    -> not both"]),
        (["on", "--burn", "1,2"], ["song: is not a song (got 'on')", "did you mean 'one'?"]),
        (["--album", "tide", "--burn", "1"], ["album: is not an album", "did you mean 'tides'?"]),
        (["one", "--burn", ","], ["lists no token"]),
        (["one", "--burn", "1,2,2"], ["is listed twice (got '2')"]),
        (["one", "--burn", "1,77"], ["is not a token of the ledger (got '77')"]),
        (["one", "--burn", "1-2"], ["is not a token of the ledger (got '1-2')", "with commas"]),
        (["one", "--burn", "1,6"], ["is unrevealed (got '6')", "stempress reveal"]),
        (["one", "--burn", "1,7"], ["was burned already (got '7')"]),
        (["two", "--burn", "3,8"], ["has 3 copies (got '8')"]),
        (["one", "--burn", "1,4"], ["is a stem token of two (got '4')", "layer (got 'bass')"]),
        (["one", "--burn", "1,5,2"], ["several tokens for the layer drums (got '1, 5')"]),
        (["one", "--burn", "1"], ["lacks a token for the layer (got 'bass')"]),
        (["one", "--burn", "5,2"], [f"several holders (got '5: {YOU}, 2: {ME}')"]),
        (["--album", "tides", "--burn", "1,2"], ["is a stem token of one (got '1')"]),
        (["one", "--burn", "1,2", "--id", "x"], ["id: is not a token ID (got 'x')"]),
        (["one", "--burn", "1,2", "--id", "9"], ["id: is already a token (got '9')"]),
        (["one", "--burn", "1,2", "--owner", "0xab"], ["owner: is not an Ethereum address"]),
        (["one", "--burn", "1,2", "--owner", YOU], ["does not hold", f"{ME} does"]),
        (["one", "--burn", "1,2", "--owner", "0x" + 40 * "0"], ["is a burn address"]),
    ],
)
def test_what_cannot_be_forged_is_rejected(
    site: Path, capsys: pytest.CaptureFixture[str], options: list[str], messages: list[str]
) -> None:
    before = (site / "content/tokens.json").read_bytes()
    assert forge(site, *options) == 1
    output = capsys.readouterr().err
    for message in messages:
        assert message in output
    assert (site / "content/tokens.json").read_bytes() == before


def test_all_faults_are_reported_at_once(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forge(site, "onne", "--burn", "6,7,77", "--id", "1", "--owner", "me") == 1
    assert "6 errors" in capsys.readouterr().err


def test_the_rules_of_the_song_are_kept(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = site / "content/albums/tides/one.md"
    head, mark, body = song.read_text("utf-8").rpartition("+++\n")
    rule = '[[rules]]\nif = { drums = "live" }\nexclude = { bass = ["synth"] }\n'
    song.write_text(f"{head}{rule}{mark}{body}", "utf-8")
    assert forge(site, "one", "--burn", "1,2") == 1
    assert "the song's rules do not permit (got '1-2')" in capsys.readouterr().err


def test_forging_beside_a_chain_is_warned_about(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = site / "site.toml"
    text = settings.read_text("utf-8")
    contract = f'[collection.contract]\naddress = "{ME}"\n[drop]'
    settings.write_text(text.replace("[drop]", contract), "utf-8")
    assert forge(site, "one", "--burn", "1,2") == 0
    assert "this did nothing on its chain" in capsys.readouterr().err


def test_a_layer_that_may_be_left_out_needs_no_token(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_bass_optional(site, "one", "weight = 4")
    assert forge(site, "one", "--burn", "2") == 1
    assert "lacks a token for the layer (got 'drums')" in capsys.readouterr().err
    assert forge(site, "one", "--burn", "1", "--id", "91") == 0
    assert forge(site, "one", "--burn", "5,9", "--id", "92") == 0
    tokens = {token["id"]: token for token in ledger(site)["tokens"]}
    assert (tokens["91"]["stems"], tokens["91"]["burned"]) == ({"drums": "live"}, ["1"])
    assert tokens["92"]["stems"] == {"drums": "tape", "bass": "live"}
    read(site)  # the build's own checks agree

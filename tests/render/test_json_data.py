"""Site data below data/, for the mixer, the gallery and other people's tools."""

from __future__ import annotations

import json
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING, Any

import pytest
from eth_utils.address import to_checksum_address

from pyodide_app.engine.model import Rule
from stempress.output.json_files import json_file
from stempress.render.json_data import data_files
from stempress.render.song_data import song_data
from tests.support.small_site import OWNER, SmallSite, small_site, text_of

if TYPE_CHECKING:
    type Json = dict[str, Any]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("small"), url="https://ferry.example")


@pytest.fixture(scope="module")
def pressed(small: SmallSite) -> dict[str, Json]:
    """Return every JSON file of data/ by its name."""
    files = data_files(small.excerpts)
    return {
        file.address.removeprefix("data/"): json.loads(text_of(file))
        for file in files
        if file.address.endswith(".json")
    }


def test_there_are_files_for_collection_tokens_rarity_planner_and_every_song(
    pressed: dict[str, Json],
) -> None:
    assert pressed.keys() == {
        "collection.json",
        "forge.json",
        "gallery.json",
        "tokens.json",
        "ledger.json",
        "tokens/1.json",
        "rarity.json",
        "digests/one.json",
        "digests/two.json",
        "previews/one.json",
        "previews/two.json",
        "radio.json",
        "songs/one.json",
        "songs/two.json",
    }


def test_collection_data_matches_settings_and_albums(pressed: dict[str, Json]) -> None:
    data = pressed["collection.json"]
    assert (data["generator"], data["name"], data["artist"]) == (
        "stempress",
        "Small Hours",
        "Ada Lund",
    )
    assert data["contract"]["standard"] == "erc1155"
    assert fsum(split["share"] for split in data["splits"]) == 100
    assert data["perks"] == [{"title": "A tape", "tier": "song", "tokens": "91-93, 99"}]
    assert [album["songs"] for album in data["albums"]] == [["one", "two"]]
    assert (data["songs"], data["tokens"], data["block"]) == (["one", "two"], 11, 12)


def test_layers_and_stems_are_in_the_order_of_mix_numbers(
    pressed: dict[str, Json],
) -> None:
    song = pressed["songs/one.json"]
    assert [
        (layer["slug"], [stem["slug"] for stem in layer["stems"]]) for layer in song["layers"]
    ] == [
        ("drums", ["live", "tape"]),
        ("bass", ["live", "synth"]),
    ]
    assert song["pages"] == ["1-1", "1-2", "2-1", "2-2"]
    assert song["variations"] == 4
    assert song["duration"] == song["frames"] / song["rate"]


def test_rules_are_given_as_the_artist_wrote_them(small: SmallSite) -> None:
    rule = Rule({"drums": ("live",)}, exclude={"bass": ("synth",)})
    pages = small.plan.variations["one"]
    ruled = replace(pages, song=replace(pages.song, rules=(rule,)))
    data = song_data(small.collection, ruled, small.sounds)
    assert data["rules"] == [
        {"if": {"drums": ["live"]}, "exclude": {"bass": ["synth"]}, "require": {}}
    ]


def test_token_data_has_only_the_fields_of_its_tier(pressed: dict[str, Json]) -> None:
    tokens = {token["id"]: token for token in pressed["tokens.json"]["tokens"]}
    assert pressed["ledger.json"]["parts"] == 1
    assert pressed["tokens/1.json"] == pressed["tokens.json"]["tokens"]
    assert tokens["7"].keys() == {"id", "tier", "state", "title", "address", "image"}
    assert tokens["5"] == {
        "id": "5",
        "tier": "stem",
        "state": "revealed",
        "title": "Two: Bass, Live #5",
        "address": "tokens/5/",
        "image": "art/stems/two/bass/live.svg",
        "song": "two",
        "layer": "bass",
        "stem": "live",
        "owners": {str(to_checksum_address(OWNER)): 1},
    }
    assert (tokens["91"]["mix"], tokens["91"]["into"]) == ("1-2", "99")
    assert tokens["99"]["burned"] == ["91", "92"]


def test_rarity_data_has_every_stem_and_every_variation_with_a_page(
    pressed: dict[str, Json],
) -> None:
    data = pressed["rarity.json"]
    layers: dict[tuple[str, str], list[float]] = {}
    for stem in data["stems"]:
        layers.setdefault((stem["song"], stem["layer"]), []).append(stem["odds"])
        assert stem["burned"] <= stem["minted"] <= stem["supply"]
    assert all(fsum(odds) == pytest.approx(1) for odds in layers.values())
    variations = {mix: tokens for mix, _, _, tokens in data["variations"]["one"]}
    assert list(variations) == pressed["songs/one.json"]["pages"]
    assert (variations["1-2"], variations["2-2"]) == (1, 0), "how many tokens are the mix"


def test_a_player_finds_previews_and_the_locking_mode(pressed: dict[str, Json]) -> None:
    assert pressed["collection.json"]["mixer"] == {"locked": "open", "preview_seconds": 30}
    assert pressed["previews/one.json"].keys() == {"1-2"}
    assert pressed["previews/one.json"]["1-2"].startswith("audio/")


def test_json_keeps_all_scripts_and_has_null_for_nan() -> None:
    assert json_file("x.json", {"a": "Größe 音"}).content == '{"a":"Größe 音"}\n'.encode()
    assert json_file("x.json", float("nan")).content == b"null\n"

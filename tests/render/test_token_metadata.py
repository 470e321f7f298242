"""Token metadata: ERC-721, ERC-1155, OpenSea, music-nft-20220222, ERC-7572."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stempress.audio.results import WebFile
from stempress.output.output_files import flatten
from stempress.output.writer import write_site
from stempress.render.metadata_files import metadata_files
from tests.support.small_site import SmallSite, small_site, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyodide_app.engine.model import Token
    from stempress.collection.collection import Collection
    from stempress.collection.settings import Contract, Settings

    type Json = dict[str, Any]

OGG = WebFile("audio/stem.ogg", "audio/ogg; codecs=opus", 10, Path("stem.ogg"))
FLAC = WebFile("audio/stem.flac", "audio/flac", 20, Path("stem.flac"))
MP3 = WebFile("audio/mix.mp3", "audio/mpeg", 10, Path("mix.mp3"))
MUSIC = {"version", "title", "artist", "duration", "mimeType", "trackNumber", "losslessAudio"}
ALWAYS = {"name", "description", "image", "external_url", "attributes"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return sounding(small_site(tmp_path_factory.mktemp("small")), OGG, FLAC)


def sounding(small: SmallSite, stream: WebFile, lossless: WebFile | None) -> SmallSite:
    """Return the site with these files for every stem."""
    stems = {
        key: replace(sound, stream=stream, lossless=lossless)
        for key, sound in small.sounds.stems.items()
    }
    previews = dict.fromkeys(small.sounds.previews, MP3)
    return replace(small, sounds=replace(small.sounds, stems=stems, previews=previews))


def with_settings(small: SmallSite, **changes: object) -> SmallSite:
    settings: Settings = replace(small.collection.settings, **changes)  # type: ignore[arg-type]
    collection: Collection = replace(small.collection, settings=settings)
    return replace(small, collection=collection)


def with_token(small: SmallSite, token: Token) -> SmallSite:
    ledger = replace(small.collection.ledger, tokens=(token,))
    return replace(small, collection=replace(small.collection, ledger=ledger))


def contract_of(small: SmallSite) -> Contract:
    contract = small.collection.settings.contract
    assert contract is not None
    return contract


def press(small: SmallSite) -> dict[str, Json]:
    """Return every file of metadata/ by its name."""
    return {
        file.address.removeprefix("metadata/"): json.loads(text_of(file))
        for file in flatten(metadata_files(small.excerpts))
    }


def texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from texts(each)


def test_every_token_has_a_decimal_and_a_hexadecimal_name(small: SmallSite) -> None:
    pressed = press(small)
    ids = {token.id for token in small.collection.tokens}
    hexadecimal = {name: data for name, data in pressed.items() if len(name) == 64 + len(".json")}
    assert pressed.keys() == {f"{each}.json" for each in ids} | hexadecimal.keys() | {
        "contract.json"
    }
    for name, data in hexadecimal.items():
        assert data == pressed[f"{int(name[:64], 16)}.json"]


def test_erc_721_metadata_is_also_there_without_the_ending(small: SmallSite) -> None:
    single = with_settings(small, contract=replace(contract_of(small), standard="erc721"))
    pressed = press(single)
    for token in small.collection.tokens:
        assert pressed[token.id] == pressed[f"{token.id}.json"]
    assert not press(small).keys() & {token.id for token in small.collection.tokens}


def test_tiers_in_contracts_of_their_own_have_folders_of_their_own(small: SmallSite) -> None:
    own = replace(contract_of(small), address="0x" + "cd" * 20)
    apart = with_settings(small, tier_contracts={"song": own})
    token = next(token for token in small.collection.tokens if token.tier == "song")
    pressed = press(with_token(apart, replace(token, id="song/7")))
    names = {"song/7.json", f"song/{7:064x}.json", "song/contract.json", "contract.json"}
    assert pressed.keys() == names
    data = pressed["song/7.json"]
    assert data["external_url"] == "../../tokens/song/7/"
    assert data["image"].startswith("../../art/")
    assert data["name"].endswith(" #7")
    assert pressed["song/contract.json"]["image"].startswith("../../art/")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("0", "0" * 64),
        ("314592", "0" * 59 + "4cce0"),  # the example of ERC-1155
        (str(2**256 - 1), "f" * 64),
    ],
)
def test_the_hexadecimal_name_follows_erc_1155(small: SmallSite, number: str, name: str) -> None:
    token = replace(small.collection.tokens[-1], id=number)
    assert press(with_token(small, token)).keys() == {
        f"{number}.json",
        f"{name}.json",
        "contract.json",
    }


def test_every_token_has_the_fields_of_both_standards_and_of_marketplaces(small: SmallSite) -> None:
    for name, data in press(small).items():
        if name == "contract.json":
            continue
        assert data.keys() >= ALWAYS, name
        assert all(isinstance(data[key], str) and data[key] for key in ALWAYS - {"attributes"})
        for trait in data["attributes"]:
            assert trait.keys() == {"trait_type", "value"}
            assert all(isinstance(value, str) and value for value in trait.values())


def test_only_erc_1155_has_decimals(small: SmallSite) -> None:
    single = with_settings(small, contract=replace(contract_of(small), standard="erc721"))
    assert press(small)["1.json"]["decimals"] == 0
    assert "decimals" not in press(single)["1.json"]


def test_metadata_of_a_token_is_one_file_under_several_names(
    small: SmallSite, tmp_path: Path
) -> None:
    single = with_settings(small, contract=replace(contract_of(small), standard="erc721"))
    write_site(tmp_path / "dist", metadata_files(single.excerpts))
    first = tmp_path / "dist/metadata/1"
    for name in ("1.json", f"{1:064x}.json"):
        assert first.with_name(name).samefile(first)


def test_addresses_are_relative_if_the_site_has_no_url(small: SmallSite) -> None:
    for name, data in press(small).items():
        assert not any(re.match("[a-z]+:", text) for text in texts(data)), name
    assert press(small)["1.json"]["image"] == "../art/stems/one/drums/live.svg"


def test_addresses_are_absolute_if_the_site_has_a_url(small: SmallSite) -> None:
    for name, data in press(with_settings(small, url="https://ferry.example/x")).items():
        assert not any(text.startswith(("../", "./", "/")) for text in texts(data)), name
    pressed = press(with_settings(small, url="https://ferry.example/x/"))
    assert pressed["1.json"]["external_url"] == "https://ferry.example/x/tokens/1/"
    assert pressed["contract.json"]["external_link"] == "https://ferry.example/x/"


def test_a_stem_token_with_a_lossless_file_has_complete_music_metadata(small: SmallSite) -> None:
    data = press(small)["1.json"]
    assert data.keys() >= MUSIC | {"artwork", "animation_url"}
    assert data["version"] == "music-nft-20220222"
    assert (data["title"], data["artist"], data["trackNumber"]) == ("Live", "Ada Lund", 1)
    assert (data["mimeType"], data["losslessAudio"]) == ("audio/flac", "../audio/stem.flac")
    assert data["artwork"] == {"uri": data["image"], "mimeType": "image/svg+xml"}
    assert data["project"] == {"title": "Tides", "type": "album"}
    assert data["properties"] == {
        "song": "one",
        "layer": "drums",
        "stem": "live",
        "page": "../stems/one/drums/live/",
    }


def test_the_animation_is_never_flac(small: SmallSite) -> None:
    assert press(small)["1.json"]["animation_url"] == "../audio/stem.ogg"
    data = press(sounding(small, FLAC, FLAC))["1.json"]
    assert "animation_url" not in data
    assert "version" not in data
    assert data["losslessAudio"] == "../audio/stem.flac"


def test_the_music_schema_is_only_claimed_with_a_lossless_file(small: SmallSite) -> None:
    data = press(sounding(small, OGG, None))["1.json"]
    assert data.keys().isdisjoint({"version", "losslessAudio"})
    assert data["mimeType"] == "audio/ogg"


def test_a_song_token_has_its_mix_and_its_preview(small: SmallSite) -> None:
    song = replace(small.collection.song("one"), isrc="QZK6P2600001")
    songs = {each.slug: each for each in small.collection.songs} | {"one": song}
    data = press(replace(small, collection=replace(small.collection, _songs=songs)))["91.json"]
    assert (data["animation_url"], data["mimeType"]) == ("../audio/mix.mp3", "audio/mpeg")
    assert data["isrc"] == "QZ-K6P-26-00001"
    assert data["properties"] == {
        "song": "one",
        "mix_number": "1-2",
        "stems": {"drums": "live", "bass": "synth"},
        "burned": ["1", "2"],
    }
    assert {"trait_type": "Bass", "value": "Synth"} in data["attributes"]


def test_an_album_token_lists_what_was_burned_for_it(small: SmallSite) -> None:
    data = press(small)["99.json"]
    assert data["properties"] == {"burned": ["91", "92"]}
    assert (data["artist"], data["license"]) == ("Ada Lund", "CC BY 4.0")


def test_metadata_of_an_unrevealed_token_has_only_number_and_tier(small: SmallSite) -> None:
    data = press(small)["7.json"]
    assert data.keys() == ALWAYS | {"decimals"}
    assert data["name"] == "Unrevealed stem #7"
    assert data["attributes"] == [
        {"trait_type": "Tier", "value": "Stem"},
        {"trait_type": "State", "value": "Unrevealed"},
    ]
    assert data["image"] == "../art/unrevealed/stem.svg"


def test_empty_fields_are_left_out(small: SmallSite) -> None:
    silent = press(with_settings(small, artist="", description="", license="", symbol=""))
    assert "license" not in silent["1.json"]
    assert silent["contract.json"].keys() == {"name", "image"}
    assert silent["8.json"]["description"] == "An unrevealed stem token of Small Hours."


def test_only_tokens_that_burned_others_are_said_to_be_forged(small: SmallSite) -> None:
    files = press(small)
    assert files["92.json"]["description"].endswith(", forged from 2 stems.")
    assert files["93.json"]["description"].endswith(", made of 2 stems.")


def test_contract_metadata_has_no_collaborators(small: SmallSite) -> None:
    assert press(small)["contract.json"] == {
        "name": "Small Hours",
        "symbol": "SMALL",
        "description": "Two songs.",
        "image": "../art/collection.svg",
    }


@pytest.fixture
def whole(small: SmallSite) -> SmallSite:
    """Return the site with whole mixes in Opus and FLAC."""
    files = WebFile("audio/mix.ogg", OGG.type, 30, Path("mix.ogg")), FLAC
    mixes = dict.fromkeys(small.sounds.mixes, files)
    return replace(small, sounds=replace(small.sounds, mixes=mixes))


def test_marketplaces_are_given_the_mixer_of_a_mix(whole: SmallSite) -> None:
    url = "https://ferry.example/x/"
    pressed = press(with_settings(whole, animation="mixer", url=url))
    assert pressed["91.json"]["animation_url"] == f"{url}embed/one/1-2/"
    for name in ("1.json", "91.json", "99.json"):
        assert pressed[name]["mimeType"] == "text/html"
        assert pressed[name]["losslessAudio"] == f"{url}audio/stem.flac"
        assert "version" not in pressed[name]
    assert pressed["99.json"]["animation_url"] == f"{url}embed/one/1-2/"
    assert pressed["1.json"]["animation_url"] == f"{url}embed/one/drums/live/"
    assert press(with_settings(whole, animation="mixer"))["91.json"]["animation_url"] == (
        "../embed/one/1-2/"
    )


def test_players_of_a_locked_site_come_without_the_sound_at_full_length(whole: SmallSite) -> None:
    settings = whole.collection.settings
    audio = replace(settings.audio, locked="silent")
    pressed = press(with_settings(whole, animation="mixer", audio=audio))
    for name in ("1.json", "91.json"):
        assert pressed[name]["mimeType"] == "text/html"
        assert "losslessAudio" not in pressed[name]


def test_metadata_on_ipfs_has_players_by_their_content_whether_or_not_the_site_has_a_url(
    whole: SmallSite,
) -> None:
    for url in ("", "https://ferry.example/x/"):
        pinned = with_settings(whole, animation="mixer", assets="ipfs", url=url)
        pressed = press(pinned)
        for name, below in (
            ("1.json", "embed/one/drums/live/"),
            ("91.json", "embed/one/1-2/"),
            ("99.json", "embed/one/1-2/"),
        ):
            scheme, _, address = pressed[name]["animation_url"].partition("://")
            assert scheme == "ipfs"
            assert address.partition("/")[2] == below


def test_marketplaces_are_given_the_whole_mix(whole: SmallSite) -> None:
    pressed = press(with_settings(whole, animation="song"))
    data = pressed["91.json"]
    assert data.keys() >= MUSIC
    assert data["animation_url"] == "../audio/mix.ogg"
    assert (data["mimeType"], data["losslessAudio"]) == ("audio/flac", "../audio/stem.flac")
    assert pressed["99.json"]["animation_url"] == "../audio/mix.ogg"
    assert "animation_url" not in pressed["7.json"]


def test_metadata_of_a_locked_site_names_no_lossless_mix(whole: SmallSite) -> None:
    locked = replace(whole.collection.settings.audio, locked="preview")
    data = press(with_settings(whole, animation="song", audio=locked))["91.json"]
    assert data["animation_url"] == "../audio/mix.ogg"
    assert data["mimeType"] == "audio/ogg"
    assert data.keys().isdisjoint({"version", "losslessAudio"})


def test_previews_are_played_of_songs_and_not_of_albums(whole: SmallSite) -> None:
    pressed = press(whole)
    assert pressed["91.json"]["animation_url"] == "../audio/mix.mp3"
    assert pressed["99.json"].keys().isdisjoint({"animation_url", "mimeType", "losslessAudio"})

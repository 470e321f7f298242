"""Metadata of every tier against what the documents of wallets and marketplaces say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stempress.audio.results import WebFile
from stempress.core.media_types import MEDIA_TYPES
from tests.render.test_token_metadata import FLAC, OGG, press, sounding, with_settings
from tests.support.small_site import small_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.small_site import SmallSite

    type Json = dict[str, Any]

OPENSEA = "https://docs.opensea.io/docs/media-and-traits"
ERC_721 = "https://eips.ethereum.org/EIPS/eip-721"
ERC_1155 = "https://eips.ethereum.org/EIPS/eip-1155"
ERC_8495 = "https://eips.ethereum.org/EIPS/eip-8495"
MUSIC = "music-nft-20220222, the schema of Catalog and Mint Songs"

EXTENSIONS = ["gltf", "glb", "webm", "mp4", "m4v", "ogv", "ogg", "mp3", "wav", "oga"]
DISPLAY_TYPES = {"number", "boost_number", "boost_percentage", "date"}


def has_texts(data: Json) -> bool:
    return all(isinstance(data[name], str) and data[name] for name in ("name", "description"))


def has_picture(data: Json) -> bool:
    return bool(re.fullmatch(r"(https|ipfs)://\S+\.(svg|png|jpg|jpeg|webp)", data["image"]))


def plays_what_is_supported(data: Json) -> bool:
    """Scripts and relative paths work in HTML pages; a page is a folder of its own."""
    address = data.get("animation_url")
    if address is None:
        return True
    return address.endswith("/") or address.rpartition(".")[2] in EXTENSIONS


def has_labelled_traits(data: Json) -> bool:
    return isinstance(data["attributes"], list) and all(
        isinstance(trait["value"], str | int | float)
        and not isinstance(trait["value"], bool)
        and isinstance(trait.get("trait_type", ""), str)
        and trait.get("display_type", "number") in DISPLAY_TYPES
        for trait in data["attributes"]
    )


def has_a_plain_colour(data: Json) -> bool:
    return bool(re.fullmatch("[0-9a-fA-F]{6}", data.get("background_color", "ffffff")))


def has_whole_decimals(data: Json) -> bool:
    return isinstance(data.get("decimals", 0), int) and isinstance(data.get("properties", {}), dict)


def uses_schemes_that_clients_resolve(data: Json) -> bool:
    addresses = [data.get(name, "") for name in ("image", "animation_url", "external_url")]
    return all(re.match("(https|ipfs)://", address) for address in addresses if address)


def states_the_type_of_the_sound(data: Json) -> bool:
    """``mimeType`` is that of the lossless file, or of the page that is played."""
    played = data.get("animation_url", "")
    address = played if played.endswith("/") else data.get("losslessAudio", played)
    if not address:
        return "version" not in data
    suffix = Path(address).suffix
    expected = "text/html" if address.endswith("/") else MEDIA_TYPES[suffix]
    return bool(data["mimeType"] == expected.partition(";")[0])


def is_complete_if_it_says_so(data: Json) -> bool:
    required = "title artist duration mimeType trackNumber losslessAudio artwork animation_url"
    return "version" not in data or data.keys() >= set(required.split())


RULES: list[tuple[str, Callable[[Json], bool]]] = [
    (ERC_721, has_texts),
    (OPENSEA, has_picture),
    (OPENSEA, plays_what_is_supported),
    (OPENSEA, has_labelled_traits),
    (OPENSEA, has_a_plain_colour),
    (ERC_1155, has_whole_decimals),
    (ERC_8495, uses_schemes_that_clients_resolve),
    (MUSIC, states_the_type_of_the_sound),
    (MUSIC, is_complete_if_it_says_so),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Return a site with a file of every kind."""
    small = sounding(small_site(tmp_path_factory.mktemp("small")), OGG, FLAC)
    files = WebFile("audio/mix.ogg", OGG.type, 30, Path("mix.ogg")), FLAC
    mixes = dict.fromkeys(small.sounds.mixes, files)
    return replace(small, sounds=replace(small.sounds, mixes=mixes))


@pytest.fixture(
    scope="module",
    params=[
        {"animation": animation, "image": image, **place}
        for animation in ("preview", "song", "mixer", "video")
        for image in ("svg", "png")
        for place in (
            {"url": "https://ferry.example/x/"},
            {"url": "https://ferry.example/x/", "assets": "ipfs"},
            {"assets": "ipfs"},
        )
    ],
    ids=lambda settings: " ".join(settings.values()),
)
def pressed(request: pytest.FixtureRequest, small: SmallSite) -> dict[str, Json]:
    return press(with_settings(small, **request.param))


@pytest.mark.parametrize(("source", "holds"), RULES, ids=lambda each: getattr(each, "__name__", ""))
def test_metadata_does_what_its_documents_say(
    pressed: dict[str, Json], source: str, holds: Callable[[Json], bool]
) -> None:
    for name, data in pressed.items():
        if "contract" not in name:
            assert holds(data), f"{name}: {source}"


def test_every_revealed_token_with_a_lossless_file_names_it_at_full_length(
    small: SmallSite,
) -> None:
    for animation in ("song", "mixer"):
        pressed = press(with_settings(small, animation=animation, url="https://ferry.example/"))
        for name in ("1", "91", "99"):
            assert pressed[f"{name}.json"]["losslessAudio"].endswith(".flac"), (animation, name)

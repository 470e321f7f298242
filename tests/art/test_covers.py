"""Covers: drawn from the stems, unique and small; scripts in the artist's pictures never run."""

from __future__ import annotations

import base64
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyodide_app.engine.model import Layer, Song, Stem, Variation
from stempress.art.covers import CoverRenderer, draw_covers, sleeve_colours
from stempress.art.raster import rasterise
from stempress.art.record_geometry import contour, resample, shade, strata, wedge
from stempress.audio.results import Sounds
from stempress.collection.ledger import Ledger
from stempress.collection.stem_files import StemFiles
from stempress.output.output_files import flatten
from stempress.site.cover_addresses import (
    album_cover,
    collection_cover,
    song_cover,
    stem_cover,
    variation_cover,
)
from stempress.site.facts import SiteFacts
from tests.support.small_site import (
    SmallSite,
    envelope,
    facts,
    made_up,
    read,
    small_site,
    text_of,
    write,
    xml,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from stempress.audio.facts import Facts

HOSTILE = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
X, Y = ("one", "drums", "live"), ("one", "drums", "tape")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    return small_site(tmp_path_factory.mktemp("plain"))


def covers(small: SmallSite) -> dict[str, str]:
    files = draw_covers(small.excerpts)
    return {file.address: text_of(file) for file in flatten(files)}


def with_picture(folder: Path, content: str) -> SmallSite:
    """Return a site whose first stem has a picture."""
    small_site(folder)
    write(folder / "stems/one/drums/live.svg", content)
    return read(folder)


def test_covers_are_deterministic(plain: SmallSite) -> None:
    assert covers(plain) == covers(plain)


def test_every_drawn_cover_is_unique_small_and_valid_xml(plain: SmallSite) -> None:
    drawn = covers(plain)
    assert len(set(drawn.values())) == len(drawn)
    for address, text in drawn.items():
        assert len(text) < 6000, address
        svg = xml(text)
        assert (svg.get("width"), svg.get("height")) == ("1000", "1000"), address


def test_a_variation_is_drawn_from_its_own_stems(plain: SmallSite) -> None:
    stems = dict(plain.sounds.stems)
    stems[X] = replace(stems[X], facts=facts(envelope(40)))
    changed = replace(plain, sounds=Sounds(stems, plain.sounds.songs, plain.sounds.previews))
    before, after = covers(plain), covers(changed)
    with_it = variation_cover(Variation("one", (0, 1)))
    without_it = variation_cover(Variation("one", (1, 1)))
    assert before[with_it] != after[with_it]
    assert before[without_it] == after[without_it]


OTHERS = {
    "envelope": facts(envelope(40)),
    "spectrum": facts(envelope(0), bands=((0,) * 48, (3,) * 48, (15,) * 48)),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_songs_albums_and_the_collection_are_drawn_from_all_of_their_stems(
    plain: SmallSite, other: Facts
) -> None:
    song = plain.collection.song("one")
    addresses = [song_cover(song), album_cover(plain.collection.albums[0]), collection_cover()]
    before = covers(plain)
    for key, sound in plain.sounds.stems.items():
        if key[0] != "one":
            continue
        stems = dict(plain.sounds.stems)
        stems[key] = replace(sound, facts=other)
        sounds = Sounds(stems, plain.sounds.songs, plain.sounds.previews)
        after = covers(replace(plain, sounds=sounds))
        for address in [stem_cover(key), *addresses]:
            assert before[address] != after[address], (key, address)
        assert before[song_cover(plain.collection.song("two"))] == after["art/songs/two.svg"]


def test_covers_of_many_songs_stay_small(plain: SmallSite) -> None:
    """A collection of 40 songs has a ring for each, none of them cut."""
    songs = {f"s{at}": replace(plain.collection.song("one"), slug=f"s{at}") for at in range(40)}
    collection = replace(plain.collection, ledger=Ledger(), files=StemFiles(), _songs=songs)
    drawn = CoverRenderer(
        collection, made_up(collection), sleeve_colours(collection.songs)
    ).collection()
    assert drawn.count(b"<g transform=") == 40
    assert len(drawn) < 10_000


def mixes(plain: SmallSite, *, shares: tuple[float, ...] = (4, 2, 1)) -> dict[str, bytes]:
    """Draw every mix of four layers of three stems, by mix number."""
    layers = tuple(
        Layer(f"l{at}", "L", tuple(Stem(f"s{nth}", "S", weight=w) for nth, w in enumerate(shares)))
        for at in range(4)
    )
    song = Song("x", "X", layers)
    collection = replace(plain.collection, ledger=Ledger(), files=StemFiles(), _songs={"x": song})
    art = CoverRenderer(collection, made_up(collection), sleeve_colours(collection.songs))
    return {each.mix_number: art.variation(song, each) for each in song.variations()}


def pixels(svg: bytes) -> NDArray[np.int16]:
    """Return a cover as 64 x 64 pixels, on paper."""
    return np.asarray(rasterise(svg, 64).convert("RGB"), dtype=np.int16)


def test_any_two_mixes_of_a_song_differ_at_the_size_of_a_thumbnail(plain: SmallSite) -> None:
    drawn = [pixels(svg) for svg in mixes(plain).values()]
    apart = [np.abs(one - other).mean() for one, other in combinations(drawn, 2)]
    assert len(drawn) == 81
    assert min(apart) > 4  # of 255: one stem of four changed
    assert np.median(apart) > 30


def test_a_mix_has_a_jewel_for_every_bit_of_its_rarity(plain: SmallSite) -> None:
    drawn = mixes(plain)
    rim = 2 * np.pi * 436
    for mix, jewels in (("1-1-1-1", 3), ("3-3-3-3", 11)):  # -log2 of 4/7 and 1/7, four times
        assert f'stroke-dasharray="0 {rim / jewels:.2f}"' in drawn[mix].decode()


def test_a_spine_has_the_colours_of_the_rings_beside_it(plain: SmallSite) -> None:
    drawn = covers(plain)
    for address in (
        song_cover(plain.collection.songs[0]),
        variation_cover(Variation("one", (1, 0))),
    ):
        paths = [(each.get("fill"), each.get("d", "")) for each in xml(drawn[address]).iter()]
        _, _, *spine = [fill for fill, way in paths if "h-" in way and len(way) < 60]  # on a sleeve
        rings = [fill for fill, way in paths if "A" not in way and len(way) > 60]
        assert spine, address
        assert spine == rings, address


def test_mixes_of_stems_without_choice_have_no_jewels(plain: SmallSite) -> None:
    assert b"#f0c75e" not in mixes(plain, shares=(1,))["1-1-1-1"]


def test_bright_stems_have_more_teeth_than_dark_ones() -> None:
    dark, bright = ((9,) * 48, (3,) * 48, (0,) * 48), ((1,) * 48, (3,) * 48, (9,) * 48)
    teeth = [contour(envelope(3), bands, 300).count(" ") for bands in (dark, bright)]
    assert teeth[0] * 4 < teeth[1]


def test_every_token_has_a_cover_and_unrevealed_ones_share_one(plain: SmallSite) -> None:
    drawn = covers(plain)
    found = {token.id: plain.plan.tokens[token].cover for token in plain.collection.tokens}
    assert set(found.values()) <= set(drawn)
    assert found["7"] == found["8"] == "art/unrevealed/stem.svg"
    assert found["91"] == "art/mixes/one/1-2.svg"


def test_an_unrevealed_cover_does_not_depend_on_the_stems(plain: SmallSite) -> None:
    stems = {
        key: replace(sound, facts=facts(envelope(50 + at)))
        for at, (key, sound) in enumerate(plain.sounds.stems.items())
    }
    changed = covers(replace(plain, sounds=replace(plain.sounds, stems=stems)))
    address = "art/unrevealed/stem.svg"
    assert changed[address] == covers(plain)[address]


def test_stacked_pictures_are_data_whose_scripts_cannot_run(tmp_path: Path) -> None:
    drawn = covers(with_picture(tmp_path, HOSTILE))
    data = f"data:image/svg+xml;base64,{base64.b64encode(HOSTILE.encode()).decode()}"
    for address in (stem_cover(X), variation_cover(Variation("one", (0, 1)))):
        image = xml(drawn[address]).find("{http://www.w3.org/2000/svg}image")
        assert image is not None
        assert image.get("href") == data
    assert not any("<script" in text for text in drawn.values())
    assert "data:" not in drawn[stem_cover(Y)]


def test_large_pictures_are_stacked_by_the_page(tmp_path: Path) -> None:
    small = with_picture(tmp_path, f"<svg><!--{'x' * 100_000}--></svg>")
    variation = Variation("one", (0, 1))
    assert len(covers(small)[variation_cover(variation)]) < 6000
    views = SiteFacts(small.plan, small.collection, small.rarity, small.sounds)
    assert views.pictures(small.collection.song("one"), variation) == [stem_cover(X)]
    assert f"../../../{stem_cover(X)}" in small.render()["songs/one/1-2/index.html"]


def test_an_artists_album_cover_is_copied_or_wrapped(tmp_path: Path) -> None:
    write(tmp_path / "png/content/albums/tides/front.PNG", "not looked into")
    small = small_site(tmp_path / "png", cover="front.PNG")
    files = {file.address: file.produce() for file in flatten(draw_covers(small.excerpts))}
    assert files["art/albums/tides.png"] == small.collection.albums[0].cover
    write(tmp_path / "svg/content/albums/tides/front.svg", HOSTILE)
    small = small_site(tmp_path / "svg", cover="front.svg")
    wrapped = covers(small)[album_cover(small.collection.albums[0])]
    assert "data:image/svg+xml;base64," in wrapped
    assert "<script" not in wrapped


FLAT, DARK = (0.0,) * 96, ((9,) * 48, (0,) * 48, (0,) * 48)


def points(path: str) -> list[tuple[int, int]]:
    """Return the corners of a closed path of relative lines."""
    steps = [int(each) for each in path.strip("Mz").replace("l", " ").replace("-", " -").split()]
    found = [(0, 0)]
    for x, y in zip(steps[::2], steps[1::2], strict=True):
        found.append((found[-1][0] + x, found[-1][1] + y))
    return found[1:]


def test_an_outline_runs_clockwise_from_the_top() -> None:
    corners = points(contour(FLAT, DARK, 100))
    assert corners[0] == (0, -100)
    assert len(corners) == 16
    assert corners[4] == (100, 0)


def test_a_wedge_starts_at_the_centre_and_lies_between_two_turns() -> None:
    corners = points(wedge(FLAT, DARK, 100, 16, (0.25, 0.5)))
    assert corners[0] == (0, 0)
    assert corners[1] == (100, 0)
    assert corners[-1] in {(0, 102), (0, 100)}  # a tooth or none
    assert len(corners) == 17


def test_a_stem_cover_shows_its_bass_and_treble() -> None:
    loud = (1.0,) * 96
    bands = (4,) * 48, (4,) * 48, (8,) * 48
    tops = [-points(path)[0][1] for path in strata(loud, bands, 100, 500, 96)]
    assert tops == [500, 300, 200]
    nothing = strata(loud, ((0,) * 48,) * 3, 100, 500, 96)
    assert [-points(path)[0][1] for path in nothing] == [500, 100, 100]


def test_envelopes_are_resampled_by_means() -> None:
    assert resample([0.0, 1.0, 1.0, 1.0], 2) == [0.5, 1.0]
    assert resample([0.0, 1.0], 4) == [0.0, 0.0, 1.0, 1.0]
    assert resample([], 2) == [0.0, 0.0]


def test_shades_blend_with_white_and_black() -> None:
    assert shade("#808080", 1) == "#ffffff"
    assert shade("#808080", -1) == "#000000"
    assert shade("#808080", 0) == "#808080"

"""Allocation of stem tokens from supplies, weights and a seed. Pure.

The same collection and seed give the same tokens on any machine.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.drop.apportionment import draw_counts, largest_remainder
from stempress.drop.mint_errors import mint_error
from stempress.drop.mint_report import weight_shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyodide_app.engine.model import Song, Stem, StemKey
    from stempress.drop.seeded_rng import SeededRandom


def plan_stems(
    songs: Sequence[Song],
    minted: Mapping[StemKey, int],
    size: int | None,
    rng: SeededRandom | None = None,
) -> dict[StemKey, int]:
    """Return how many tokens of each stem to mint in addition to ``minted``.

    Stems with a supply get the rest of it; stems with a weight share what remains of ``size``,
    every layer equally. Without ``size`` there must be supplies only. With ``rng``, weights are
    drawn at random instead of apportioned.
    """
    stems = {(s.slug, la.slug, st.slug): st for s in songs for la in s.layers for st in la.stems}
    exact = {
        key: st.supply - minted.get(key, 0) for key, st in stems.items() if st.supply is not None
    }
    weighted = [key for key, stem in stems.items() if stem.supply is None]
    size = _check_stem_count(songs, minted, size, sum(exact.values()), bool(weighted))
    if not weighted:
        return exact
    free = size - sum(exact.values())
    shares = weight_shares(songs)
    parts = [shares[key] for key in weighted]
    if rng is not None:
        return exact | dict(zip(weighted, draw_counts(free, parts, rng), strict=True))
    already = [minted.get(key, 0) for key in weighted]
    targets = largest_remainder(free + sum(already), parts)
    lacking = [
        Fraction(max(0, target - have)) for target, have in zip(targets, already, strict=True)
    ]
    return exact | dict(zip(weighted, largest_remainder(free, lacking), strict=True))


def _check_stem_count(
    songs: Sequence[Song],
    minted: Mapping[StemKey, int],
    size: int | None,
    supplied: int,
    has_weights: bool,  # noqa: FBT001 - internal
) -> int:
    """Return the size of a mint, by default what the supplies leave; reject what cannot work."""
    if size is None:
        if has_weights:
            message = "is required: weights give proportions, not numbers"
            raise mint_error("size", message, "--size 1000")
        return supplied
    if size > supplied and not has_weights:
        raise mint_error("size", "exceeds what the supplies leave", _sums(songs, minted), size)
    if size < supplied and has_weights:
        hint = f"{_sums(songs, minted)}; use a larger --size, or weights only"
        raise mint_error("size", "is less than the exact supplies require", hint, size)
    return size


def draw_stems(plan: Mapping[StemKey, int], size: int | None, rng: SeededRandom) -> list[StemKey]:
    """Return the first ``size`` of all planned tokens in random order."""
    deck = [key for key, number in plan.items() for _ in range(number)]
    return rng.shuffled(deck)[:size]


def _sums(songs: Sequence[Song], minted: Mapping[StemKey, int]) -> str:
    """Return the supply of each song, the number minted and the number left, for a message."""
    supplies = {
        song.slug: sum(stem.supply or 0 for layer in song.layers for stem in layer.stems)
        for song in songs
    }
    with_supply = {key for key in stem_keys(songs) if _stem(songs, key).supply is not None}
    count = sum(number for key, number in minted.items() if key in with_supply)
    total = sum(supplies.values())
    terms = " + ".join(f"{slug} {number}" for slug, number in supplies.items())
    return f"supplies: {terms} = {total}; {count} minted, {total - count} left"


def _stem(songs: Sequence[Song], key: StemKey) -> Stem:
    layer = next(song for song in songs if song.slug == key[0]).layer(key[1])
    return layer.stems[layer.index(key[2])]

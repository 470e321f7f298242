"""Which tokens a drop has: drawn from supplies or weights, rules and a seed. Pure.

The same collection and the same seed give the same tokens, on any machine.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.collection.variation_space import VariationSpace
from stempress.core.errors import Fault, SiteError
from stempress.drop.apportionment import drawn, largest_remainder
from stempress.drop.mint_report import exact_share, weights_of
from stempress.drop.sampler import count, pick, room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Layer, Song, Stem, StemKey
    from stempress.collection.variation_space import Choice
    from stempress.drop.seeded_rng import Dice

WHERE = "mint"
TRIES = 5
"""How often exact supplies are tried to be met before a plan is given up."""


def stem_plan(
    songs: Sequence[Song],
    have: Mapping[StemKey, int],
    size: int | None,
    dice: Dice | None = None,
) -> dict[StemKey, int]:
    """Return how many tokens of each stem to mint beside those there are; ``dice`` draw weights.

    Stems with a supply get what remains of it, those with a weight share what is left of ``size``,
    every layer alike. Without a size, supplies alone decide.
    """
    stems = {(s.slug, la.slug, st.slug): st for s in songs for la in s.layers for st in la.stems}
    exact = {
        key: st.supply - have.get(key, 0) for key, st in stems.items() if st.supply is not None
    }
    weighed = [key for key, stem in stems.items() if stem.supply is None]
    remaining = sum(exact.values())
    if size is None:
        if weighed:
            raise _refused("size", "is needed: weights say how, not how many", "--size 1000")
        size = remaining
    if not weighed:
        if size > remaining:
            raise _refused("size", "is more than the supplies leave", _sums(songs, have), size)
        return exact
    if size < remaining:
        hint = f"{_sums(songs, have)}; a larger --size, or weights alone"
        raise _refused("size", "is less than the exact supplies ask for", hint, size)
    shares = weights_of(songs)
    total = size - remaining + sum(have.get(key, 0) for key in weighed)
    parts = [shares[key] for key in weighed]
    if dice is not None:
        return exact | dict(zip(weighed, drawn(size - remaining, parts, dice), strict=True))
    wishes = largest_remainder(total, parts)
    lacking = [max(0, wish - have.get(key, 0)) for key, wish in zip(weighed, wishes, strict=True)]
    rest = largest_remainder(size - remaining, [Fraction(each) for each in lacking])
    return exact | dict(zip(weighed, rest, strict=True))


def draw_stems(plan: Mapping[StemKey, int], size: int | None, dice: Dice) -> list[StemKey]:
    """Return the first ``size`` of all planned tokens in an order of chance."""
    deck = [key for key, number in plan.items() for _ in range(number)]
    return dice.shuffled(deck)[:size]


def _sums(songs: Sequence[Song], have: Mapping[StemKey, int]) -> str:
    """Return the arithmetic of supplies: what each song has, what is minted, what is left."""
    supplies = {
        song.slug: sum(stem.supply or 0 for layer in song.layers for stem in layer.stems)
        for song in songs
    }
    known = {key for key in stem_keys(songs) if _stem(songs, key).supply is not None}
    minted = sum(number for key, number in have.items() if key in known)
    total = sum(supplies.values())
    each = " + ".join(f"{slug} {number}" for slug, number in supplies.items())
    return f"supplies: {each} = {total}; {minted} are minted, {total - minted} are left"


def _stem(songs: Sequence[Song], key: StemKey) -> Stem:
    layer = next(song for song in songs if song.slug == key[0]).layer(key[1])
    return layer.stems[layer.index(key[2])]


def draw_variations(  # noqa: PLR0913 - what a draw depends on
    song: Song,
    size: int,
    minted: Sequence[Choice],
    rejected: AbstractSet[Choice],
    dice: Dice,
    *,
    at_random: bool = False,
) -> tuple[list[Choice], list[list[int]]]:
    """Return ``size`` variations that are neither minted nor rejected, and the plan by layer.

    A layer with supplies never exceeds them, and meets them when ``size`` uses them up.
    """
    taken = {*minted, *rejected}
    _refuse_size(song, size, taken, len(minted))
    used, fits = count(song, minted), room(song, taken)
    plan = [
        _layer_plan(song, at, size, used[at], fits[at], dice if at_random else None)
        for at in range(len(song.layers))
    ]
    for _ in range(TRIES):
        choices = pick(song, plan, size, taken, dice)
        wrong = list(_misses(song, count(song, choices), plan, used))
        if not wrong:
            return choices, plan
    raise SiteError(
        Fault(
            WHERE,
            "finds no set of variations that keeps the rules and meets these supplies",
            f"{song.slug}/{layer}/{stem}",
            hint=f"{got} instead of {wish} is as near as it comes: change the supply, or a rule",
        )
        for layer, stem, got, wish in wrong
    )


def draw_approved(
    song: Song, size: int | None, minted: Sequence[Choice], approved: Sequence[Choice], dice: Dice
) -> list[Choice]:
    """Return ``size`` of the approved variations that are not minted, all of them without one."""
    space, taken = VariationSpace(song), set(minted)
    pool = [choice for choice in approved if choice in space and choice not in taken]
    if size is not None and size > len(pool):
        hint = f"{len(approved)} are approved; {len(pool)} of them are permitted and not minted"
        raise _refused("size", "is more than what was approved", hint, size)
    choices = dice.shuffled(sorted(pool))[:size]
    got, used = count(song, choices), count(song, minted)
    for at, layer in enumerate(song.layers):
        for nth, stem in enumerate(layer.stems):
            left = _left(stem, used[at][nth])
            if left is not None and got[at][nth] > left:
                key = f"{song.slug}/{layer.slug}/{stem.slug}"
                hint = f"the supply leaves {left}: reject some, or mint fewer"
                raise _refused(key, "is approved more often than its supply", hint, got[at][nth])
    return choices


def _refuse_size(song: Song, size: int, taken: AbstractSet[Choice], minted: int) -> None:
    space = VariationSpace(song)
    gone = sum(1 for choice in taken if choice in space)
    if size > space.size - gone:
        sizes = " x ".join(f"{layer.slug} {len(layer.stems)}" for layer in song.layers)
        raise _refused(
            "size",
            f"is more than {song.slug} has variations left",
            f"{sizes} = {song.combinations}; rules permit {space.size}; {minted} of them are "
            f"minted, {gone - minted} rejected, {space.size - gone} are left",
            size,
        )


def _layer_plan(  # noqa: PLR0913, PLR0917 - the figures of one layer
    song: Song, at: int, size: int, used: list[int], fits: list[int], dice: Dice | None
) -> list[int]:
    """Return how often each stem of a layer is to be drawn."""
    layer = song.layers[at]
    left = [_left(stem, minted) for stem, minted in zip(layer.stems, used, strict=True)]
    _refuse_supplies(song, layer, size, used, left, fits)
    most = [fit if rest is None else min(rest, fit) for rest, fit in zip(left, fits, strict=True)]
    shares = [exact_share(stem) for stem in layer.stems]
    if dice is not None:
        return drawn(size, shares, dice, most)
    total = size + sum(used)
    wishes = [share / sum(shares) * total - got for share, got in zip(shares, used, strict=True)]
    return largest_remainder(size, [max(wish, Fraction(0)) for wish in wishes], most)


def _left(stem: Stem, minted: int) -> int | None:
    return None if stem.supply is None else stem.supply - minted


def _refuse_supplies(  # noqa: PLR0913, PLR0917 - the figures of one layer
    song: Song,
    layer: Layer,
    size: int,
    used: list[int],
    left: list[int | None],
    fits: list[int],
) -> None:
    """Refuse supplies that are too small together, or larger than the rules have room for."""
    key = f"{song.slug}/{layer.slug}"
    known = [each for each in left if each is not None]
    if len(known) < len(layer.stems):
        return
    words = " + ".join(f"{stem.slug} {stem.supply}" for stem in layer.stems)
    if sum(known) < size:
        total = sum(known) + sum(used)
        hint = f"{words} = {total}; {sum(used)} are minted, {sum(known)} are left, not {size}"
        raise _refused(key, "has supplies that are too small", hint)
    if sum(known) == size:
        narrow = [
            Fault(
                WHERE,
                "has a supply that the rules have no room for",
                f"{key}/{stem.slug}",
                rest,
                f"{fit} variations with it are left: a variation is minted once",
            )
            for stem, rest, fit in zip(layer.stems, known, fits, strict=True)
            if rest > fit
        ]
        if narrow:
            raise SiteError(narrow)
    if sum(map(min, known, fits)) < size:
        hint = f"{words}, of which the rules have room for {sum(map(min, known, fits))}"
        raise _refused(key, "has supplies that the rules have no room for", hint, size)


def _misses(
    song: Song, got: list[list[int]], plan: list[list[int]], used: list[list[int]]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield stems that exceed their supply, or miss one that was to be used up."""
    for at, layer in enumerate(song.layers):
        if any(stem.supply is None for stem in layer.stems):
            continue
        left = [(stem.supply or 0) - have for stem, have in zip(layer.stems, used[at], strict=True)]
        whole = sum(left) == sum(plan[at])
        for nth, stem in enumerate(layer.stems):
            if got[at][nth] > left[nth] or (whole and got[at][nth] != left[nth]):
                yield layer.slug, stem.slug, got[at][nth], left[nth]


def _refused(key: str, what: str, hint: str, value: object = None) -> SiteError:
    return SiteError([Fault(WHERE, what, key, value, hint)])

"""Which tokens a drop has: drawn from supplies or weights, rules and a seed. Pure.

The same collection and the same seed give the same tokens, on any machine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation, stem_keys
from stempress.errors import Fault, SiteError
from stempress.picks import count, pick, room
from stempress.quotas import drawn, largest_remainder
from stempress.space import Space

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pyodide_app.engine.model import Layer, Song, Stem, StemKey
    from stempress.dice import Dice
    from stempress.space import Choice

WHERE = "mint"
TRIES = 5
"""How often exact supplies are tried to be met before a plan is given up."""


@dataclass(frozen=True, slots=True)
class Line:
    """One stem in the report: what its share of all tokens would be, the plan, what was drawn."""

    key: StemKey
    wished: float
    planned: int
    drawn: int

    @property
    def apart(self) -> float:
        """How far what was drawn lies from the wish."""
        return self.drawn - self.wished


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
    shares = _weights(songs)
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


def _weights(songs: Sequence[Song]) -> dict[StemKey, Fraction]:
    """Return the share of every stem with a weight; layers are alike."""
    shares = {}
    for song in songs:
        for layer in song.layers:
            parts = [exact_share(stem) for stem in layer.stems]
            for stem, part in zip(layer.stems, parts, strict=True):
                if stem.supply is None:
                    shares[song.slug, layer.slug, stem.slug] = part / sum(parts)
    return shares


def exact_share(stem: Stem) -> Fraction:
    """Return a stem's share as it was written: 0.1 is a tenth."""
    return Fraction(str(stem.share))


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


def _refuse_size(song: Song, size: int, taken: AbstractSet[Choice], minted: int) -> None:
    space = Space(song)
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


def stem_lines(
    songs: Sequence[Song], plan: Mapping[StemKey, int], drawn_keys: Sequence[StemKey]
) -> list[Line]:
    """Return the report of a mint of stem tokens."""
    got, total, size = Counter(drawn_keys), sum(plan.values()), len(drawn_keys)
    keys = [key for key in stem_keys(songs) if key in plan]
    weights = _weights(songs)
    exact = sum(plan[key] for key in keys if key not in weights)
    shares = sum(weights.values())
    return (
        [
            Line(
                key,
                float((total - exact) * weights[key] / shares)
                if key in weights
                else plan[key] * size / total,
                plan[key],
                got[key],
            )
            for key in keys
        ]
        if total
        else []
    )


def variation_lines(
    song: Song, plan: Sequence[Sequence[int]], choices: Sequence[Choice]
) -> list[Line]:
    """Return the report of a mint of a song's variations."""
    got = count(song, choices)
    lines = []
    for at, layer in enumerate(song.layers):
        shares = [exact_share(stem) for stem in layer.stems]
        for nth, stem in enumerate(layer.stems):
            wished = float(shares[nth] / sum(shares) * len(choices))
            key = song.slug, layer.slug, stem.slug
            lines.append(Line(key, wished, plan[at][nth], got[at][nth]))
    return lines


def variations_of(song: Song, choices: Sequence[Choice]) -> list[Variation]:
    """Return choices as variations."""
    return [Variation(song.slug, choice) for choice in choices]


def _refused(key: str, what: str, hint: str, value: object = None) -> SiteError:
    return SiteError([Fault(WHERE, what, key, value, hint)])

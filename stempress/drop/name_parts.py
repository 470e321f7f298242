"""Parts of file names: prefixes that all share, track numbers, tempo, takes. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from stempress.core.plain_text import CONTROL_CHARACTERS
from stempress.drop.instruments import has_instrument, is_generic_folder, is_mixdown
from stempress.drop.technical_words import song_title, without_tempo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import PurePath

    type Names = Mapping[PurePath, str]
    """What is left of the name of each file."""

SEPARATOR = re.compile(r"\s+[-\u2013\u2014]\s+|_+|--+")
TRACK_NUMBER = re.compile(r"(\d{1,3})(?:\s*[-._)]\s*|\s+)(?=\S)")
NUMBERED_TRACK = re.compile(r".+?\s(?:(\d{1,3})|[A-L])-(?=[^\W\d_])")
"""``Song 3-``, before the name of a track, as Ableton Live writes it; returns have a letter."""
BEFORE_STEM = re.compile(r"(.+?)(?:\s+[-\u2013\u2014]\s+|\s(?:\d{1,3}|[A-L])-)")
"""``Song - ``, or ``Song 3-``: a song's title, where it is clear that it ends there."""
VARIANT = re.compile(
    r"""(.*?[^\W\d_])                                   # the layer
    (?:[\s_.(-]+(?:v|ver|version|take|tk|var|variation|alt|alternate|option|opt|no)\.?)?
    [\s_.\#(-]*(\d+)\)?""",
    re.IGNORECASE | re.VERBOSE,
)
"""``Drums 2``, ``Drums v2``, ``Drums (take 2)``: a layer, and which of its stems it is."""
LETTERED = re.compile(r"(.*[^\W\d_])[\s_]+([A-H])")
IN_PARENTHESES = re.compile(r"(.*\w)\s*\(([^()]*[^\W\d_][^()]*)\)")
COPY = re.compile(r"(.*\w)[\s_-]+\(?(?:copy|kopie|copie|copia)\)?(?:\s*\d+)?", re.IGNORECASE)
_EDGES = " \t-_.\u2013\u2014"
_MOST_SPARE_NUMBERS = 8


def without_track_numbers(names: Names) -> Names:
    """Return the names of a folder without the numbers that only put them in order.

    Numbers that tell names apart stay, as in ``808 kick`` and ``909 kick``, and so do those that
    only some names have, unless they begin with 0.
    """
    matches = {path: TRACK_NUMBER.match(name) for path, name in names.items()}
    numbers = [int(match[1]) for match in matches.values() if match]
    are_tracks = (
        1 < len(names) == len(set(numbers)) and max(numbers) <= len(names) + _MOST_SPARE_NUMBERS
    )
    bare = {
        path: names[path][match.end() :]
        if match and (are_tracks or match[1].startswith("0"))
        else names[path]
        for path, match in matches.items()
    }
    return bare if _are_distinct(bare) or not _are_distinct(names) else names


def without_prefix(names: Names, title: str) -> Names:
    """Return the names without what comes before the stem in each: the song's name."""
    tracks = [NUMBERED_TRACK.match(name) for name in names.values()]
    if all(tracks) and any(track and track[1] for track in tracks):
        return {path: NUMBERED_TRACK.sub("", name, count=1) for path, name in names.items()}
    word_lists = {path: _words(name) for path, name in names.items()}
    first, *others = word_lists.values()
    count = _common_start(title.casefold().split(), first) if not others else len(first)
    for words in others:
        count = min(count, _common_start(first, words))
    while count and not _is_prefix(names, word_lists, title, count):
        count -= 1
    return {path: _rest(name, count) for path, name in names.items()}


def shared_title(names: Names) -> str:
    """Return the song's title that all names begin with, "" if they do not.

    A dash or a track's number must follow: the first word of ``Warm Pad`` and ``Warm Bass`` is no
    title. That of ``Mara - Tide - Drums`` is Tide.
    """
    if len(names) < 2:
        return ""
    rests = without_prefix(names, "")
    starts = [BEFORE_STEM.fullmatch(name.removesuffix(rests[path])) for path, name in names.items()]
    first = starts[0]
    if not first or any(not each or each[1].casefold() != first[1].casefold() for each in starts):
        return ""
    titles = [part for part in SEPARATOR.split(first[1]) if _is_title(part)]
    return song_title(titles[-1]) if titles else ""


def _is_title(name: str) -> bool:
    has_letters = any(map(str.isalpha, name))
    return has_letters and not is_generic_folder(name) and not is_mixdown(name)


def _is_prefix(
    names: Names, word_lists: Mapping[PurePath, Sequence[str]], title: str, count: int
) -> bool:
    """Return whether the first words of names are the song's, and what follows is a name."""
    rests = [_rest(name, count) for name in names.values()]
    common = next(iter(word_lists.values()))[:count]
    if has_instrument(" ".join(common)) or not all(any(map(str.isalpha, rest)) for rest in rests):
        return False
    if len(names) > 1 and list(common) == _words(title)[:count] and count > 1:
        return True
    are_parted = all(SEPARATOR.match(_after(name, count)) for name in names.values())
    clear = sum(rest[:1].isdigit() or has_instrument(rest) for rest in rests)
    return are_parted or 2 * clear > len(rests)


def split_layer(name: str) -> tuple[str, str]:
    """Return the layer and the stem in a name: ``Drums - Amen``, or ``Drums 2`` and ``Drums``."""
    parts = [part for part in SEPARATOR.split(name) if part.strip(_EDGES)] or [name]
    number = next((at for at, part in enumerate(parts[:-1]) if part.strip().isdigit()), None)
    layer, *rest = parts if number is None else parts[number + 1 :]
    stem = " ".join(rest)
    if stem.isdigit():
        return layer, f"{layer} {stem}"
    variant = VARIANT.fullmatch(layer.strip()) if not rest else None
    if not variant:
        return layer, stem or layer
    bare = variant[1].strip(_EDGES)
    return bare, f"{bare} {layer.strip()[len(variant[1]) :].strip(_EDGES)}"


def named_variants(names: Names) -> dict[PurePath, tuple[str, str]]:
    """Return layer and stem of ``Drums A`` and ``Drums B``, ``Kick`` and ``Kick copy``.

    Letters and words in parentheses count where a layer has several: ``Vitamin C`` alone is no
    variant. ``Drums (Amen)`` beside ``Drums (Dusty)`` is the stem Amen.
    """
    known = {name.casefold() for name in names.values()}
    copies = {path: COPY.fullmatch(name) for path, name in names.items()}
    variants = {
        path: (match[1], names[path])
        for path, match in copies.items()
        if match and match[1].casefold() in known
    }
    for pattern in (LETTERED, IN_PARENTHESES):
        found = {path: m for path, name in names.items() if (m := pattern.fullmatch(name))}
        counts = Counter(match[1].casefold() for match in found.values())
        if max(counts.values(), default=0) > 1:
            variants |= {path: (m[1], m.group(m.lastindex or 0)) for path, m in found.items()}
    return {
        path: (layer, names[path] if len(stem) == 1 else stem)
        for path, (layer, stem) in variants.items()
    }


def without_common_part(names: Names, separator: str) -> Names:
    """Return the names without what all have before the first separator: ``Tide.drums``."""
    parts = {path: name.partition(separator) for path, name in names.items()}
    are_same = len({first.casefold() for first, _, _ in parts.values()}) == 1
    if len(names) < 2 or not are_same or not all(rest[:1].isalpha() for *_, rest in parts.values()):
        return names
    return {path: rest for path, (*_, rest) in parts.items()}


def part_hyphens(names: Names) -> Names:
    """Return names such as ``Drums-Amen`` and ``Bass-Sub`` with ``" - "`` between their parts."""
    are_parted = len(names) > 1 and all(
        "-" in name and not SEPARATOR.search(name) and has_instrument(name.partition("-")[0])
        for name in names.values()
    )
    return {
        path: name.replace("-", " - ", 1) if are_parted else name for path, name in names.items()
    }


def title_of(name: str) -> str:
    """Return a display name: words separated by spaces, capitalised if all are in lower case."""
    name = CONTROL_CHARACTERS.sub(" ", name)
    words = re.sub(r"[\s_-]+", " ", without_tempo(name)).strip() or name
    if words != words.lower():
        return words
    return " ".join(word[:1].upper() + word[1:] for word in words.split(" "))


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s_\u2013\u2014-]+", name.casefold()) if word]


def _after(name: str, count: int) -> str:
    """Return what follows the first words of a name, with the separator before it."""
    pattern = rf"[\s_\u2013\u2014-]*(?:[^\s_\u2013\u2014-]+[\s_\u2013\u2014-]+){{{count - 1}}}"
    match = re.match(pattern + r"[^\s_\u2013\u2014-]+", name) if count else None
    return name[match.end() :] if match else name


def _rest(name: str, count: int) -> str:
    rest = _after(name, count).strip(_EDGES) if count else name
    return re.sub(r"^\(([^()]+)\)$", r"\1", rest)


def _common_start(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words two names begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _are_distinct(names: Names) -> bool:
    return len({name.casefold() for name in names.values()}) == len(names)

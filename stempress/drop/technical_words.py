"""Words that music programs add to names: tempo, key, dates, formats, what a track went through."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from stempress.drop.instruments import GENERIC_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePath

    type Names = Mapping[PurePath, str]
    """What is left of the name of each file."""

TEMPO = re.compile(r"(?<!\d)(\d{2,3}(?:[.,]\d+)?)\s*bpm\b", re.IGNORECASE)
_KEY = r"[A-G](?:[#b\u266f\u266d]|[ ]?(?:sharp|flat))?(?:m|[ ]?(?i:min|minor|maj|major))"
_START, _END = r"(?:^|(?<=[\s_.,(\[-]))", r"(?=[\s_.,)\]-]|$)"
_TIME = r"\d{4}(?:\d\d)?"
_NOISE = [
    # dates, as Ableton Live, Reaper and people write them, with or without the time
    rf"{_START}(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?:[ _T-]{_TIME})?{_END}",
    rf"{_START}\d{{6}}_{_TIME}{_END}",
    # 120 Am, as libraries of samples write tempo and key
    rf"{_START}\d{{2,3}}(?:\s*(?i:bpm))?[\s_-]+{_KEY}{_END}",
    rf"[(\[]\s*{_KEY}\s*[)\]]",
    rf"{_START}{_KEY}[\s_-]+\d{{2,3}}\s*(?i:bpm){_END}",
    # tuning, and programs that part mixes into stems
    rf"{_START}4[0-9][0-9][ ]?(?i:hz){_END}",
    r"[_ ](?i:split[_ ]by[_ ]lalalai)$",
    # sample format
    rf"{_START}(?:16|24|32)[ _-]?bits?(?:[ _-]?(?:float|fp|int))?{_END}",
    rf"{_START}(?:44\.1|48|88\.2|96|176\.4|192)[ ]?k(?:hz)?{_END}",
    rf"{_START}(?:44100|48000|88200|96000)(?:[ ]?hz)?{_END}",
    rf"{_START}(?:16|24|32)[-_](?:44(?:\.1)?|48|88(?:\.2)?|96){_END}",
    # Pro Tools: a part of a recording, and a copy of it
    r"_\d\d-\d\d$",
    r"\.dup\d+",
]
NOISE = re.compile("|".join(f"(?:{pattern})" for pattern in _NOISE))
_KEY_AT_END = re.compile(rf"{_START}{_KEY}\s*$")
_WENT_THROUGH = (
    "bip|freeze|frozen|bounced?|bounce in place|rendered|render|glued|consolidated?|"
    "printed|exported|export|stem|mono|stereo"
)
PROCESS = re.compile(
    rf"(?:[\s_.-]+|\s*[(\[])(?:{_WENT_THROUGH})[)\]]?(?=(?:[\s_.-]*\d{{1,3}})?\s*$)", re.IGNORECASE
)
"""``Kick_bip``, ``Kick (Freeze)``, ``Kick-bounce-1``: the word, before a number."""
LEADING_PROCESS = re.compile(r"(?:freeze|bounce|consolidated?)\s+(?=\S)", re.IGNORECASE)
_IN_PLACE = re.compile(r"\s*\(R\)$")
"""``Kick (R)``: rendered in place, by Cubase; or the right side of a recording."""
_ECHO = re.compile(r"((?:\d+[\s._-]+)?(.+?))\s*\((.+)\)\s*")
"""``01 Kick (Kick)``: a track, and what plays on it."""
_PROJECT = re.compile(
    r"\.(?:logicx|band|als|flp|cpr|rpp|bwproject|ptx|song)$|\s+project$", re.IGNORECASE
)


def without_technical_words(names: Names) -> Names:
    """Return the names of a folder without technical words.

    Words that tell names apart stay: ``Vox_mono`` and ``Vox_stereo`` are two stems.
    """
    has_sides = any(name.endswith("(L)") for name in names.values())
    bare = {
        path: strip_technical_words(name if has_sides else _IN_PLACE.sub("", name))
        for path, name in names.items()
    }
    counts = Counter(name.casefold() for name in bare.values())
    return {
        path: name if counts[name.casefold()] == 1 else without_tempo(names[path])
        for path, name in bare.items()
    }


def strip_technical_words(name: str, *, is_title: bool = False) -> str:
    """Return a name without technical words, the name itself if nothing else is in it.

    A song's title may end in words such as Am.
    """
    bare = TEMPO.sub("", NOISE.sub("", name))
    bare = bare if is_title else _KEY_AT_END.sub("", bare)
    bare = re.sub(r"[(\[]\s*[)\]]", "", bare)
    while (shorter := PROCESS.sub("", bare)) != bare:
        bare = shorter
    bare = LEADING_PROCESS.sub("", bare, count=1)
    echo = _ECHO.fullmatch(bare)
    if echo and echo[2].strip().casefold() == echo[3].strip().casefold():
        bare = echo[1]
    bare = re.sub(r"([\s_-])[\s_-]*[_-][\s_-]*$|^[\s_-]+", "", bare).strip(" _-")
    return bare if any(map(str.isalpha, bare)) else name


def without_tempo(name: str) -> str:
    """Return a name without its tempo."""
    return re.sub(r"[\s_-]{2,}$|^[\s_-]+", "", TEMPO.sub("", name)).strip(" _-") or name


def song_title(folder: str) -> str:
    """Return the name of a song's folder without technical and generic words at its end."""
    words = strip_technical_words(_PROJECT.sub("", folder), is_title=True)
    while match := re.fullmatch(r"(.*\S)[\s_-]+[(\[]?([^\s_()\[\]]+)[)\]]?", words):
        if match[2].casefold() not in GENERIC_FOLDERS:
            break
        words = match[1].rstrip(" _-([")
    return words

"""The clashes that were found in a song last, cached under everything they depend on."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from pyodide_app.engine.model import stem_keys
from stempress.clashes.clash import Clash, SongClashes
from stempress.core.cache import cache_root, digest, load, save

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.facts import Facts
    from stempress.audio.song_sound import SongSound

VERSION = 3
"""Increment when the same stems give other clashes."""


def load_clashes(
    song: Song, sound: SongSound, facts: Mapping[StemKey, Facts]
) -> SongClashes | None:
    """Return a song's clashes; None if its stems have not been compared as they are now."""
    content = load(_cache_path(song, sound, facts))
    if content is None:
        return None
    data = json.loads(content)
    stems, pairs = (tuple(map(_clash, data[name])) for name in ("stems", "pairs"))
    return SongClashes(song.slug, data["compared"], stems, pairs, tuple(data["notes"]))


def save_clashes(
    song: Song, sound: SongSound, facts: Mapping[StemKey, Facts], clashes: SongClashes
) -> None:
    """Save a song's clashes."""
    save(_cache_path(song, sound, facts), json.dumps(asdict(clashes)).encode())


def _clash(data: Mapping[str, Any]) -> Clash:
    return Clash(**{**data, "stems": tuple(map(tuple, data["stems"]))})


def _cache_path(song: Song, sound: SongSound, facts: Mapping[StemKey, Facts]) -> Path:
    stems = [(key, facts[key].digest) for key in stem_keys([song])]
    layers = [[option.slug for option in layer.options] for layer in song.layers]
    written = (layers, song.rules, song.bpm, song.bars, song.key)
    key = digest(VERSION, sound.rate, sound.frames, *written, *stems)
    return cache_root() / "clashes" / f"{key[:24]}.json"

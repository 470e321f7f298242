"""Fast path for ledger entries without faults: all keys of an entry are checked at once.

Nearly all entries of a large ledger are such. ``read_token`` checks key by key, and reports faults;
where both can read an entry, they return the same token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS, Token, Variation, stem_keys
from stempress.collection.token_parser import is_token_id

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Mapping

    from pyodide_app.engine.model import Song

_UNREVEALED = frozenset(("id", "tier", "state", "supply"))
_KEYS = {
    "stem": _UNREVEALED | {"into", "song", "layer", "stem"},
    "song": _UNREVEALED | {"into", "song", "stems", "burned"},
    "album": _UNREVEALED | {"into", "album", "burned"},
}


class FastTokenReader:
    """Reads entries that name existing songs, stems and albums, with slugs in ASCII."""

    def __init__(self, songs: Mapping[str, Song], albums: Iterable[str]) -> None:
        """Index the songs, by slug, and the albums' slugs."""
        self._songs = songs
        self._stems = {
            key for key in stem_keys([*songs.values()]) if all(key) and "".join(key).isascii()
        }
        self._albums = {slug for slug in albums if slug and slug.isascii()}

    def token(self, entry: object) -> Token | None:
        """Return an entry's token; None if ``read_token`` has to look at it."""
        if not isinstance(entry, dict):
            return None
        if isinstance(entry.get("burned"), list):
            entry = {**entry, "burned": tuple(entry["burned"])}
        try:
            token = Token(**entry)
            is_valid = self._is_valid(token, entry.keys())
        except TypeError:  # an unknown key, a missing key, an unhashable value
            return None
        return token if is_valid else None

    def _is_valid(self, token: Token, keys: KeysView[str]) -> bool:
        if not (is_token_id(token.id) and type(token.supply) is int and token.supply > 0):
            return False
        if token.state == "unrevealed":
            return token.tier in TIERS and keys <= _UNREVEALED
        if token.state == "forged":
            into_is_valid = token.into == "" or is_token_id(token.into)
        else:
            into_is_valid = token.state == "revealed" and token.into == ""
        if not (into_is_valid and keys <= _KEYS.get(token.tier, _UNREVEALED)):
            return False
        if token.tier == "stem":
            return token.stem_key in self._stems
        if type(token.burned) is not tuple or not all(map(is_token_id, token.burned)):
            return False
        return token.album in self._albums if token.tier == "album" else self._is_variation(token)

    def _is_variation(self, token: Token) -> bool:
        """Return whether a song token has a stem for every layer and obeys the song's rules."""
        song, stems = self._songs.get(token.song), token.stems
        return (
            song is not None
            and type(stems) is dict
            and len(stems) == len(song.layers)
            and all((token.song, *chosen) in self._stems for chosen in stems.items())
            and (not song.rules or song.permits(Variation.from_stems(song, stems)))
        )

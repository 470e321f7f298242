"""Items: one-line descriptions of tokens, in the secret file, in seals and on the command line.

``undertow/drums/amen`` is a stem. ``undertow/bass=sub,drums=amen`` is a variation of a song, with
layers in alphabetical order, so that the line stays the same when the artist reorders layers, and
without those that are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.core.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyodide_app.engine.model import Song, StemKey, Tier, Token


def stem_item(key: StemKey) -> str:
    """Return the item of a stem."""
    return "/".join(key)


def variation_item(song: Song, variation: Variation) -> str:
    """Return the item of a variation."""
    return _chosen(song.slug, variation.by_layer(song))


def item_of(token: Token) -> str:
    """Return the item of a revealed or forged token; empty for album tokens."""
    if token.tier == "song" and token.stems:
        return _chosen(token.song, token.stems)
    return stem_item(token.stem_key) if token.stem_key else ""


def _chosen(song: str, stems: Mapping[str, str]) -> str:
    return f"{song}/" + ",".join(f"{layer}={stem}" for layer, stem in sorted(stems.items()))


def tier_of(item: str) -> Tier:
    """Return the tier of an item."""
    return "stem" if item.count("/") == 2 else "song"


def parse_item(item: str, songs: Mapping[str, Song]) -> dict[str, object]:
    """Return the ledger fields of an item; ValueError says what would be valid.

    A variation may also be given by its mix number, ``undertow/3-1-4``.
    """
    slug, *parts = item.split("/")
    if slug not in songs:
        raise ValueError(f"{slug!r} is not a song: {suggestion(slug, songs)}")
    song = songs[slug]
    if len(parts) == 2:
        return {"song": slug, **_stem_fields(song, *parts)}
    if len(parts) != 1:
        raise ValueError("a stem is song/layer/stem, a variation song/3-1-4")
    if "=" not in parts[0]:
        return {"song": slug, "stems": Variation.parse(song, parts[0]).by_layer(song)}
    chosen = dict(pair.split("=", 1) for pair in parts[0].split(",") if "=" in pair)
    stems = {
        layer.slug: chosen.pop(layer.slug, "")
        for layer in song.layers
        if layer.slug in chosen or not layer.empty
    }
    for layer, stem in (*stems.items(), *chosen.items()):
        _stem_fields(song, layer, stem)
    return {"song": slug, "stems": stems}


def _stem_fields(song: Song, layer: str, stem: str) -> dict[str, object]:
    layers = {
        candidate.slug: [variant.slug for variant in candidate.stems] for candidate in song.layers
    }
    if layer not in layers:
        raise ValueError(f"{layer!r} is not a layer of {song.slug}: {suggestion(layer, layers)}")
    if stem not in layers[layer]:
        raise ValueError(
            f"{stem!r} is not a stem of {song.slug}/{layer}: {suggestion(stem, layers[layer])}"
        )
    return {"layer": layer, "stem": stem}

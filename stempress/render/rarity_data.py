"""Target and actual rarity as JSON and as CSV."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stempress.collection.rarity import Rarity
    from stempress.site.pages import Plan


def rarity_csv(rarity: Rarity) -> str:
    """Return target, revealed and remaining counts of every stem as CSV."""
    import csv  # noqa: PLC0415 - used for one file

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["song", "layer", "stem", "share", "wished", "drawn", "apart", "alive"])
    for song in rarity.songs:
        for layer in song.layers:
            for stem in layer.stems:
                key = song.slug, layer.slug, stem.slug
                count = rarity.count(key, stem)
                share, target_count = f"{rarity.odds(key):.6f}", f"{rarity.target_count(key):.2f}"
                deviation = f"{rarity.deviation(key):.2f}"
                writer.writerow([*key, share, target_count, count.minted, deviation, count.alive])
    return text.getvalue()


def rarity_data(plan: Plan, rarity: Rarity) -> dict[str, object]:
    """Return target and actual rarity of every stem, and the ranking of variations with pages.

    Layers that may be left out are listed if there are any.
    """
    return {
        "method": "score: sum of -log2(odds) over layers; rank 1 is the rarest",
        "stems": [
            {
                "song": song.slug,
                "layer": layer.slug,
                "stem": stem.slug,
                "odds": round(rarity.odds(key), 6),
                "actual": None if (actual := rarity.actual(key)) is None else round(actual, 6),
                "supply": (count := rarity.count(key, stem)).supply,
                "minted": count.minted,
                "burned": count.burned,
            }
            for song in rarity.songs
            for layer in song.layers
            for stem in layer.stems
            for key in [(song.slug, layer.slug, stem.slug)]
        ],
        **_left_out_data(rarity),
        "variations": {
            slug: [
                [
                    variation.mix_number,
                    round(standing.score, 6),
                    standing.rank,
                    len(rarity.tokens_of(variation)),
                ]
                for variation in pages.shown
                for standing in [rarity.standing(pages.song, variation)]
            ]
            for slug, pages in plan.variations.items()
        },
    }


def _left_out_data(rarity: Rarity) -> dict[str, object]:
    lines = [
        {
            "song": song.slug,
            "layer": layer.slug,
            "odds": round(left_out.odds, 6),
            "actual": None if left_out.actual is None else round(left_out.actual, 6),
            "minted": left_out.minted,
        }
        for song in rarity.songs
        for layer in song.layers
        if (left_out := rarity.left_out(song, layer))
    ]
    return {"left_out": lines} if lines else {}

"""Draws of ``mint``: stems by their supplies and weights, or variations of a song."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Variation
from stempress.collection.token_spec import parse_item, stem_item, tier_of, variation_item
from stempress.core.errors import Fault, SiteError, suggestion
from stempress.drop.audition import verdicts_on
from stempress.drop.mint_errors import WHERE
from stempress.drop.mint_report import ReportLine, stem_report, variation_report
from stempress.drop.sampler import count_stems
from stempress.drop.stem_allocation import draw_stems, plan_stems
from stempress.drop.variation_allocation import draw_approved, draw_variations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.collection.variation_space import Choice
    from stempress.drop.drop_state import DropState
    from stempress.drop.mint_options import MintOptions
    from stempress.drop.seeded_rng import SeededRandom


def draw(
    drop: DropState,
    options: MintOptions,
    size: int | None,
    minted: Sequence[str],
    rng: SeededRandom,
) -> tuple[list[str], list[ReportLine]]:
    """Return the items drawn and the report on them."""
    if options.tier == "song":
        return _draw_variations(drop, options, size, minted, rng)
    songs = [song_to_mint(drop, options.song)] if options.song else list(drop.collection.songs)
    counts: Counter[StemKey] = Counter(
        (slug, layer, name)
        for item in minted
        if tier_of(item) == "stem"
        for slug, layer, name in [item.split("/")]
    )
    plan = plan_stems(songs, counts, size, rng if options.at_random else None)
    keys = draw_stems(plan, size, rng)
    return [stem_item(key) for key in keys], stem_report(songs, plan, keys)


def _draw_variations(
    drop: DropState,
    options: MintOptions,
    size: int | None,
    minted: Sequence[str],
    rng: SeededRandom,
) -> tuple[list[str], list[ReportLine]]:
    song = song_to_mint(drop, options.song)
    minted_choices = [
        Variation.from_stems(song, stems).choice
        for item in minted
        if tier_of(item) == "song" and item.startswith(f"{song.slug}/")
        for stems in [parse_item(item, drop.songs)["stems"]]
        if isinstance(stems, dict)
    ]
    if options.approved:
        approved = _choices_with_verdict(drop.site, song, "approved")
        choices = draw_approved(song, size, minted_choices, approved, rng)
        plan = count_stems(song, choices)
    elif size is None:
        raise SiteError([Fault(WHERE, "is required: how many variations to mint", "size")])
    else:
        rejected = set(_choices_with_verdict(drop.site, song, "rejected"))
        choices, plan = draw_variations(
            song, size, minted_choices, rejected, rng, at_random=options.at_random
        )
    items = [variation_item(song, Variation(song.slug, choice)) for choice in choices]
    return items, variation_report(song, plan, choices)


def _choices_with_verdict(site: Path, song: Song, verdict: str) -> list[Choice]:
    """Return the variations that were given a verdict in the audition."""
    return [
        Variation.parse(song, mix).choice
        for mix, actual in verdicts_on(site, song).items()
        if actual == verdict
    ]


def song_to_mint(drop: DropState, slug: str) -> Song:
    """Return the song whose variations are drawn; SiteError if it is unknown or not given."""
    songs = drop.songs
    if not slug and len(songs) == 1:
        return next(iter(songs.values()))
    if slug not in songs:
        message = "is not a song" if slug else "is required: which song to mint"
        raise SiteError([Fault(WHERE, message, "song", slug or None, suggestion(slug, songs))])
    return songs[slug]

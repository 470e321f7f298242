"""Filters of the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.identifiers import format_isrc
from stempress.i18n.number_format import (
    format_duration,
    is_web_link,
    layer_colour,
    shorten_address,
    summarize,
)
from stempress.render.markdown_cache import to_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stempress.i18n.number_format import Formatter
    from stempress.views.leaves import Card


def tracks_of(tokens: Iterable[Card]) -> list[str]:
    """Return what the player bar plays for tokens, without duplicates."""
    return list(dict.fromkeys(track for token in tokens for track in token.tracks))


PLAIN: dict[str, Callable[..., object]] = {
    "brief": summarize,
    "clock": format_duration,
    "colour": layer_colour,
    "isrc": format_isrc,
    "prose": to_html,
    "short": shorten_address,
    "tracks": tracks_of,
    "web": lambda address: address if is_web_link(address) else "",
}
"""Filters that are the same for every collection and language."""


def filters(formatter: Formatter) -> dict[str, Callable[..., object]]:
    """Return all filters of the templates: pure functions, with figures and names in a language."""
    return PLAIN | {
        "day": formatter.day,
        "fixed": formatter.fixed,
        "kind_name": formatter.kinds.__getitem__,
        "listed": formatter.listed,
        "number": formatter.number,
        "one_in": formatter.one_in,
        "percent": formatter.percent,
        "signed": formatter.signed,
        "size": formatter.size,
        "state_name": formatter.states.__getitem__,
        "state_title": formatter.state_titles.__getitem__,
        "tier_name": formatter.tiers.__getitem__,
    }

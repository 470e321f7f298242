"""Filters of the templates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stempress.collection.traits import shown_trait
from stempress.core.identifiers import format_isrc
from stempress.i18n.number_format import (
    format_duration,
    is_web_link,
    layer_colour,
    shorten_address,
    summarize,
)
from stempress.render.markdown_cache import to_html
from stempress.site.addresses import address_of, cover_of, gallery_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from stempress.i18n.number_format import Formatter
    from stempress.i18n.translations import Translations
    from stempress.site.views import Views

PLAIN: dict[str, Callable[..., object]] = {
    "address": address_of,
    "brief": summarize,
    "clock": format_duration,
    "colour": layer_colour,
    "isrc": format_isrc,
    "prose": to_html,
    "short": shorten_address,
    "web": lambda address: address if is_web_link(address) else "",
}
"""Filters that are the same for every collection and language."""


def language_filters(
    formatter: Formatter, translations: Translations
) -> dict[str, Callable[..., object]]:
    """Return the filters that format numbers, dates and names in a language."""
    return {
        "day": formatter.day,
        "fixed": formatter.fixed,
        "kind_name": formatter.kinds.__getitem__,
        "listed": formatter.listed,
        "number": formatter.number,
        "one_in": formatter.one_in,
        "percent": formatter.percent,
        "shown_trait": partial(shown_trait, translations),
        "signed": formatter.signed,
        "size": formatter.size,
        "state_name": formatter.states.__getitem__,
        "state_title": formatter.state_titles.__getitem__,
        "tier_name": formatter.tiers.__getitem__,
    }


def filters(views: Views) -> dict[str, Callable[..., object]]:
    """Return all filters of the templates."""
    return {
        **PLAIN,
        **language_filters(views.formatter, views.translations),
        "cover": partial(cover_of, views.plan.tokens),
        "in_gallery": partial(gallery_address, views.collection),
        "title_of": views.title_of,
    }

"""Spines of sleeves: a row for every ring of the record, in the ring's colours."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from stempress.art.templates import render_svg

if TYPE_CHECKING:
    from collections.abc import Sequence


def draw_spine(colours: Sequence[tuple[str, ...]]) -> list[Markup]:
    """Return the rows of a spine as SVG, given the colours of each from left to right."""
    return [_row(row, at, len(colours)) for at, row in enumerate(colours)]


@cache
def _row(colours: tuple[str, ...], at: int, rows: int) -> Markup:
    """Draw a row once for all covers: songs share their layers' colours."""
    drawn = render_svg("spine.svg.jinja", colours=colours, at=at, rows=rows)
    return Markup(drawn.decode())  # noqa: S704 - the template has escaped it

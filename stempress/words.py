"""Figures and names as pages show them: the filters of the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress import codes
from stempress.prose import in_brief, is_web_link, to_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date


def percent(share: float) -> str:
    """Return a share with two digits that matter: ``37 %``, ``1.2 %``, ``0.04 %``."""
    value = share * 100
    if value >= 9.95 or value == 0:
        return f"{value:.0f}\N{NO-BREAK SPACE}%"
    return f"{value:.2g}\N{NO-BREAK SPACE}%" if value >= 0.001 else "below 0.001\N{NO-BREAK SPACE}%"


def one_in(share: float) -> str:
    """Return a share as ``1 in 24``."""
    return f"1 in {1 / share:,.0f}" if share else "never"


def clock(seconds: float) -> str:
    """Return a length as ``1:04``."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def short(address: str) -> str:
    """Return an address by its first and last digits."""
    return f"{address[:6]}…{address[-4:]}" if len(address) > 12 else address


def day(value: date) -> str:
    """Return a date in words."""
    return f"{value.day} {value:%B %Y}"


def number(value: float) -> str:
    """Return a number without needless zeros, thousands apart."""
    return f"{value:,.6g}" if value % 1 else f"{value:,.0f}"


def listed(names: Iterable[str], last: str = "or") -> str:
    """Return names as a list in a sentence."""
    *before, final = list(names) or [""]
    return f"{', '.join(before)} {last} {final}" if before else final


def size(count: int) -> str:
    """Return a count of bytes for people."""
    return (
        f"{count / 1e6:.1f}\N{NO-BREAK SPACE}MB"
        if count >= 1e6
        else f"{count / 1e3:.0f}\N{NO-BREAK SPACE}kB"
    )


def colour(at: int) -> int:
    """Return which of the eight layer colours a layer has, 1 to 8."""
    return at % 8 + 1


FILTERS: dict[str, Callable[..., object]] = {
    "brief": in_brief,
    "clock": clock,
    "colour": colour,
    "day": day,
    "isrc": codes.show_isrc,
    "listed": listed,
    "number": number,
    "one_in": one_in,
    "percent": percent,
    "prose": to_html,
    "short": short,
    "size": size,
    "web": lambda address: address if is_web_link(address) else "",
}

"""What the views of all pages have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page: its template and its address, and what its head says.

    ``linked_data`` is JSON-LD for search engines; ``oembed`` the address of the page's oEmbed
    description, empty if it has none; ``oembed_smaller`` those of its compact and square players.
    """

    template: str
    address: str
    title: str
    linked_data: Mapping[str, object] | None = None
    oembed: str = ""
    oembed_smaller: tuple[str, ...] = ()


class Head(TypedDict):
    """The fields of ``PageView``."""

    template: str
    address: str
    title: str
    linked_data: Mapping[str, object] | None
    oembed: str
    oembed_smaller: tuple[str, ...]

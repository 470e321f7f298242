"""Fragments of pages that are rendered once for all pages that have them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.runtime import Macro

ROOT_PLACEHOLDER = "\0"
"""Stands for the path to the root in fragments shared by pages at all depths."""
_TEXTS = (str, int)


class Fragments:
    """Renders macros of imported templates, which see nothing of a page but their arguments.

    Views are told apart by identity, which takes no time, and kept, so that no other view can have
    that identity later. The pages of 10,000 tokens and their lists take three times as long without
    this.
    """

    def __init__(self) -> None:
        self._each: dict[str, dict[int, tuple[object, str]]] = defaultdict(dict)
        self._once: dict[tuple[object, ...], tuple[object, Markup]] = {}

    def each(self, macro: Macro, root: str, views: Iterable[object]) -> Markup:
        """Render a macro of a root and a view for every view."""
        fragments, parts = self._each[macro.name], list[str]()
        for view in views:
            found = fragments.get(id(view))
            if found is None:
                found = view, str(macro(ROOT_PLACEHOLDER, view))
                fragments[id(view)] = found
            parts.append(found[1])
        return Markup("\n".join(parts).replace(ROOT_PLACEHOLDER, root))  # noqa: S704 - macros have escaped it

    def once(self, macro: Macro, *arguments: object) -> Markup:
        """Render a macro with these arguments: texts, numbers and views."""
        identities = (each if isinstance(each, _TEXTS) else id(each) for each in arguments)
        key = macro.name, *identities
        if key not in self._once:
            self._once[key] = arguments, Markup(macro(*arguments))  # noqa: S704 - it has escaped it
        return self._once[key][1]

"""Macros whose output is kept: many pages show the same token, stem or song."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.digests import Shared

if TYPE_CHECKING:
    from jinja2.runtime import Macro

TEXT_CALLS = 1000
"""How many calls with texts and numbers alone are kept, of each macro."""
_PLAIN = {str, int, bool, type(None)}


class CachedMacro:
    """A macro that is rendered once for the same texts, numbers and views that pages share.

    Shared views are compared by identity, others never: looking for one of them is quicker than
    telling the two apart first. Values of different types may be equal, but not their outputs: 1
    and True, a text and the same as markup. A macro sees nothing but its arguments and what was
    there when it was defined: those of imported templates see nothing of a page, and those of a
    page's own template are defined anew for each page.

    The pages of 10,000 tokens and their lists take three times as long without this.
    """

    __slots__ = ("_kept", "_macro")

    def __init__(self, macro: Macro) -> None:
        self._macro = macro
        self._kept: dict[tuple[object, ...], tuple[list[type], str]] = {}

    def __call__(self, *arguments: object, **named: object) -> str:
        """Return the macro's output."""
        if named:
            return self._macro(*arguments, **named)
        try:
            kept = self._kept.get(arguments)
        except TypeError:  # a list or a mapping
            return self._macro(*arguments)
        if kept is None:
            return self._render(arguments)
        kinds, output = kept
        return output if kinds == [*map(type, arguments)] else self._macro(*arguments)

    def _render(self, arguments: tuple[object, ...]) -> str:
        output, kinds = self._macro(*arguments), [*map(type, arguments)]
        views = [kind for kind in kinds if kind not in _PLAIN]
        if all(issubclass(view, Shared) for view in views) and (
            views or len(self._kept) < TEXT_CALLS
        ):
            self._kept[arguments] = kinds, output
        return output

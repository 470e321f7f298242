"""Macros whose output is kept: many pages show the same token, stem or song."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.digests import Shared

if TYPE_CHECKING:
    from jinja2.runtime import Macro

TEXT_CALLS = 1000
"""How many calls with texts and numbers alone are kept, of each macro."""
_TEXTS = {str, int}
_SINGLETONS = {bool, type(None)}


class CachedMacro:
    """A macro that is rendered once for the same arguments, if these can be told apart quickly.

    Texts and numbers can, and views that many pages share: they are told apart by identity, and
    kept, so that no other view can have that identity later. A macro sees nothing but its arguments
    and what was there when it was defined: those of imported templates see nothing of a page, and
    those of a page's own template are defined anew for each page.

    The pages of 10,000 tokens and their lists take three times as long without this.
    """

    __slots__ = ("_kept", "_macro")

    def __init__(self, macro: Macro) -> None:
        self._macro = macro
        self._kept: dict[tuple[object, ...], tuple[tuple[object, ...], str]] = {}

    def __call__(self, *arguments: object, **named: object) -> str:
        """Return the macro's output."""
        if len(arguments) == 2 and not named and type(arguments[0]) is str:  # a root and a view
            root, view = arguments
            found = self._kept.get((root, id(view)))
            if found is not None and found[0][1] is view:
                return found[1]
        return self._call(arguments, named)

    def _call(self, arguments: tuple[object, ...], named: dict[str, object]) -> str:
        if named:
            return self._macro(*arguments, **named)
        key, has_view = list[object](), False
        for argument in arguments:
            kind = type(argument)
            if kind in _TEXTS:
                key.append(argument)
            elif issubclass(kind, Shared) or kind in _SINGLETONS:
                key.append(id(argument))
                has_view = True
            else:
                return self._macro(*arguments)
        return self._cached(tuple(key), arguments, has_view=has_view)

    def _cached(
        self, key: tuple[object, ...], arguments: tuple[object, ...], *, has_view: bool
    ) -> str:
        found = self._kept.get(key)
        if found is None:
            found = arguments, self._macro(*arguments)
            if has_view or len(self._kept) < TEXT_CALLS:
                self._kept[key] = found
        return found[1]

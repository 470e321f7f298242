"""Errors of ``mint``: a plan that cannot work, with the numbers that show why."""

from __future__ import annotations

from stempress.core.errors import Fault, SiteError

WHERE = "mint"


def mint_error(key: str, message: str, hint: str, value: object = None) -> SiteError:
    """Return the error of an option, a layer or a stem of a mint."""
    return SiteError([Fault(WHERE, message, key, value, hint)])

"""Reading of TOML and JSON tables: keys and types are checked, faults collected."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from stempress.core.errors import closest, suggestion
from stempress.core.plain_text import is_printable_ascii, to_nfc
from stempress.core.web_urls import url_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stempress.core.errors import Findings

_MISSING = object()
_TYPE_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


class Table:
    """A table of a file: read its keys, then call ``finish`` to report unknown and missing ones.

    Every method returns a valid value even if there is a fault, so that reading can go on.
    """

    def __init__(
        self,
        data: Mapping[str, object],
        where: str,
        findings: Findings,
        prefix: str = "",
        *,
        absent: bool = False,
    ) -> None:
        """Wrap parsed ``data`` of the file ``where``; ``prefix`` is the table's path in the file.

        An ``absent`` table has no required keys: the table itself has been reported as missing.
        """
        self.data, self.where, self.findings, self.prefix = data, where, findings, prefix
        self.absent = absent
        self._known: set[str] = set()
        self._missing: dict[str, str] = {}

    def path(self, key: str) -> str:
        """Return the full path of a key in its file."""
        return f"{self.prefix}.{key}" if self.prefix else key

    def fault(self, key: str, message: str, value: object = None, hint: str = "") -> None:
        """Add a fault of a key."""
        self.findings.fault(self.where, message, key=self.path(key), value=value, hint=hint)

    def warn(self, key: str, message: str, value: object = None, hint: str = "") -> None:
        """Add a warning about a key."""
        self.findings.warn(self.where, message, key=self.path(key), value=value, hint=hint)

    def mark_known(self, *keys: str) -> None:
        """Accept keys that were read from ``data`` directly, or are ignored."""
        self._known.update(keys)

    def _get(self, key: str, *, required: bool = False, hint: str = "") -> object:
        self._known.add(key)
        value = self.data.get(key, _MISSING)
        if value is _MISSING and required and not self.absent:
            self._missing[key] = hint
        return value

    def _typed[T: (str, int, float, bool)](
        self, key: str, kind: type[T], *, required: bool = False, hint: str = ""
    ) -> T | None:
        """Return a value of the type ``kind``; None, with a fault, for one of another type."""
        value = self._get(key, required=required, hint=hint)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = _as_float(value)
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
            return value
        if value is not _MISSING:
            self.fault(key, f"must be {_TYPE_NAMES[kind]}", value)
        return None

    def text(self, key: str, default: str = "", *, required: bool = False, hint: str = "") -> str:
        """Return text in NFC without control characters."""
        plain = self.data.get(key)
        if isinstance(plain, str) and is_printable_ascii(plain) and plain.strip():
            self._known.add(key)
            return plain  # as most texts of a large ledger
        value = self._typed(key, str, required=required, hint=hint)
        if value is None:
            return default
        if required and not value.strip():
            self.fault(key, "must not be empty", value)
        return self._clean(key, value, default)

    def _clean(self, key: str, value: str, default: str = "") -> str:
        """Return text in NFC; the default, with a fault, if it contains control characters."""
        normalized = to_nfc(value)
        if normalized is None:
            self.fault(key, "must not contain control characters", value, "remove them")
            return default
        return normalized

    def integer(
        self, key: str, default: int, low: int, high: int | None = None, *, required: bool = False
    ) -> int:
        """Return an integer from ``low`` to ``high``, both included."""
        value = self._typed(key, int, required=required)
        return default if value is None or self._outside(key, value, low, high) else value

    def number(
        self, key: str, default: float, low: float, high: float, *, required: bool = False
    ) -> float:
        """Return a number from ``low`` to ``high``, both included."""
        value = self._typed(key, float, required=required)
        return default if value is None or self._outside(key, value, low, high) else value

    def _outside(self, key: str, value: float, low: float, high: float | None) -> bool:
        if low <= value and (high is None or value <= high):
            return False
        bounds = (
            f"at least {low}"
            if high is None
            else f"from {_format_bound(low)} to {_format_bound(high)}"
        )
        self.fault(key, f"must be {bounds}", self.data[key])
        return True

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        value = self._typed(key, bool)
        return default if value is None else value

    def choice(
        self, key: str, default: str, choices: Sequence[str], *, required: bool = False
    ) -> str:
        """Return one of the choices."""
        given = self.data.get(key, default)
        if isinstance(given, str):
            value = self.text(key, default, required=required)
            if value in choices or value == default:
                return value
        self.mark_known(key)
        self.fault(key, "is not one of the choices", given, suggestion(str(given), choices))
        return default

    def url(self, key: str, *, placeholders: Sequence[str] = ()) -> str:
        """Return an http(s) URL, "" if there is none or it is invalid."""
        value = self.text(key)
        return value if self.is_url(key, value, placeholders) else ""

    def is_url(self, key: str, value: str, placeholders: Sequence[str] = ()) -> bool:
        """Return whether a value is empty or an http(s) URL; add a fault if it is neither."""
        if not value:
            return True
        fault = url_fault(value, placeholders)
        if fault:
            message, hint = fault
            self.fault(key, message, value, hint)
        return not fault

    def is_plain(self, key: str) -> bool:
        """Return whether a key chosen by the artist is valid text; add a fault if it is not."""
        return self._clean(key, key) != ""

    def texts(self, key: str, *, required: bool = False, hint: str = "") -> tuple[str, ...]:
        """Return a list of strings in NFC without control characters."""
        value = self._get(key, required=required, hint=hint)
        if value is _MISSING:
            return ()
        if not isinstance(value, list) or not {*map(type, value)} <= {str}:
            self.fault(key, "must be a list of strings", value, '["...", "..."]')
            return ()
        if is_printable_ascii("".join(value)):
            return tuple(value)
        return tuple(self._clean(key, item) for item in value)

    def table(self, key: str, *, required: bool = False, hint: str = "") -> Table:
        """Return a table inside this one, an empty one if it is missing or invalid."""
        value = self._get(key, required=required, hint=hint)
        if isinstance(value, dict):
            return Table(value, self.where, self.findings, self.path(key))
        if value is not _MISSING:
            hint = f"write [{self.path(key)}]" if isinstance(value, list) else hint
            self.fault(key, "must be a table", value, hint)
        return Table({}, self.where, self.findings, self.path(key), absent=True)

    def tables(self, key: str, *, required: bool = False) -> Iterator[Table]:
        """Yield the tables of a list."""
        for index, value in enumerate(self.items(key, required=required)):
            yield self.item(key, index, value)

    def items(self, key: str, *, required: bool = False) -> list[object]:
        """Return a list of tables as parsed, for ``item`` to wrap."""
        value = self._get(key, required=required, hint=f"write [[{self.path(key)}]]")
        if value is _MISSING:
            return []
        if not isinstance(value, list):
            self.fault(key, "must be a list of tables", value, f"write [[{self.path(key)}]]")
            return []
        if required and not value:
            self.fault(key, "must not be empty", hint=f"write [[{self.path(key)}]]")
        return value

    def item(self, key: str, index: int, value: object) -> Table:
        """Return an item of a list as a table, an empty one if it is invalid."""
        path = f"{self.path(key)}[{index}]"
        if isinstance(value, dict):
            return Table(value, self.where, self.findings, path)
        self.findings.fault(self.where, "must be a table", key=path, value=value)
        return Table({}, self.where, self.findings, path, absent=True)

    def finish(self, also: Sequence[str] = ()) -> None:
        """Add faults for unknown keys and for missing required ones.

        ``also`` are valid keys that need not be read, for hints.
        """
        if not self._missing and self._known.issuperset(self.data):
            return
        unknown = [key for key in self.data if key not in self._known]
        for key in unknown:
            self.fault(key, "is not a known key", hint=suggestion(key, {*self._known, *also}))
        mistyped = {closest(key, self._missing) for key in unknown}
        for key, hint in self._missing.items():
            if key not in mistyped:
                self.fault(key, "is required but missing", hint=hint)


def _format_bound(bound: float) -> str:
    """Format a number without an exponent or a trailing ``.0``."""
    from decimal import Decimal  # noqa: PLC0415 - only faults need it

    return f"{Decimal(str(bound)):f}".removesuffix(".0")


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf

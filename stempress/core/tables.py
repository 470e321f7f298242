"""Reading tables that strangers wrote: every key known, every type checked, every fault noted."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stempress.core.errors import closest, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stempress.core.errors import Findings

_MISSING = object()
_TYPE_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
CONTROL_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What no text may hold: control characters, what turns its direction, what is no character."""
WEB_SCHEMES = ("http", "https")
MAX_SLUG_BYTES = 200
"""How long a slug can be: a file's name has 255 bytes, and an ending."""


class Table:
    """One table of a file. Ask for its keys, then call ``done``: it refuses others, and absence.

    Every question returns a usable value, so that reading goes on and all faults come together.
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
        """Take the parsed table, its file, and the path of the table in the file.

        Of an ``absent`` table nothing is required: that it is not there has been dealt with.
        """
        self.data, self.where, self.findings, self.prefix = data, where, findings, prefix
        self.absent = absent
        self._asked: set[str] = set()
        self._missing: dict[str, str] = {}

    def path(self, key: str) -> str:
        """Return the full path of a key in its file."""
        return f"{self.prefix}.{key}" if self.prefix else key

    def fault(self, key: str, what: str, value: object = None, hint: str = "") -> None:
        """Note a fault of one key."""
        self.findings.fault(self.where, what, key=self.path(key), value=value, hint=hint)

    def warn(self, key: str, what: str, value: object = None, hint: str = "") -> None:
        """Note a warning about one key."""
        self.findings.warn(self.where, what, key=self.path(key), value=value, hint=hint)

    def mark_known(self, *keys: str) -> None:
        """Count keys as known that were read from ``data`` directly, or not at all."""
        self._asked.update(keys)

    def _get(self, key: str, *, required: bool = False, hint: str = "") -> object:
        self._asked.add(key)
        value = self.data.get(key, _MISSING)
        if value is _MISSING and required and not self.absent:
            self._missing[key] = hint
        return value

    def _typed[T: (str, int, float, bool)](
        self, key: str, kind: type[T], *, required: bool = False, hint: str = ""
    ) -> T | None:
        """Return a value of a type; None, and a fault noted, for what has another one."""
        value = self._get(key, required=required, hint=hint)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = _as_float(value)
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
            return value
        if value is not _MISSING:
            self.fault(key, f"must be {_TYPE_NAMES[kind]}", value)
        return None

    def text(self, key: str, default: str = "", *, required: bool = False, hint: str = "") -> str:
        """Return a line or more of text, without control characters."""
        value = self._typed(key, str, required=required, hint=hint)
        if value is None:
            return default
        if required and not value.strip():
            self.fault(key, "must not be empty", value)
        return self._clean(key, value, default)

    def _clean(self, key: str, value: str, default: str = "") -> str:
        """Return a text in NFC; the default, and a fault noted, if control characters are in it."""
        if _is_clean(value):
            return value
        if CONTROL_CHARACTERS.search(value):
            self.fault(key, "must not hold control characters", value, "remove them")
            return default
        return unicodedata.normalize("NFC", value)

    def integer(self, key: str, default: int, low: int, high: int | None = None) -> int:
        """Return a whole number within bounds."""
        value = self._typed(key, int)
        return default if value is None or self._outside(key, value, low, high) else value

    def number(
        self, key: str, default: float, low: float, high: float, *, required: bool = False
    ) -> float:
        """Return a number within bounds."""
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
        """Return true or false."""
        value = self._typed(key, bool)
        return default if value is None else value

    def choice(
        self, key: str, default: str, choices: Sequence[str], *, required: bool = False
    ) -> str:
        """Return one of a few words."""
        value = self.text(key, default, required=required)
        if value in choices or value == default:
            return value
        self.fault(key, "is not one of the choices", value, suggestion(value, choices))
        return default

    def url(self, key: str, *, placeholders: Sequence[str] = ()) -> str:
        """Return an http or https address, or an empty text."""
        value = self.text(key)
        return value if self.is_url(key, value, placeholders) else ""

    def is_url(self, key: str, value: str, placeholders: Sequence[str] = ()) -> bool:
        """Say whether a value is empty or an http(s) address; note a fault if it is neither."""
        if not value:
            return True
        named = re.findall(r"\{([^{}]*)\}", value)
        unknown = [name for name in named if name not in placeholders]
        if unknown:
            self.fault(
                key,
                f"has an unknown placeholder {{{unknown[0]}}}",
                value,
                suggestion(unknown[0], placeholders),
            )
            return False
        try:
            parts = urlsplit(value)
            fine = (
                parts.scheme in WEB_SCHEMES and bool(parts.hostname) and not re.search(r"\s", value)
            )
        except ValueError:
            fine = False
        if not fine:
            self.fault(key, "must be an address that begins with https:// or http://", value)
        return fine

    def is_plain(self, key: str) -> bool:
        """Say whether a key that the artist chose is a text like others; note a fault if not."""
        return self._clean(key, key) != ""

    def texts(self, key: str, *, required: bool = False, hint: str = "") -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._get(key, required=required, hint=hint)
        if value is _MISSING:
            return ()
        if not isinstance(value, list) or not {*map(type, value)} <= {str}:
            self.fault(key, "must be a list of texts", value, '["...", "..."]')
            return ()
        if _is_clean("".join(value)):
            return tuple(value)
        return tuple(self._clean(key, item) for item in value)

    def table(self, key: str, *, required: bool = False, hint: str = "") -> Table:
        """Return a table inside this one, empty if it is missing."""
        value = self._get(key, required=required, hint=hint)
        if isinstance(value, dict):
            return Table(value, self.where, self.findings, self.path(key))
        if value is not _MISSING:
            hint = f"write [{self.path(key)}]" if isinstance(value, list) else ""
            self.fault(key, "must be a table", value, hint)
        return Table({}, self.where, self.findings, self.path(key), absent=True)

    def tables(self, key: str, *, required: bool = False) -> Iterator[Table]:
        """Yield the tables of a list."""
        for at, item in enumerate(self.items(key, required=required)):
            yield self.item(key, at, item)

    def items(self, key: str, *, required: bool = False) -> list[object]:
        """Return a list of tables as it stands; ``item`` makes a table of each."""
        value = self._get(key, required=required, hint=f"write [[{self.path(key)}]]")
        if value is _MISSING:
            return []
        if not isinstance(value, list):
            self.fault(key, "must be a list of tables", value, f"write [[{self.path(key)}]]")
            return []
        if required and not value:
            self.fault(key, "must not be empty", hint=f"write [[{self.path(key)}]]")
        return value

    def item(self, key: str, at: int, value: object) -> Table:
        """Return one of a list's items as a table, empty if it is none."""
        path = f"{self.path(key)}[{at}]"
        if isinstance(value, dict):
            return Table(value, self.where, self.findings, path)
        self.findings.fault(self.where, "must be a table", key=path, value=value)
        return Table({}, self.where, self.findings, path, absent=True)

    def finish(self, also: Sequence[str] = ()) -> None:
        """Refuse every key that was not asked for, and note required ones that are missing."""
        if not self._missing and self._asked.issuperset(self.data):
            return
        unknown = [key for key in self.data if key not in self._asked]
        for key in unknown:
            self.fault(key, "is not a known key", hint=suggestion(key, {*self._asked, *also}))
        mistyped = {closest(key, self._missing) for key in unknown}
        for key, hint in self._missing.items():
            if key not in mistyped:
                self.fault(key, "is required and missing", hint=hint)


def _is_clean(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _format_bound(bound: float) -> str:
    """Return a number as people write it: no exponent, no needless point."""
    from decimal import Decimal  # noqa: PLC0415 - few sites have such a fault

    return f"{Decimal(str(bound)):f}".removesuffix(".0")


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return inf


def fold_case(address: str) -> str:
    """Return an address as disks see it that take cases and kinds of accents for one another."""
    if address.isascii():
        return address.lower()
    return unicodedata.normalize("NFC", address).casefold()


@lru_cache(maxsize=4096)
def slugify(name: str) -> str:
    """Return a name as it stands in addresses: lower case, words joined by hyphens."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(letter)
    )
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", bare).lower())
    return words.strip("-")


def is_slug(word: str) -> bool:
    """Say whether a file's name can stand in an address as it is."""
    return (
        re.fullmatch(r"\w[\w-]*", word) is not None
        and word == unicodedata.normalize("NFC", word)
        and len(word.encode()) <= MAX_SLUG_BYTES
    )

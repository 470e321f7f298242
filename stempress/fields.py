"""Reading tables that strangers wrote: every key known, every type checked, every fault noted."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from stempress.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stempress.errors import Findings

_MISSING = object()
_KINDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
WEB = ("http", "https")


class Table:
    """One table of a file. Ask for its keys, then call ``done``, which refuses what is left.

    Every question returns a usable value, so that reading goes on and all faults come together.
    """

    def __init__(
        self, data: Mapping[str, object], where: str, findings: Findings, prefix: str = ""
    ) -> None:
        """Take the parsed table, its file, and the path of the table in the file."""
        self.data, self.where, self.findings, self.prefix = data, where, findings, prefix
        self._asked: set[str] = set()

    def path(self, key: str) -> str:
        """Return the full path of a key in its file."""
        return f"{self.prefix}.{key}" if self.prefix else key

    def fault(self, key: str, what: str, value: object = None, hint: str = "") -> None:
        """Note a fault of one key."""
        self.findings.fault(self.where, what, key=self.path(key), value=value, hint=hint)

    def warn(self, key: str, what: str, value: object = None, hint: str = "") -> None:
        """Note a warning about one key."""
        self.findings.warn(self.where, what, key=self.path(key), value=value, hint=hint)

    def mark(self, key: str) -> None:
        """Count a key as known that was read from ``data`` directly."""
        self._asked.add(key)

    def _get(self, key: str, *, required: bool = False) -> object:
        self._asked.add(key)
        value = self.data.get(key, _MISSING)
        if value is _MISSING and required:
            self.fault(key, "is required and missing")
        return value

    def _typed[T: (str, int, float)](
        self, key: str, kind: type[T], default: T, *, required: bool = False
    ) -> T:
        value = self._get(key, required=required)
        if value is _MISSING:
            return default
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return kind(value)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        self.fault(key, f"must be {_KINDS[kind]}", value)
        return default

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return a line or more of text, without control characters."""
        value = self._typed(key, str, default, required=required)
        if required and key in self.data and not value.strip():
            self.fault(key, "must not be empty", value)
        if _CONTROL.search(value):
            self.fault(key, "must not hold control characters", value, "remove them")
            return _CONTROL.sub("", value)
        return unicodedata.normalize("NFC", value)

    def whole(self, key: str, default: int, low: int | None = None, high: int | None = None) -> int:
        """Return a whole number within bounds."""
        value = self._typed(key, int, default)
        return default if self._outside(key, value, low, high) else value

    def number(
        self, key: str, default: float, low: float | None = None, high: float | None = None
    ) -> float:
        """Return a finite number within bounds."""
        value = self._typed(key, float, default)
        return default if self._outside(key, value, low, high) else value

    def _outside(self, key: str, value: float, low: float | None, high: float | None) -> bool:
        if key not in self.data:
            return False
        fits = (low is None or value >= low) and (high is None or value <= high)
        if fits and abs(value) != float("inf"):
            return False
        bounds = " and ".join(
            (
                *([f"at least {low}"] if low is not None else []),
                *([f"at most {high}"] if high is not None else []),
            )
        )
        self.fault(key, f"must be {bounds or 'finite'}", value)
        return True

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._get(key)
        if value is _MISSING:
            return default
        if isinstance(value, bool):
            return value
        self.fault(key, "must be true or false", value)
        return default

    def choice(
        self, key: str, default: str, choices: Sequence[str], *, required: bool = False
    ) -> str:
        """Return one of a few words."""
        value = self.text(key, default, required=required)
        if value in choices or key not in self.data or not isinstance(self.data[key], str):
            return value
        self.fault(key, "is not one of the choices", value, nearest(value, choices))
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
                nearest(unknown[0], placeholders),
            )
            return False
        try:
            parts = urlsplit(value)
            fine = parts.scheme in WEB and bool(parts.hostname) and not re.search(r"\s", value)
        except ValueError:
            fine = False
        if not fine:
            self.fault(key, "must be an address that begins with https:// or http://", value)
        return fine

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._get(key)
        if value is _MISSING:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fault(key, "must be a list of texts", value)
            return ()
        return tuple(value)

    def mapping(self, key: str) -> dict[str, object]:
        """Return a table as it is."""
        value = self._get(key)
        if value is _MISSING:
            return {}
        if not isinstance(value, dict):
            self.fault(key, "must be a table", value)
            return {}
        return value

    def table(self, key: str, *, required: bool = False) -> Table:
        """Return a table inside this one, empty if it is missing."""
        if required and key not in self.data:
            self.fault(key, "is required and missing", hint=f"add a [{self.path(key)}] table")
        return Table(self.mapping(key), self.where, self.findings, self.path(key))

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the tables of a list."""
        value = self._get(key)
        if value is _MISSING:
            return
        if not isinstance(value, list):
            self.fault(key, "must be a list of tables", value, f"write [[{self.path(key)}]]")
            return
        for at, item in enumerate(value):
            path = f"{self.path(key)}[{at}]"
            if isinstance(item, dict):
                yield Table(item, self.where, self.findings, path)
            else:
                self.findings.fault(self.where, "must be a table", key=path, value=item)

    def done(self, also: Sequence[str] = ()) -> None:
        """Refuse every key that was not asked for."""
        for key in self.data:
            if key not in self._asked:
                known = {*self._asked, *also}
                self.fault(key, "is not a known key", hint=nearest(key, known))


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
    return bool(re.fullmatch(r"\w[\w-]*", word)) and word == unicodedata.normalize("NFC", word)


def unique[T](items: Sequence[T], name: Literal["slug", "id"], table: Table, key: str) -> None:
    """Note a fault for every item whose slug, case folded, stands there already."""
    seen: dict[str, str] = {}
    for item in items:
        own = str(getattr(item, name))
        if own.casefold() in seen:
            table.fault(key, f"two of them have the {name} {own!r}", hint="give each its own name")
        seen[own.casefold()] = own

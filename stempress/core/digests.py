"""Digests of values: frozen dataclasses of texts, numbers, dates, and tuples and mappings of these.

A digest covers all that a value has, in order, and nothing else: neither its identity nor its type.
Of a dataclass that is all fields which are compared. A path stands for its file, as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_SUBCLASS


class Shared:
    """A frozen dataclass that is part of many values: its digest is computed once and kept."""

    __slots__ = ("_digest",)
    _digest: str

    def __getstate__(self) -> list[object]:
        """Return the fields' values, without the digest, which pickle could not set."""
        return [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]

    def __setstate__(self, state: list[object]) -> None:
        """Set the fields' values."""
        for field, value in zip(fields(self), state, strict=True):  # type: ignore[arg-type]
            object.__setattr__(self, field.name, value)


def digest_of(*values: object) -> str:
    """Return a hash of values; TypeError for what has none, such as a function or a set."""
    return blake2b(orjson.dumps(values, _plain, _OPTIONS), digest_size=12).hexdigest()


def _plain(value: object) -> object:
    """Return what orjson does not know in types that it does."""
    kind = type(value)
    convert = _converters.get(kind)
    if convert is None:
        convert = _converters[kind] = _converter(kind)
    return convert(value)


_converters: dict[type, Callable[[Any], object]] = {}
"""What to do with values of a type."""


def _converter(kind: type) -> Callable[[Any], object]:
    """Return a function that converts values of a type; TypeError for one without digests."""
    if issubclass(kind, tuple):
        return tuple
    if issubclass(kind, Mapping):
        return dict
    if issubclass(kind, bytes):
        return lambda value: blake2b(value, digest_size=12).hexdigest()
    if issubclass(kind, Path):
        return _file_version
    names = [field.name for field in fields(kind) if field.compare]  # type: ignore[arg-type]
    values_of = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
    return partial(_kept_digest, values_of) if issubclass(kind, Shared) else values_of


def _file_version(path: Path) -> tuple[str, int, int]:
    """Return a file's name, size and mtime (ns)."""
    stat = path.stat()
    return path.name, stat.st_size, stat.st_mtime_ns


def _kept_digest(values_of: Callable[[Shared], tuple[object, ...]], value: Shared) -> str:
    """Return the digest of a shared value."""
    try:
        return value._digest  # noqa: SLF001 - kept for this
    except AttributeError:
        digest = digest_of(values_of(value))
        object.__setattr__(value, "_digest", digest)  # it is frozen
        return digest

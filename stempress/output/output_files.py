"""Files of a site as they are to be written: one by one, or in bundles with one cache key."""

from __future__ import annotations

from functools import cached_property, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    type Content = bytes | Path
    """Bytes, or a file to copy."""

LATE = "late"
"""The key of a file whose function returns the key along with the content.

Where there is no earlier build, nobody asks for keys before, and what they are hashes of is also
what the content is made from.
"""


class KeyedContent(NamedTuple):
    """The content of a file and its cache key."""

    content: Content
    key: str


class OutputFile(NamedTuple):
    """A file of dist/: its address, and its bytes, a file to copy, or a function that returns one.

    ``key`` is a cache key of the content: a file that the last build has written with the same key
    is kept. Without a key, bytes are hashed, and a file to copy is known by its name, size and
    mtime. ``twin`` is the address of the file before this one if it has the same content: the two
    become hard links.
    """

    address: str
    content: Content | Callable[[], Content | KeyedContent]
    key: str = ""
    twin: str = ""

    def produce(self) -> Content:
        """Return the bytes or the file to copy."""
        return self.produce_with_key().content

    def produce_with_key(self) -> KeyedContent:
        """Return the bytes or the file to copy, and the cache key."""
        made = self.content() if callable(self.content) else self.content
        return made if isinstance(made, KeyedContent) else KeyedContent(made, self.key)

    def read(self) -> bytes:
        """Return the bytes."""
        content = self.produce()
        return content if isinstance(content, bytes) else content.read_bytes()

    def with_key(self) -> OutputFile:
        """Return this file with a cache key, computed from the content if it has none."""
        if self.key:
            return self
        content = self.produce()
        if isinstance(content, bytes):
            return self._replace(key=blake2b(content, digest_size=12).hexdigest())
        stat = content.stat()
        return self._replace(key=f"{content.name} {stat.st_size} {stat.st_mtime_ns}")


class Bundle:
    """Files with a common cache key: a bundle whose key is unchanged is kept as a whole.

    The key must depend on the generator and on which files are in the bundle. Without bundles a
    build of 10,000 tokens takes 0.9 s longer after a change of a song's text.
    """

    def __init__(self, name: str, key: str, make: Callable[[], Iterable[OutputFile]]) -> None:
        """Take a unique name, the cache key, and a function that is called at most once."""
        self.name, self.key, self._make = name, key, make

    @cached_property
    def files(self) -> list[OutputFile]:
        """The files."""
        return list(self._make())

    @cached_property
    def by_address(self) -> dict[str, OutputFile]:
        """The files by address."""
        return {file.address: file for file in self.files}


class BundledContent:
    """The content of one of a bundle's files, which are made only if one of them is needed."""

    def __init__(self, bundle: Bundle, address: str) -> None:
        self._bundle, self._address = bundle, address

    def __call__(self) -> bytes | Path:
        """Return the bytes or the file to copy."""
        return self._bundle.by_address[self._address].produce()

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle the file alone: what makes all of them cannot be pickled."""
        return partial, (OutputFile.produce, self._bundle.by_address[self._address])


def flatten(files: Iterable[OutputFile | Bundle]) -> Iterator[OutputFile]:
    """Yield all files, those of bundles included."""
    for item in files:
        if isinstance(item, Bundle):
            yield from item.files
        else:
            yield item


def files_outside(
    items: Iterable[OutputFile | Bundle], bundles: AbstractSet[tuple[str, str]]
) -> list[OutputFile]:
    """Return all files but those of ``bundles``, pairs of name and key."""
    files: list[OutputFile] = []
    for item in items:
        if isinstance(item, OutputFile):
            files.append(item)
        elif (item.name, item.key) not in bundles:
            files += item.files
    return files

"""The files that a site is to hold, one by one or in bundles."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from stempress.output.manifest import BundleManifest, Manifest, OutputFolder


class OutputFile(NamedTuple):
    """One file of dist/: its address below the root, and its bytes, the file to copy, or a maker.

    ``key`` names all that the content follows from: where the last build wrote this address with
    the same key, nothing is made. Without one, bytes are their own key, and a file to copy is known
    by its size and time. ``twin`` is the address of the file before this one if it has the same
    content: then the two are one file of the disk.
    """

    address: str
    content: bytes | Path | Callable[[], bytes | Path]
    key: str = ""
    twin: str = ""

    def produce(self) -> bytes | Path:
        """Return the content, made if it has to be."""
        return self.content() if callable(self.content) else self.content

    def read(self) -> bytes:
        """Return the bytes, made if they have to be."""
        content = self.produce()
        return content if isinstance(content, bytes) else content.read_bytes()

    def with_key(self) -> OutputFile:
        """Return this file with a key; one without has that of its content."""
        if self.key:
            return self
        content = self.produce()
        if isinstance(content, bytes):
            return self._replace(key=blake2b(content, digest_size=12).hexdigest())
        found = content.stat()
        return self._replace(key=f"{content.name} {found.st_size} {found.st_mtime_ns}")


class Bundle:
    """Files that follow from one key together: where it is the same, none of them is looked at.

    A site with another generator, or other files in the bundle, has another key.
    """

    def __init__(self, name: str, key: str, make: Callable[[], Iterable[OutputFile]]) -> None:
        """Take the bundle's name, which no other has; ``make`` is called once, if at all."""
        self.name, self.key, self._make = name, key, make

    @cached_property
    def files(self) -> list[OutputFile]:
        """The files."""
        return list(self._make())


def flatten(files: Iterable[OutputFile | Bundle]) -> Iterator[OutputFile]:
    """Yield every file, those in bundles too."""
    for each in files:
        if isinstance(each, Bundle):
            yield from each.files
        else:
            yield each


def files_outside(
    files: Iterable[OutputFile | Bundle], held: AbstractSet[tuple[str, str]]
) -> list[OutputFile]:
    """Return the files that are not in bundles that are there, by name and key."""
    found: list[OutputFile] = []
    for each in files:
        if isinstance(each, OutputFile):
            found.append(each)
        elif (each.name, each.key) not in held:
            found += each.files
    return found


def has_bundle(tree: OutputFolder, name: str, key: str) -> bool:
    """Say whether a folder was left with the files of a bundle of this key in it."""
    shelf = tree.record.shelves.get(name)
    return shelf is not None and bool(key) and shelf.key == key


class WritePlan:
    """What a site is to hold: bundles that the next site has already, and files one by one.

    Both by the name of their bundle; files outside bundles have the name "".
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.order: list[str] = []
        self.folded: dict[str, BundleManifest] = {}
        self.opened: dict[str, dict[str, OutputFile]] = {}
        self.keys: dict[str, str] = {}
        self._twice: list[str] = []

    def fold(self, name: str, key: str, shelf: BundleManifest) -> None:
        """Take a bundle as it lies in the next site."""
        self.order.append(name)
        self.folded[name], self.keys[name] = shelf, key

    def open(self, name: str, key: str, files: Sequence[OutputFile]) -> None:
        """Take files one by one."""
        self.order.append(name)
        self.opened[name] = found = {file.address: file.with_key() for file in files}
        self.keys[name] = key
        if len(found) < len(files):
            counts = Counter(file.address for file in files)
            self._twice += [address for address, count in counts.items() if count > 1]

    def addresses(self) -> list[str]:
        """Return every address, one that stands twice as often as it stands."""
        found = [each for name in self.order for each in self._addresses(name)]
        return found + self._twice

    def _addresses(self, name: str) -> list[str]:
        shelf = self.folded.get(name)
        return shelf.addresses if shelf else list(self.opened[name])

    def is_laid_out_as(self, record: Manifest) -> bool:
        """Say whether a folder has exactly these addresses."""
        if self._twice:
            return False
        shelves = record.shelves
        if shelves.keys() == self.keys.keys() and all(
            shelves[name].addresses == self._addresses(name) for name in self.order
        ):
            return True
        addresses = self.addresses()
        return len(addresses) == len(record.sizes) and set(addresses) == record.sizes.keys()

    def is_in(self, record: Manifest) -> bool:
        """Say whether a folder that is laid out so has exactly these files."""
        if record.shelves.keys() != self.keys.keys():
            return False
        return all(self._is_on(record.shelves[name], name) for name in self.order)

    def _is_on(self, shelf: BundleManifest, name: str) -> bool:
        if self.keys[name] and self.keys[name] == shelf.key:
            return True
        files = self.opened.get(name)
        known = dict(zip(shelf.addresses, shelf.keys, strict=True))
        return files is not None and known == {each.address: each.key for each in files.values()}

    def files(self) -> dict[str, OutputFile]:
        """Return the files that are to be looked at one by one."""
        return {address: file for files in self.opened.values() for address, file in files.items()}

    def __len__(self) -> int:
        """Return how many files the site has."""
        return sum(map(len, map(self._addresses, self.order)))


def plan_write(
    files: Iterable[OutputFile | Bundle], stage: OutputFolder | None, live: OutputFolder | None
) -> WritePlan:
    """Return what is wanted, in bundles where the next site has them."""
    wanted, loose = WritePlan(), []
    for each in files:
        if isinstance(each, OutputFile):
            loose.append(each)
        elif stage and has_bundle(stage, each.name, each.key) and stage.is_as_left:
            wanted.fold(each.name, each.key, stage.record.shelves[each.name])
        elif live and has_bundle(live, each.name, each.key):
            wanted.open(each.name, each.key, _existing_files(each, live.record.shelves[each.name]))
        else:
            wanted.open(each.name, each.key, each.files)
    wanted.open("", "", loose)
    return wanted


def _existing_files(bundle: Bundle, shelf: BundleManifest) -> list[OutputFile]:
    """Return a bundle's files by the keys that they have in the present site.

    The bundle is opened only for a file that does not lie there any more as it was written.
    """

    def make(address: str) -> bytes | Path:
        return next(file for file in bundle.files if file.address == address).produce()

    return [
        OutputFile(address, partial(make, address), key)
        for address, key in zip(shelf.addresses, shelf.keys, strict=True)
    ]

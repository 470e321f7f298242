"""Downloads of the runtime's pinned files into the cache, from whichever source has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from stempress.core.errors import Fault, SiteError
from stempress.core.files import write_atomically
from stempress.core.units import format_size
from stempress.runtime.sources import MissingError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stempress.runtime.sources import Source

FOLDER_HINT = "name a folder that holds the files with --runtime-from DIR"


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A pinned file.

    ``strip`` lists patterns of archive members that the mixer does not need, ``empty`` modules
    that are imported without need: they are replaced by empty ones.
    """

    name: str
    size: int
    sha256: str
    strip: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    def matches(self, data: bytes) -> bool:
        """Return whether these are the pinned bytes."""
        return len(data) == self.size and sha256(data).hexdigest() == self.sha256


def fetch_files(
    wanted: Sequence[PinnedFile],
    sources: Sequence[Source],
    store: Path,
    report: Callable[[str], None],
    *,
    name: str = "runtime",
) -> dict[str, Path]:
    """Return the paths of all files in ``store``, fetching those that are missing or damaged.

    ``name`` says in reports and faults whose files they are.
    """
    search = Search(list(sources), report, name)
    found: dict[str, Path] = {}
    for pinned in wanted:
        path = found[pinned.name] = store / pinned.name
        if search.is_stored(path, pinned):
            continue
        if (data := search.fetch(pinned)) is not None:
            write_atomically(path, data)
    search.raise_missing()
    return found


@dataclass
class Search:
    """A search through the sources, which skips those that have stopped answering."""

    sources: list[Source]
    report: Callable[[str], None]
    name: str
    reasons: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def is_stored(self, path: Path, pinned: PinnedFile) -> bool:
        """Return whether the cache has the file, undamaged."""
        if not path.is_file():
            self.reasons.setdefault("the cache", "does not have them all")
            return False
        if pinned.matches(path.read_bytes()):
            return True
        self.note("the cache", f"{pinned.name} has rotted")
        return False

    def fetch(self, pinned: PinnedFile) -> bytes | None:
        """Return the file's bytes from the first source that has the pinned ones."""
        for source in tuple(self.sources):
            try:
                data = source.read(pinned.name)
            except UnreachableError as error:
                self.sources.remove(source)
                self.note(source.label, str(error))
            except MissingError as error:
                self.note(source.label, f"{pinned.name}: {error}")
            else:
                if pinned.matches(data):
                    size = format_size(len(data))
                    self.report(f"{self.name}: {pinned.name} from {source.label} ({size})")
                    return data
                self.note(source.label, f"{pinned.name}: not the pinned file, its SHA-256 differs")
        self.missing.append(pinned.name)
        return None

    def note(self, label: str, reason: str) -> None:
        """Report why a source is skipped, and remember it for the fault."""
        self.reasons.setdefault(label, reason)
        self.report(f"{self.name}: {label}: {reason}")

    def raise_missing(self) -> None:
        """Raise one fault with all missing files and the reason of every source."""
        if not self.missing:
            return
        tried = "".join(f"\n    {label}: {reason}" for label, reason in self.reasons.items())
        what = f"no source has {', '.join(self.missing)}; tried:{tried}"
        hint = f"{FOLDER_HINT}, or press without the mixer's runtime: --without-runtime"
        raise SiteError([Fault(self.name, what, hint=hint)])

"""Sources of the runtime's files: a folder, the CDN, a package index.

It does not matter who serves a file, since each is checked against its pinned SHA-256.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tarfile import TarError
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from stempress.core.errors import Fault, SiteError
from stempress.core.units import format_size

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from remotezip import RemoteZip
    from requests import Session

CONNECT_SECONDS = 5
READ_SECONDS = 60
FOLDER_HINT = "name a folder that holds the files with --runtime-from DIR"
# -P: keeps the checkout's modules from shadowing pip's.
PIP = (
    *(sys.executable, "-P", "-m", "pip", "--quiet", "--retries=1"),
    *("--disable-pip-version-check", "--no-input"),
)
FIND_WHEEL = (
    "install",
    "--dry-run",
    "--no-deps",
    "--ignore-requires-python",
    "--only-binary=:all:",
)


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


class MissingError(Exception):
    """A source does not have a file, but may have others."""


class UnreachableError(Exception):
    """A source does not answer, and should not be asked for other files."""


class Source(Protocol):
    """A place that may have the runtime's files."""

    label: str

    def read(self, name: str) -> bytes:
        """Return a file's bytes, or raise MissingError or UnreachableError."""


@dataclass
class Folder:
    """A folder with the files in it."""

    label: str
    path: Path

    def read(self, name: str) -> bytes:
        """Return the file of that name."""
        if not self.path.is_dir():
            raise UnreachableError("no such folder")
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise MissingError(error.strerror or str(error)) from error


@dataclass
class Cdn:
    """The host where a project publishes its files."""

    address: str
    label: str = "the CDN"

    @cached_property
    def session(self) -> Session:
        """HTTP session, so that files share a connection."""
        from requests import Session  # noqa: PLC0415 - most builds have all files

        return Session()

    def read(self, name: str) -> bytes:
        """Return ``<address>/<name>``."""
        from requests import HTTPError, RequestException  # noqa: PLC0415

        try:
            with self.session.get(
                self.address + name, timeout=(CONNECT_SECONDS, READ_SECONDS)
            ) as answer:
                answer.raise_for_status()
                return answer.content
        except HTTPError as error:
            raise MissingError(f"status {error.response.status_code}") from error
        except RequestException as error:
            raise UnreachableError(f"cannot connect ({type(error).__name__})") from error


@dataclass
class PythonIndex:
    """A wheel of the Python index that pip is configured for, read member by member."""

    package: str
    version: str
    folder: str
    label: str = "the Python index"

    @cached_property
    def address(self) -> str:
        """The wheel's address, as pip's own configuration resolves it."""
        command = [*PIP, *FIND_WHEEL, "--report", "-", f"{self.package}=={self.version}"]
        try:
            done = subprocess.run(  # noqa: S603 - fixed words and the pin
                command, capture_output=True, check=True, timeout=READ_SECONDS, text=True
            )
            address: str = json.loads(done.stdout)["install"][0]["download_info"]["url"]
        except subprocess.CalledProcessError as error:
            raise UnreachableError(f"pip: {last_line(error.stderr)}") from error
        except (subprocess.TimeoutExpired, OSError, ValueError, LookupError) as error:
            raise UnreachableError(f"pip gave no address ({type(error).__name__})") from error
        return address

    @cached_property
    def wheel(self) -> RemoteZip:
        """The wheel; opening it reads only its directory."""
        from remotezip import RemoteIOError, RemoteZip  # noqa: PLC0415

        try:
            return RemoteZip(self.address, timeout=(CONNECT_SECONDS, READ_SECONDS))
        except (RemoteIOError, OSError) as error:
            raise UnreachableError(f"no range requests ({type(error).__name__})") from error

    def read(self, name: str) -> bytes:
        """Return the wheel's member of that name."""
        from remotezip import RemoteIOError  # noqa: PLC0415

        try:
            data: bytes = self.wheel.read(self.folder + name)
        except KeyError as error:
            raise MissingError(f"not in {self.package} {self.version}") from error
        except (RemoteIOError, OSError) as error:
            raise UnreachableError(f"connection lost ({type(error).__name__})") from error
        return data


@dataclass
class NpmPackage:
    """A package of the registry that npm is configured for."""

    package: str
    version: str
    label: str = "the npm registry"

    @cached_property
    def members(self) -> dict[str, bytes]:
        """The package's files by their paths in it."""
        npm = shutil.which("npm")
        if npm is None:
            raise UnreachableError("npm is not installed")
        with TemporaryDirectory() as scratch:
            name = f"{self.package}@{self.version}"
            command = [npm, "pack", name, "--pack-destination", scratch, "--loglevel=error"]
            try:
                subprocess.run(  # noqa: S603 - the pin
                    command, capture_output=True, check=True, timeout=READ_SECONDS, text=True
                )
                (packed,) = Path(scratch).iterdir()
                return read_tarball(packed)
            except subprocess.CalledProcessError as error:
                raise UnreachableError(f"npm: {last_line(error.stderr)}") from error
            except (subprocess.TimeoutExpired, OSError, ValueError, TarError) as error:
                raise UnreachableError(f"npm gave nothing ({type(error).__name__})") from error

    def read(self, name: str) -> bytes:
        """Return the package's file of that path."""
        try:
            return self.members[name]
        except KeyError as error:
            raise MissingError(f"not in {self.package} {self.version}") from error


def read_tarball(path: Path) -> dict[str, bytes]:
    """Return an npm tarball's files by their paths below its one folder."""
    with tarfile.open(path) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name.partition("/")[2]: file.read() for name, file in files.items() if file}


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


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file atomically, so that another build never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as partial:
        partial.write(data)
    Path(partial.name).replace(path)


def last_line(text: str) -> str:
    """Return the last line that is not blank, where pip gives its reason."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"

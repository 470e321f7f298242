"""Sources of the runtime's files that are package registries: those of Python and of npm."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tarfile import TarError
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from stempress.runtime.sources import (
    CONNECT_SECONDS,
    READ_SECONDS,
    MissingError,
    UnreachableError,
)

if TYPE_CHECKING:
    from remotezip import RemoteZip

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


def last_line(text: str) -> str:
    """Return the last line that is not blank, where pip gives its reason."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"

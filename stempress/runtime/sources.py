"""Sources of the runtime's files: a folder, and the host where a project publishes its files.

It does not matter who serves a file, since each is checked against its pinned SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Session

CONNECT_SECONDS = 5
READ_SECONDS = 60


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

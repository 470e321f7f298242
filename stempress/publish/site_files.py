"""The files of a built site by address, and the problems that they can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST_FILES = frozenset({"_headers", "_redirects"})
"""Configuration files, which hosts read and need not serve."""


class Problem(NamedTuple):
    """A problem that any number of files can have."""

    message: str
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The addresses of a site: files with their sizes in bytes, and folders with a final slash."""

    files: Mapping[str, int]
    folders: frozenset[str]

    def serves(self, address: str) -> bool:
        """Return whether hosts serve this address without a redirect."""
        if address == "" or address.endswith("/"):
            return f"{address}index.html" in self.files
        return address in self.files

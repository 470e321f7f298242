"""Protocols of whatever does work in parallel: threads and processes, or a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Pending(Protocol):
    """Work on its way."""

    def result(self) -> Any:  # noqa: ANN401 - whatever the work returns
        """Wait for it; raises what it raised."""


class Workers(Protocol):
    """Whoever does the work."""

    def submit(self, function: Callable[..., object], /, *given: object) -> Pending:
        """Begin ``function(*given)``; any of ``given``, or of a list in it, may be Pending."""

    def submit_to_process(self, function: Callable[..., object], /, *given: object) -> Pending:
        """Begin what keeps the interpreter to itself; nothing of ``given`` is Pending."""

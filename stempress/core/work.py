"""Protocols of parallel work: what threads, processes and clusters have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Pending(Protocol):
    """A submitted call."""

    def result(self) -> Any:  # noqa: ANN401 - whatever the function returns
        """Wait, and return or raise what the call did."""


class Workers(Protocol):
    """Whatever runs calls in parallel."""

    def submit(self, function: Callable[..., object], /, *arguments: object) -> Pending:
        """Schedule a call. Arguments, and items of lists among them, may be Pending."""

    def submit_to_process(self, function: Callable[..., object], /, *arguments: object) -> Pending:
        """Schedule a call that holds the GIL; no argument is Pending."""

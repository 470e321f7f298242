"""How many blocks to ask an endpoint for in one request of logs, and what it has allowed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root, digest
from stempress.core.files import write_text_atomically
from stempress.drop.rpc_errors import LimitedError, suggested_spans

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.drop.rpc_errors import EndpointError

FIRST_SPAN = 2_000
MAX_SPAN = 500_000
GROW_EVERY = 8
"""Requests before blocks that had too much in them are asked for in larger numbers again."""
RETRY_EVERY = 100
"""After so many requests of the largest size allowed, one asks for more: limits may be lifted."""


@dataclass(slots=True)
class LogSpan:
    """Size of the next request, in blocks.

    ``allowed`` is the largest size that was answered, ``refused`` the smallest that was refused
    for its size. ``crowded``: blocks had too much in them. ``doubted`` was refused without a clear
    reason: the size, or the rate?
    """

    size: int = FIRST_SPAN
    allowed: int = 0
    refused: int | None = None
    crowded: bool = False
    doubted: int = 0
    doubts: int = 0
    successes: int = 0

    @property
    def next_size(self) -> int:
        """Number of blocks to ask for: one, to find out why more were refused twice."""
        if self.doubts == 2:
            return 1
        if self.refused is not None and self.successes >= RETRY_EVERY:
            return min(2 * self.size, MAX_SPAN)
        return self.size

    def succeed(self, span: int) -> None:
        """Note that so many blocks were answered; larger requests follow."""
        if self.doubts == 2:
            self._limit(self.doubted)
        self.doubts = 0
        self.successes += 1
        self.allowed = max(self.allowed, span)
        if self.refused is not None and span >= self.refused:
            self.refused = None
        if span < self.size:
            return
        if self.crowded:
            if self.successes % GROW_EVERY == 0:
                self.size = min(self._largest(), self.size + max(1, self.size // 4))
        else:
            self.size = self._largest() if self.refused else min(2 * span, MAX_SPAN)

    def _largest(self) -> int:
        """Return the largest size to try: halfway to what was refused, unless that is near."""
        if self.refused is None:
            return MAX_SPAN
        gap = self.refused - self.allowed
        return self.allowed + gap // 2 if gap > self.allowed // 2 else self.allowed

    def refuse(self, span: int, error: EndpointError) -> bool:
        """Note a refusal; return whether to ask again at once, for fewer blocks."""
        if isinstance(error, LimitedError):
            self.doubts = 0
            if span > 1:
                hints = suggested_spans(str(error), span)
                self._limit(span, hints[0] if hints else 0, lasting=error.lasting)
            return span > 1
        if self.doubts == 2:  # one block was refused like many: it is the rate
            self.doubts = 0
        elif span > 1:
            self.doubts = self.doubts + 1 if self.doubted == span else 1
            self.doubted = span
        return False

    def _limit(self, span: int, hint: int = 0, *, lasting: bool = True) -> None:
        """Lower the size below a span that was refused."""
        self.successes = 0
        if not lasting:
            self.crowded = True
            self.size = hint or max(1, span // 2)
            return
        if self.refused is not None and span > self.refused:
            return  # asked for more than is allowed, in case the limit had been lifted
        self.refused = span
        self.allowed = min(self.allowed, span - 1)
        fallback = self._largest() if self.allowed else max(1, span // 4)
        self.size = hint if hint > self.allowed else fallback


def limits_path() -> Path:
    """Return the file with what endpoints have allowed."""
    return cache_root() / "chain" / "limits.json"


def recall_span(url: str) -> LogSpan:
    """Return the size that an endpoint allowed in earlier syncs."""
    try:
        allowed, refused = json.loads(limits_path().read_text("ascii"))[_key(url)]
    except (OSError, ValueError, KeyError, TypeError):
        return LogSpan()
    if not (isinstance(allowed, int) and isinstance(refused, int) and 0 < allowed < refused):
        return LogSpan()
    return LogSpan(allowed, allowed, refused)


def save_spans(spans: dict[str, LogSpan]) -> None:
    """Save what endpoints, by URL, have allowed, beside what is known of others."""
    path = limits_path()
    try:
        known = json.loads(path.read_text("ascii"))
    except (OSError, ValueError):
        known = {}
    found = dict(known) if isinstance(known, dict) else {}
    for url, span in spans.items():
        found.pop(_key(url), None)
        if span.refused is not None and span.allowed:
            found[_key(url)] = [span.allowed, span.refused]
    if found != known:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomically(path, json.dumps(found) + "\n")


def _key(url: str) -> str:
    """Return a name for an endpoint: its URL often contains an API key."""
    return digest("endpoint", url)[:24]

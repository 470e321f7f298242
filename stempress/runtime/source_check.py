"""Where the runtime would come from, without fetching all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.cache import cache_root
from stempress.runtime.sources import MissingError, UnreachableError

if TYPE_CHECKING:
    from stempress.runtime.pin import Pin


def runtime_source(pin: Pin) -> tuple[str, str]:
    """Return the first source that has the smallest pinned file, or "" and why none has it."""
    folder = cache_root() / f"pyodide-{pin.version}" / "pinned"
    if all((folder / file.name).is_file() for file in pin.files):
        return "in the cache", ""
    smallest = min(pin.files, key=lambda file: file.size)
    reasons = []
    for source in pin.sources(None):
        try:
            data = source.read(smallest.name)
        except (UnreachableError, MissingError) as error:
            reasons.append(f"{source.label}: {error}")
            continue
        if smallest.matches(data):
            return f"from {source.label}", ""
        reasons.append(f"{source.label}: has other bytes")
    return "", "; ".join(reasons)

"""JSON on standard output, for programs that run a command."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from stempress.core.errors import report_faults
from stempress.core.notation import show_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stempress.core.errors import Fault, SiteError
    from stempress.core.progress import Progress


def print_json(data: Mapping[str, object]) -> None:
    """Write an object to standard output; in ASCII, which consoles of any encoding take."""
    sys.stdout.write(json.dumps(data, indent=2) + "\n")


def report_errors(error: SiteError, progress: Progress, *, as_json: bool) -> None:
    """Log the faults that end a command; with ``as_json`` write them to standard output as well."""
    report_faults(error, progress.log)
    if as_json:
        print_json({"errors": fault_objects(error.faults)})


def fault_objects(faults: Iterable[Fault]) -> list[dict[str, object]]:
    """Return faults as objects without empty fields."""
    names = ("where", "key", "message", "value", "hint")
    rows = [{name: getattr(fault, name) for name in names} for fault in faults]
    return [
        {
            name: value if isinstance(value, str) else show_value(value, as_json=True)
            for name, value in row.items()
            if value not in ("", None)
        }
        for row in rows
    ]

"""Faults of Stempress itself: reported like others; the traceback goes to a log.

``working_on`` notes the file on an exception that passes; the report names it.
"""

# ruff: noqa: PLC0415 - few commands crash

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root
from stempress.core.errors import Fault, SiteError
from stempress.core.notation import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CRASHED = 70
"""The exit status after a fault of Stempress itself, as sysexits.h has it."""
FOLDER = "crashes"
"""The folder of the logs in the cache."""
MOST_LOGS = 20
_NOTE = "While working on "


@contextmanager
def working_on(where: object) -> Iterator[None]:
    """Note on an unexpected exception which file was being worked on."""
    try:
        yield
    except (SiteError, OSError):
        raise
    except Exception as error:
        error.add_note(f"{_NOTE}{where}")
        raise


def crash_fault(error: Exception, arguments: Sequence[str]) -> Fault:
    """Return an unexpected exception as a fault of the file, with the log of its traceback."""
    if isinstance(error, MemoryError):
        return Fault(_place(error), "needs more memory than there is", hint="close other programs")
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("stempress"):
        hint = "install Stempress again, or run make in its checkout"
        return Fault("Python", f"has no package {error.name}", value=sys.executable, hint=hint)
    text = show_value(error) if error.args else type(error).__name__
    message = f"cannot be handled, because of a fault in Stempress: {text}"
    return Fault(_place(error), message, hint=_advice(write_crash_log(error, arguments)))


def write_crash_log(error: BaseException, arguments: Sequence[str]) -> Path | None:
    """Write an exception's traceback to a log; return its path, None if no disk takes it."""
    import platform
    import tempfile
    import traceback
    from datetime import UTC, datetime

    time = datetime.now(UTC)
    system = f"Python {platform.python_version()}, {platform.platform()}"
    head = f"{time:%Y-%m-%d %H:%M:%S} UTC, {system}\narguments: {[*arguments]!r}\n"
    content = (head + "".join(traceback.format_exception(error))).encode(errors="backslashreplace")
    for folder in (cache_root() / FOLDER, Path(tempfile.gettempdir()) / "stempress-crashes"):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{time:%Y-%m-%d-%H-%M-%S-%f}.log"
            path.write_bytes(content)
            for old in sorted(folder.glob("*.log"))[:-MOST_LOGS]:
                old.unlink()
            return path
    return None


def _advice(path: Path | None) -> str:
    if path is None:
        return "report it where you have Stempress from"
    return f"report it where you have Stempress from, with the traceback in {path}"


def _place(error: Exception) -> str:
    """Return the innermost file that is noted on an exception."""
    notes: list[str] = getattr(error, "__notes__", [])
    places = [note.removeprefix(_NOTE) for note in notes if note.startswith(_NOTE)]
    return places[0] if places else "this command"

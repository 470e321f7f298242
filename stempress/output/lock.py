"""The lock of a site: one build of a folder at a time."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from stempress.core import system
from stempress.output.state_folder import STAGING, ensure_state_folder, state_folder
from stempress.output.swap import complete_swap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stempress.core.progress import Progress

LOCK = "lock"


@contextmanager
def lock_output(out: Path, progress: Progress) -> Iterator[None]:
    """Lock ``out`` for this build; wait while another build has it. The lock ends with its process.

    The lock file is never removed: two builds could then lock two files of the same name.
    """
    state = state_folder(out)
    ensure_state_folder(state)
    message = f"another build is writing {out}: waiting for it to finish"
    with system.lock_file(state / LOCK, partial(progress.log, message)):
        complete_swap(state / STAGING, out)
        yield

"""Work on many things: the same results from one process or several."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from stempress.core.forking import BATCH, HAND, MANY, WORTH, in_batches
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence


def named(things: Sequence[int]) -> list[tuple[int, int]]:
    """Return each thing with the process that it was given to."""
    if -1 in things:
        raise ValueError("a thing that nobody wants")
    time.sleep(0.01)  # longer than it takes another process to begin
    return [(thing, os.getpid()) for thing in things]


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("count", [WORTH + 7, MANY - 1, MANY + 100])
def test_results_come_in_order(jobs: int, count: int) -> None:
    batches = list(in_batches(named, range(count), jobs))
    assert [thing for batch in batches for thing, _ in batch] == list(range(count))
    assert max(map(len, batches)) <= BATCH


@pytest.mark.parametrize("count", [WORTH, WORTH + HAND, MANY])
def test_what_goes_wrong_in_another_process_is_raised_here(count: int) -> None:
    with pytest.raises(ValueError, match="nobody wants"):
        list(in_batches(named, [*range(count), -1], 2))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
def test_another_process_works_meanwhile() -> None:
    script = (
        "import os; from stempress.core.forking import meanwhile; later = meanwhile(os.getpid)\n"
        "print(later() != os.getpid())"
    )
    assert _said(script) == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
def test_a_helping_process_that_is_killed_is_noticed() -> None:
    script = (
        "import os, signal; from stempress.core.forking import meanwhile\n"
        "later = meanwhile(lambda: os.kill(os.getpid(), signal.SIGKILL))\n"
        "try: later()\n"
        "except ChildProcessError as error: print(error)"
    )
    assert _said(script) == "a process that was to help has ended"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
@pytest.mark.parametrize(
    ("jobs", "count", "forks"), [(2, MANY, 2), (2, WORTH, 1), (2, WORTH - 1, 0), (1, MANY, 0)]
)
def test_much_work_is_done_by_as_many_processes_as_were_asked_for(
    jobs: int, count: int, forks: int
) -> None:
    script = (
        "import os, sys; from tests.core.test_forking import named\n"
        "from stempress.core.forking import in_batches\n"
        f"found = [each for batch in in_batches(named, range({count}), {jobs}) for each in batch]\n"
        "print(len({who for _, who in found} - {os.getpid()}))"
    )
    said = int(_said(script))
    assert said <= forks
    assert bool(said) == bool(forks)


def _said(script: str) -> str:
    """Return what a process of its own prints: it has no other threads."""
    command = [sys.executable, "-c", script]
    return subprocess.check_output(command, cwd=ROOT, text=True).strip()  # noqa: S603

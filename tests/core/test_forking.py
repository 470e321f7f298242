"""Work on many things: the same results from one process or several."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from stempress.core.forking import (
    BATCH_SIZE,
    FORK_THRESHOLD,
    POOL_THRESHOLD,
    SMALL_BATCH_SIZE,
    map_in_batches,
)
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
@pytest.mark.parametrize("count", [FORK_THRESHOLD + 7, POOL_THRESHOLD - 1, POOL_THRESHOLD + 100])
def test_results_come_in_order(jobs: int, count: int) -> None:
    batches = list(map_in_batches(named, range(count), jobs))
    assert [thing for batch in batches for thing, _ in batch] == list(range(count))
    assert max(map(len, batches)) <= BATCH_SIZE


@pytest.mark.parametrize(
    "count", [FORK_THRESHOLD, FORK_THRESHOLD + SMALL_BATCH_SIZE, POOL_THRESHOLD]
)
def test_what_goes_wrong_in_another_process_is_raised_here(count: int) -> None:
    with pytest.raises(ValueError, match="nobody wants"):
        list(map_in_batches(named, [*range(count), -1], 2))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
def test_another_process_works_meanwhile() -> None:
    script = (
        "import os; from stempress.core.forking import start_in_fork\n"
        "later = start_in_fork(os.getpid)\n"
        "print(later() != os.getpid())"
    )
    assert _said(script) == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
def test_a_helping_process_that_is_killed_is_noticed() -> None:
    script = (
        "import os, signal; from stempress.core.forking import start_in_fork\n"
        "later = start_in_fork(lambda: os.kill(os.getpid(), signal.SIGKILL))\n"
        "try: later()\n"
        "except ChildProcessError as error: print(error)"
    )
    assert _said(script) == "a worker process ended without a result"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
@pytest.mark.parametrize(
    ("jobs", "count", "forks"),
    [
        (2, POOL_THRESHOLD, 2),
        (2, FORK_THRESHOLD, 1),
        (2, FORK_THRESHOLD - 1, 0),
        (1, POOL_THRESHOLD, 0),
    ],
)
def test_much_work_is_done_by_as_many_processes_as_were_asked_for(
    jobs: int, count: int, forks: int
) -> None:
    script = (
        "import os, sys; from tests.core.test_forking import named\n"
        "from stempress.core.forking import map_in_batches\n"
        f"batches = map_in_batches(named, range({count}), {jobs})\n"
        "found = [pair for batch in batches for pair in batch]\n"
        "print(len({who for _, who in found} - {os.getpid()}))"
    )
    said = int(_said(script))
    assert said <= forks
    assert bool(said) == bool(forks)


def _said(script: str) -> str:
    """Return what a process of its own prints: it has no other threads."""
    command = [sys.executable, "-c", script]
    return subprocess.check_output(command, cwd=ROOT, text=True).strip()  # noqa: S603

"""Work on many things: the same results from one process or several."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stempress.jobs import BATCH, WORTH, in_batches
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence


def named(things: Sequence[int]) -> list[tuple[int, int]]:
    """Return each thing with the process that it was given to."""
    if -1 in things:
        raise ValueError("a thing that nobody wants")
    return [(thing, os.getpid()) for thing in things]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_order(jobs: int) -> None:
    things = range(WORTH + 100)
    batches = list(in_batches(named, things, jobs))
    assert [thing for batch in batches for thing, _ in batch] == list(things)
    assert max(map(len, batches)) == BATCH


def test_what_goes_wrong_in_another_process_is_raised_here() -> None:
    with pytest.raises(ValueError, match="nobody wants"):
        list(in_batches(named, [*range(WORTH), -1], 2))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
@pytest.mark.parametrize(
    ("jobs", "count", "forks"), [(2, WORTH, 2), (2, WORTH - 1, 0), (1, 999, 0)]
)
def test_much_work_is_done_by_as_many_processes_as_were_asked_for(
    jobs: int, count: int, forks: int
) -> None:
    script = (
        "import os, sys; from tests.test_jobs import named; from stempress.jobs import in_batches\n"
        f"found = [each for batch in in_batches(named, range({count}), {jobs}) for each in batch]\n"
        "print(len({who for _, who in found} - {os.getpid()}))"
    )
    command = [sys.executable, "-c", script]
    said = subprocess.check_output(command, cwd=ROOT, text=True)  # noqa: S603
    assert int(said) <= forks
    assert bool(int(said)) == bool(forks)

"""Work on many things: the same results from one process or several, however they start."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stempress.core import processes
from stempress.core.processes import BATCH_SIZE, in_background, map_in_batches, start_method

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]  # tests.conftest imports browsers, in every process
METHODS = ["fork", "spawn"] if sys.platform == "linux" else ["spawn"]
FEW, MANY = 200, 7 * BATCH_SIZE + 5


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have pools start in every way there is, for fewer things than usual."""
    start: str = request.param
    monkeypatch.setattr(processes, "start_method", lambda: start)
    monkeypatch.setattr(processes, "MIN_ITEMS", {start: FEW})
    return start


def named(things: Sequence[int]) -> list[tuple[int, int]]:
    """Return each thing with the process that it was given to."""
    if -1 in things:
        raise ValueError("a thing that nobody wants")
    time.sleep(0.01)  # longer than it takes another process to begin
    return [(thing, os.getpid()) for thing in things]


def killed(_: Sequence[int]) -> list[int]:
    """End this process as the system would."""
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def waiting(_: Sequence[int]) -> list[int]:
    """Say that this process works, and go on for long."""
    os.write(1, b"at work\n")
    time.sleep(60)
    return []


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.usefixtures("method")
def test_results_come_in_order(jobs: int) -> None:
    with map_in_batches(named, range(MANY), jobs) as results:
        batches = list(results)
    assert [thing for batch in batches for thing, _ in batch] == list(range(MANY))
    assert max(map(len, batches)) <= BATCH_SIZE
    assert (os.getpid() in {who for batch in batches for _, who in batch}) == (jobs == 1)


@pytest.mark.usefixtures("method")
def test_what_goes_wrong_in_another_process_is_raised_here() -> None:
    with (
        pytest.raises(ValueError, match="nobody wants"),
        map_in_batches(named, [*range(MANY), -1], 2) as results,
    ):
        list(results)


@pytest.mark.posix
@pytest.mark.usefixtures("method")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_process_that_is_killed_is_noticed() -> None:
    with (
        pytest.raises(ChildProcessError, match="ended without a result"),
        map_in_batches(killed, range(MANY), 2) as results,
    ):
        list(results)


@pytest.mark.posix
@pytest.mark.parametrize("start", METHODS)
@pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")
def test_ctrl_c_ends_all_processes_and_one_says_so(start: str) -> None:
    script = (
        "from tests.core.test_processes import MANY, waiting\n"
        "from stempress.core import processes\n"
        f"processes.start_method, processes.MIN_ITEMS = lambda: {start!r}, {{ {start!r}: 1 }}\n"
        "try:\n"
        "    with processes.map_in_batches(waiting, range(MANY), 2) as results:\n"
        "        list(results)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped')"
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", script],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(2)]
        os.killpg(process.pid, signal.SIGINT)
        rest = process.communicate()
    assert [*said, *rest] == ["at work\n", "at work\n", "stopped\n", ""]


@pytest.mark.usefixtures("method")
def test_little_work_is_done_by_this_process() -> None:
    with map_in_batches(named, range(FEW - 1), 2) as results:
        assert {who for batch in results for _, who in batch} == {os.getpid()}


def test_a_process_with_threads_does_not_fork() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert start_method() == "spawn"
    finally:
        done.set()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not fork")
def test_processes_start_before_the_caller_starts_threads() -> None:
    """A progress bar has a thread; yet all cores are busy."""
    script = (
        "import os, sys, threading; from tests.core.test_processes import named\n"
        "from stempress.core.processes import MIN_ITEMS, map_in_batches\n"
        "with map_in_batches(named, range(MIN_ITEMS['fork']), 2) as results:\n"
        "    threading.Thread(target=print, args=('bar',)).start()\n"
        "    found = [pair for batch in results for pair in batch]\n"
        "print(os.getpid() in {who for _, who in found})"
    )
    assert _said(script).split() == ["bar", "False"]


def _said(script: str) -> str:
    """Return what a process of its own prints: it has no other threads."""
    command = [sys.executable, "-c", script]
    return subprocess.check_output(command, cwd=ROOT, text=True).strip()  # noqa: S603


def test_another_process_works_in_the_background(method: str) -> None:
    with in_background(os.getpid) as wait:
        assert (wait() == os.getpid()) == (method == "spawn")


@pytest.mark.usefixtures("method")
def test_what_fails_in_the_background_is_raised_here() -> None:
    with (
        in_background(partial(named, [-1])) as wait,
        pytest.raises(ValueError, match="nobody wants"),
    ):
        wait()


@pytest.mark.usefixtures("method")
def test_what_is_killed_in_the_background_is_done_here() -> None:
    def pid() -> int:
        if os.getpid() != this:
            killed([])
        return os.getpid()

    this = os.getpid()
    with in_background(pid) as wait:
        assert wait() == this


def test_what_nobody_waits_for_is_ended() -> None:
    with in_background(partial(time.sleep, 3600)):
        pass
    assert not multiprocessing.active_children()

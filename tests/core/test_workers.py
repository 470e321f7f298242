"""Workers: none of them is left behind."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 30
STARTING = """
import sys, time
from stempress.core.workers import LocalWorkers
from tests.core.test_workers import hold
if __name__ == "__main__":
    LocalWorkers().submit_to_process(hold, sys.argv[1])
    time.sleep(60)
"""


def hold(pipe: str) -> None:
    """Keep the end of a pipe open that tells when this process is gone."""
    os.write(os.open(pipe, os.O_WRONLY), b"x")


def read(pipe: int) -> bytes:
    """Return what comes next; nothing at the end."""
    assert select.select([pipe], [], [], SECONDS)[0], "the worker is still there"
    return os.read(pipe, 1)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_processes_end_with_a_build_that_is_killed(tmp_path: Path) -> None:
    path, script = tmp_path / "pipe", tmp_path / "starting.py"
    os.mkfifo(path)
    script.write_text(STARTING)
    command = [sys.executable, str(script), str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment) as build:  # noqa: S603
        pipe = os.open(path, os.O_RDONLY)
        assert read(pipe) == b"x"
        build.kill()
    assert read(pipe) == b""
    os.close(pipe)

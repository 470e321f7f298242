"""Workers: none of them is left behind."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.core.test_processes import METHODS

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 30
STARTING = """
import sys, time
from stempress.core.processes import process_pool
from tests.core.test_workers import hold
if __name__ == "__main__":
    pool = process_pool(2, sys.argv[2])
    for _ in range(2):
        pool.submit(hold, sys.argv[1])
    time.sleep(60)
"""


def hold(pipe: str) -> None:
    """Keep the end of a pipe open that tells when this process is gone."""
    os.write(os.open(pipe, os.O_WRONLY), b"x")
    time.sleep(10 * SECONDS)


def read(pipe: int) -> bytes:
    """Return what comes next; nothing at the end."""
    assert select.select([pipe], [], [], SECONDS)[0], "the worker is still there"
    return os.read(pipe, 1)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="named pipes")
@pytest.mark.parametrize("method", METHODS)
def test_processes_end_with_a_build_that_is_killed(tmp_path: Path, method: str) -> None:
    path, script = tmp_path / "pipe", tmp_path / "starting.py"
    os.mkfifo(path)
    script.write_text(STARTING)
    command = [sys.executable, str(script), str(path), method]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment) as build:  # noqa: S603
        pipe = os.open(path, os.O_RDONLY)
        assert read(pipe) + read(pipe) == b"xx"
        build.kill()
    assert read(pipe) == b""
    os.close(pipe)

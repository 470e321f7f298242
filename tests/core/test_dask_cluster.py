"""The same work on a Dask cluster: a real scheduler, two workers, one of which is killed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.commands.cli import run
from stempress.core.errors import SiteError
from stempress.core.workers import start_workers
from tests.conftest import ROOT
from tests.support.music import write_music

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 60


class Cluster:
    """A scheduler and workers without nannies: what is killed stays dead."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        """Start a scheduler; its processes end with ``running``."""
        self._running, self._file = running, folder / "scheduler.json"
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-show")
        wait_for(self._file.is_file)
        self.address: str = json.loads(self._file.read_text("utf-8"))["address"]

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self._start("worker", "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1")

    def _start(self, role: str, *given: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *given]
        process = subprocess.Popen(  # noqa: S603 - our own words
            [*command, "--no-dashboard", "--scheduler-file", str(self._file)],
            cwd=self._file.parent,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )
        self._running.callback(process.wait)
        self._running.callback(process.kill)
        return process


def wait_for(done: Callable[[], object]) -> None:
    end = monotonic() + SECONDS
    while not done():
        assert monotonic() < end
        sleep(0.02)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as running:
        yield Cluster(tmp_path, running)


def files(dist: Path) -> dict[str, bytes]:
    return {str(at.relative_to(dist)): at.read_bytes() for at in dist.rglob("*") if at.is_file()}


@pytest.mark.slow
def test_a_worker_that_dies_takes_nothing_with_it(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, cache = tmp_path / "site", tmp_path / "cache"
    write_music(site, 'lossless = true\npreviews = "all"')
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "own"))
    assert run(["--site", str(site), "--without-runtime"], build, ROOT) == 0
    expected = files(site / "dist")

    monkeypatch.setenv("STEMPRESS_CACHE", str(cache))
    victim, _ = cluster.worker(), cluster.worker()
    out = tmp_path / "out"
    command = [sys.executable, str(ROOT / "build.py"), "--without-runtime", "--site", str(site)]
    with subprocess.Popen(  # noqa: S603 - our own words
        [*command, "--out", str(out), "--dask", cluster.address], stderr=subprocess.PIPE, text=True
    ) as building:
        wait_for(lambda: any(cache.glob("audio/*.flac")) or building.poll() is not None)
        victim.kill()
        undone = not any(cache.glob("digests/*"))
        _, told = building.communicate(timeout=SECONDS)
    assert building.returncode == 0, told
    assert undone
    assert "Web stems: 7 of 7 new" in told
    assert files(out) == expected


@pytest.mark.slow
def test_a_cluster_that_is_of_no_use_is_refused(
    tmp_path: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    write_music(site)
    given = ["--site", str(site), "--without-runtime", "--dask"]
    assert run([*given, cluster.address], build, ROOT) == 1
    assert "--dask: the scheduler has no workers" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        monkey = pytest.MonkeyPatch()
        monkey.setattr("stempress.core.dask_cluster.TIMEOUT_SECONDS", 1)
        assert run([*given, address], build, ROOT) == 1
        monkey.undo()
    assert "--dask: no scheduler answered" in capsys.readouterr().err
    assert not (site / "dist").exists()


def test_without_dask_the_option_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(SiteError, match=r"pip install 'stempress\[dask\]'"),
        start_workers("tcp://host:1"),
    ):
        pass


def test_dask_is_not_imported_without_the_option() -> None:
    code = "import sys, build, stempress.core.workers; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0  # noqa: S603

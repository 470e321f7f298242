"""Two builds of one folder at once: one after the other, whatever happens to the first."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 120
HOLDING = """
import sys
from pathlib import Path
from stempress.output.lock import lock_output
from stempress.core.progress import Progress
with lock_output(Path(sys.argv[1]), Progress()):
    print("held", flush=True)
    sys.stdin.read()
"""


def building(site: Path, cache: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "build.py", "--site", str(site), "--without-runtime"]
    environment = os.environ | {"STEMPRESS_CACHE": str(cache)}
    return subprocess.Popen(  # noqa: S603 - our own interpreter and script
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment
    )


@pytest.mark.slow
def test_two_cold_builds_of_one_folder_both_end_well(tmp_path: Path) -> None:
    write_small_site(tmp_path / "site")
    both = [building(tmp_path / "site", tmp_path / f"cache-{each}") for each in range(2)]
    said = [each.communicate(timeout=SECONDS)[1] for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert (tmp_path / "site/dist/index.html").is_file()


@pytest.mark.slow
def test_a_build_waits_for_another_and_not_for_one_that_was_killed(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_small_site(site)
    holder = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLDING, str(site / "dist")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    second = building(site, tmp_path / "cache")
    assert second.stderr
    waiting = f"another build is writing {site / 'dist'}: waiting for it to finish\n"
    assert waiting in iter(second.stderr.readline, "")
    assert not (site / "dist").exists()
    holder.kill()
    holder.communicate()
    said = second.communicate(timeout=SECONDS)[1]
    assert second.returncode == 0, said
    assert (site / "dist/index.html").is_file()

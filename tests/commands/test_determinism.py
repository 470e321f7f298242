"""The same input gives the same site: in another folder, time zone, language, and Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soundfile

from tests.commands.test_golden import GOLDEN, RATE, STEMS, triangle
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER = "3.12" if sys.version_info[:2] == (3, 13) else "3.13"
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "0"}
ELSEWHERE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "2",
    "SOURCE_DATE_EPOCH": "1893456000",
}


def write_site(site: Path) -> None:
    shutil.copytree(GOLDEN / "site", site)
    for seed, (layer, stem) in enumerate((la, st) for la, names in STEMS.items() for st in names):
        path = site / "stems/low-tide" / layer / f"{stem}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, triangle(seed), RATE)


def pressed(python: Path, site: Path, around: Mapping[str, str]) -> dict[str, str]:
    """Press a site with a cache of its own; return what every file's bytes are."""
    write_site(site)
    environment = {**os.environ, **around, "STEMPRESS_CACHE": str(site.parent / "cache")}
    subprocess.run(  # noqa: S603 - our own front door
        [python, ROOT / "build.py", "--site", site, "--without-runtime"],
        env=environment,
        cwd=site.parent,
        check=True,
    )
    return {
        path.relative_to(site / "dist").as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted((site / "dist").rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return pressed(Path(sys.executable), tmp_path_factory.mktemp("here") / "site", HERE)


@pytest.fixture(scope="module")
def other_python() -> Path:
    """Return the other Python that Stempress runs on, in an environment kept beside our own."""
    folder = Path(sys.prefix) / f"other-{OTHER}"
    python = folder / "bin/python"
    if not python.exists():
        pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
        there = [shutil.which(f"python{OTHER}"), *pyenv.glob(f"versions/{OTHER}.*/bin/python")]
        found = [each for each in there if each and "shims" not in str(each)]
        if not found:
            pytest.skip(f"no Python {OTHER} on this machine")
        subprocess.run([found[-1], "-m", "venv", folder], check=True)  # noqa: S603 - an interpreter
    install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run(  # noqa: S603 - our own lock file
        [python, *install, "-r", ROOT / "requirements.txt"], check=True
    )
    return python


@pytest.mark.slow
def test_where_and_when_a_site_is_pressed_does_not_show(
    here: dict[str, str], tmp_path: Path
) -> None:
    site = tmp_path / "a longer way/to another folder/site"
    assert pressed(Path(sys.executable), site, ELSEWHERE) == here


@pytest.mark.slow
def test_which_python_presses_a_site_does_not_show(
    here: dict[str, str], other_python: Path, tmp_path: Path
) -> None:
    assert pressed(other_python, tmp_path / "site", ELSEWHERE) == here

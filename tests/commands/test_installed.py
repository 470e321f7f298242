"""The installed package: a wheel in an empty environment, with nothing of the checkout near it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import requests

from tests.conftest import ROOT, made_once
from tests.support.music import notes, sound_file
from tests.support.sizes import NIGHTLY
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
FOLDER = "Meine Musik \u2013 f\u00fcr alle"
LOCKED = re.compile(r"^([\w.-]+==\S+)( ;.*?)? \\$", re.MULTILINE)
"""A line of requirements.txt that names a version."""


@dataclass(frozen=True)
class Installed:
    """An environment with the package, and an empty folder that its commands run in."""

    python: Path
    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """What an artist's shell has: nothing that leads to the checkout."""
        return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def run(self, *words: str, folder: str = "") -> str:
        """Run the command; return what it writes to standard output and standard error."""
        done = subprocess.run(  # noqa: S603 - our own package
            [self.python.with_name("stempress"), *words],
            cwd=self.folder / folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build sdist and wheel; return their folder."""

    def make(folder: Path) -> None:
        # -I: build.py is not the package build
        words = ["-I", "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
        subprocess.run([sys.executable, *words], check=True, capture_output=True)  # noqa: S603

    return made_once(tmp_path_factory, "packages", "packages", make)


@pytest.fixture(scope="session")
def installed(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel, with the locked versions; nightly with the newest that it allows."""

    def make(folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)  # noqa: S603
        lock = (ROOT / "requirements.txt").read_text("utf-8")
        pins = "" if NIGHTLY else "\n".join("".join(pin) for pin in LOCKED.findall(lock))
        (folder / "versions.txt").write_text(pins)
        (wheel,) = packages.glob("*.whl")
        words = ["-m", "pip", "install", "-qq", "-c", str(folder / "versions.txt"), str(wheel)]
        subprocess.run([folder / "bin/python", *words], check=True)  # noqa: S603

    environment = made_once(tmp_path_factory, "installed", "installed", make)
    folder = tmp_path_factory.mktemp("artist") / FOLDER
    folder.mkdir()
    return Installed(environment / "bin/python", folder)


def test_the_wheel_has_all_files_of_the_packages_and_the_templates(packages: Path) -> None:
    (wheel,) = packages.glob("*.whl")
    expected = {
        re.sub("^templates/", "stempress/templates/", path.relative_to(ROOT).as_posix())
        for folder in ("stempress", "pyodide_app", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        info = {name.split("/", 1)[1] for name in archive.namelist() if ".dist-info/" in name}
    assert expected - names == set()
    assert {name.split("/")[0] for name in names} == {"stempress", "pyodide_app"}
    assert {"licenses/LICENSE", "licenses/docs/licences.md", "entry_points.txt"} <= info


def test_the_sdist_has_what_the_wheel_is_built_from(packages: Path) -> None:
    (sdist,) = packages.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {"pyproject.toml", "LICENSE", "README.md", "templates/stem.html"} <= names
    assert not any(name.startswith(("stems/", "tests/")) for name in names)


def test_an_artist_makes_mints_publishes_and_serves_a_site(installed: Installed) -> None:
    for at, stem in enumerate(("drums/a", "drums/b", "bass/a")):
        write(installed.folder / f"my-stems/low-tide/{stem}.wav", sound_file(notes(at)))
    installed.run("new", "my-stems", "--site", "site \u00fc", "--artist", "Mara")
    assert " pages, " in installed.run(folder="site \u00fc")
    assert "4 tokens added" in installed.run("mint", "--size", "4", folder="site \u00fc")
    installed.run(folder="site \u00fc")
    assert "nothing would break" in installed.run("publish", "--check", folder="site \u00fc")
    assert "base URI" in installed.run("publish", folder="site \u00fc")
    dist = installed.folder / "site \u00fc/dist"
    tokens = json.loads((dist / "data/tokens.json").read_text("utf-8"))["tokens"]
    assert len(tokens) == 4
    assert list((dist / "app/runtime").glob("numpy-*.whl"))
    with subprocess.Popen(  # noqa: S603 - our own package
        [installed.python, "-m", "stempress", "serve", "--port", "0"],
        cwd=dist.parent,
        env=installed.env,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        assert server.stderr
        line = next(line for line in server.stderr if "http://" in line)
        address = re.search(r"http://[\d.:]+/", line)
        assert address
        assert "<h1" in requests.get(address[0], timeout=20).text
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 130


def test_nothing_of_the_checkout_is_imported(installed: Installed) -> None:
    script = "import stempress, pyodide_app.engine as e; print(stempress.__file__, e.__file__)"
    files = subprocess.check_output(  # noqa: S603 - our own package
        [installed.python, "-c", script], cwd=installed.folder, env=installed.env, text=True
    )
    assert files.count("site-packages") == 2

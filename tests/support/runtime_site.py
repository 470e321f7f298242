"""A page with the prepared runtime that runs Python files in a worker."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stempress.runtime.pyodide import prepare_runtime

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = Path(__file__).with_name("runtime_page")


def write_runtime_site(folder: Path, *scripts: Path) -> None:
    """Fill a folder with the page, the runtime and the scripts to run."""
    shutil.copytree(PAGE, folder, dirs_exist_ok=True)
    for script in scripts:
        shutil.copy(script, folder)
    (folder / "runtime").mkdir()
    for name, path in prepare_runtime(folder=None, report=print).items():
        shutil.copyfile(path, folder / "runtime" / name)


def run_python(page: Page, script: str, given: object = None) -> Any:  # noqa: ANN401 - it is JSON
    """Run a script that finds JSON in ``GIVEN`` and ends with JSON; return that, decoded."""
    call = "([script, given]) => window.python(script, given)"
    answer = page.evaluate(call, [script, json.dumps(given)])
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["value"]

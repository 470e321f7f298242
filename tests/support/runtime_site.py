"""A page with the runtime as a build ships it, that runs Python files in a worker."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stempress.core.options import BuildOptions
from stempress.core.progress import Progress
from stempress.i18n.translations import load_translations
from stempress.runtime.app_files import app_files

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = Path(__file__).with_name("runtime_page")
FROM_PACKAGES = "?start=packages"
"""Appended to the page's address: start Python without its snapshot."""
MODULES = {"Downloads": "downloads", "startFromPackages": "packages", "startPython": "runtime"}


def write_runtime_site(folder: Path, *scripts: Path) -> None:
    """Fill a folder with the page, the runtime and the scripts to run."""
    shutil.copytree(PAGE, folder, dirs_exist_ok=True)
    for script in scripts:
        shutil.copy(script, folder)
    options = BuildOptions(site=folder, out=folder)
    files, app = app_files(options, load_translations("en"), Progress(quiet=True))
    for file in files:
        path = folder / file.address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.read())
    exports = (
        f'export {{ {name} }} from "./{app.address}python/{module}.js";\n'
        for name, module in MODULES.items()
    )
    (folder / "python.js").write_text("".join(exports), "utf-8")


def run_python(page: Page, script: str, given: object = None) -> Any:  # noqa: ANN401 - it is JSON
    """Run a script that finds JSON in ``GIVEN`` and ends with JSON; return that, decoded."""
    call = "([script, given]) => window.python(script, given)"
    answer = page.evaluate(call, [script, json.dumps(given)])
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer["value"]

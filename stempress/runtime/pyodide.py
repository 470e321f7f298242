"""The browser's Python: the pinned Pyodide and numpy, the engine, and a snapshot of all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from stempress.core.cache import cache_root
from stempress.core.errors import Fault, SiteError
from stempress.core.paths import APP
from stempress.runtime.build_cache import build_cached
from stempress.runtime.downloads import fetch_files
from stempress.runtime.node import NodeError, node_version
from stempress.runtime.packages import Packages, read_modules
from stempress.runtime.pin import ARCHIVES, PIN, Pin, parse_pin
from stempress.runtime.snapshot import DESCRIPTION, write_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the browser starts Python from.

    ``core`` are Pyodide's own files by name, ``packages`` the archives that ``lock`` lists,
    ``snapshot_files`` what ``snapshot`` describes, as ``Snapshot`` of
    pyodide_app/web/python/files.js. None: there is no snapshot.
    """

    core: dict[str, Path]
    packages: dict[str, Path]
    lock: Path
    snapshot_files: dict[str, Path]
    snapshot: dict[str, Any] | None

    @property
    def files(self) -> dict[str, Path]:
        """All files of ``dist/app/runtime/`` by name."""
        return {**self.core, **self.packages, **self.snapshot_files}

    @property
    def needed(self) -> dict[str, Path]:
        """Those that every browser fetches: packages only if there is no snapshot."""
        return {**self.core, **(self.snapshot_files or self.packages)}


def prepare_runtime(
    *,
    folder: Path | None,
    report: Callable[[str], None],
    cache: Path | None = None,
    app: Path | None = None,
) -> Runtime:
    """Return the runtime, ready to be copied.

    ``folder`` is where the user keeps the pinned files, asked before the CDN and the index.
    Raises SiteError if no source has a file.
    """
    pin = parse_pin(PIN.read_text("utf-8"))
    return prepare(pin, folder=folder, report=report, cache=cache or cache_root(), app=app or APP)


def prepare(
    pin: Pin, *, folder: Path | None, report: Callable[[str], None], cache: Path, app: Path
) -> Runtime:
    """Prepare any pin as ``prepare_runtime`` does the project's."""
    shelf = cache / f"pyodide-{pin.version}"
    try:
        shelf.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot keep the runtime in {shelf}: {error.strerror}"
        raise SiteError(
            [Fault("runtime", what, hint="name a folder in STEMPRESS_CACHE")]
        ) from error
    pinned = fetch_files(pin.files, pin.sources(folder), shelf / "pinned", report)
    core = {name: path for name, path in pinned.items() if path.suffix not in ARCHIVES}
    modules = read_modules(app)
    try:
        compiled = Packages(pin, pinned, shelf, modules, node_version())
        packages, lock = compiled.prepare()
        return Runtime(core, packages, lock, *prepare_snapshot(compiled, packages))
    except NodeError as error:
        report(f"warning: Python will start more slowly in browsers, without a snapshot: {error}")
        packages, lock = Packages(pin, pinned, shelf, modules, node="").prepare()
        return Runtime(core, packages, lock, {}, None)


def prepare_snapshot(
    compiled: Packages, packages: dict[str, Path]
) -> tuple[dict[str, Path], dict[str, Any]]:
    """Return the files of a snapshot by name, and their description; raise NodeError."""
    write = partial(
        write_snapshot,
        runtime=compiled.folder,
        info=compiled.pin.info,
        packed=list(packages.values()),
        extensions=compiled.pin.extensions,
    )
    files = build_cached(compiled.shelf / f"snapshot-{compiled.engine_key}", write)
    description: dict[str, Any] = json.loads(files.pop(DESCRIPTION).read_text("utf-8"))
    return files, description

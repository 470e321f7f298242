"""A snapshot of the browser's Python, with numpy and the engine imported.

Restoring it takes a fraction of the time of starting Python and importing them.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from stempress.runtime import wheels as archives
from stempress.runtime.node import SCRIPTS, run_script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DESCRIPTION = "snapshot.json"
"""What the browser needs to know: ``Snapshot`` of pyodide_app/web/python/files.js."""
MEMORY_BYTES = 24 << 20
"""Size of the memory that is saved. Python takes 21 MB; what it takes later is added."""
STANDARD_LIBRARY = ".zip"


def write_snapshot(
    folder: Path,
    *,
    runtime: Path,
    info: Mapping[str, str],
    packed: Sequence[Path],
    extensions: Sequence[str],
) -> None:
    """Write the snapshot's compressed files and their description into ``folder``.

    ``runtime`` contains Pyodide's core, ``packed`` are the standard library and the wheels,
    ``extensions`` the paths of all extension modules that are imported, below site-packages.
    Raises NodeError.
    """
    with TemporaryDirectory() as scratch:
        library, pages, layout = (Path(scratch, name) for name in ("library", "pages", "layout"))
        for path in packed:
            target = library if path.suffix == STANDARD_LIBRARY else library / "site-packages"
            archives.write_files(target, archives.read_archive(path, ("*.dist-info/*",)))
        modules = [f"site-packages/{name}" for name in extensions]
        order = {
            "runtime": str(runtime),
            "library": str(library),
            "modules": modules,
            "empty": str(archives.write_archive(Path(scratch, "empty.zip"), {})),
            "info": dict(info),
            "memory": MEMORY_BYTES,
            "pages": str(pages),
            "layout": str(layout),
        }
        run_script(SCRIPTS / "snapshot.mjs", order)
        description: dict[str, Any] = json.loads(layout.read_text("utf-8"))
        description |= write_packed(folder, "snapshot", pages.read_bytes())
        description["libraries"] = [
            linked
            | write_packed(folder, Path(name).name.split(".")[0], (library / name).read_bytes())
            for linked, name in zip(description["libraries"], modules, strict=True)
        ]
    (folder / DESCRIPTION).write_text(json.dumps(description), "utf-8")


def write_packed(folder: Path, stem: str, data: bytes) -> dict[str, str]:
    """Write compressed data to a file named after its content; return name and SHA-256."""
    packed = archives.gzipped(data)
    digest = sha256(packed).hexdigest()
    name = f"{stem}-{digest[:16]}.bin"
    (folder / name).write_bytes(packed)
    return {"file": name, "sha256": digest}

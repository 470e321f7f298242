"""The browser's Python: the pinned Pyodide and numpy, the engine's wheel and their lock file."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from stempress.core.cache import cache_root, file_digest
from stempress.core.errors import Fault, SiteError
from stempress.core.paths import APP
from stempress.runtime import wheels as archives
from stempress.runtime.downloads import Cdn, Folder, PinnedFile, PythonIndex, Source, fetch_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyodide_lock.spec import PackageSpec

PIN = Path(__file__).with_name("pyodide.toml")
APP_NAME = "stempress-app"
ARCHIVES = {".whl", ".zip"}
SUMS = "sums.json"


@dataclass(frozen=True, slots=True)
class Pin:
    """The pinned Pyodide: versions, files and sources. ``info`` goes to the lock file."""

    version: str
    info: dict[str, str]
    cdn: str
    registry: dict[str, str]
    files: tuple[PinnedFile, ...]

    @property
    def matches_host(self) -> bool:
        """Whether bytecode compiled by this Python runs in the pinned one."""
        return self.info["python"].split(".")[:2] == [str(part) for part in sys.version_info[:2]]


def prepare_runtime(
    *,
    folder: Path | None,
    report: Callable[[str], None],
    cache: Path | None = None,
    app: Path | None = None,
) -> dict[str, Path]:
    """Return what ``dist/app/runtime/`` holds: address below it -> file ready to copy.

    ``folder`` is where the user keeps the pinned files, asked before the CDN and the index.
    Raises SiteError if no source has a file.
    """
    pin = parse_pin(PIN.read_text("utf-8"))
    return prepare(pin, folder=folder, report=report, cache=cache or cache_root(), app=app or APP)


def prepare(
    pin: Pin, *, folder: Path | None, report: Callable[[str], None], cache: Path, app: Path
) -> dict[str, Path]:
    """Prepare any pin as ``prepare_runtime`` does the project's."""
    shelf = cache / f"pyodide-{pin.version}"
    try:
        shelf.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot keep the runtime in {shelf}: {error.strerror}"
        raise SiteError(
            [Fault("runtime", what, hint="name a folder in STEMPRESS_CACHE")]
        ) from error
    pinned = fetch_files(pin.files, list_sources(pin, folder), shelf / "pinned", report)
    if not pin.matches_host:
        report(
            f"runtime: shipped as source, which starts slower: this is Python"
            f" {sys.version_info[0]}.{sys.version_info[1]}, the runtime's is {pin.info['python']}"
        )
    lean = build_cached(
        shelf / f"lean-{cache_key(pin)}", partial(write_stripped_archives, pin, pinned)
    )
    modules = read_modules(app)
    wheels = [path for path in lean.values() if path.suffix == ".whl"]
    app_key = cache_key(pin, *modules, *modules.values())
    locked = build_cached(shelf / f"app-{app_key}", partial(write_app, pin, modules, wheels))
    core = {name: path for name, path in pinned.items() if path.suffix not in ARCHIVES}
    return {**core, **lean, **locked}


def parse_pin(text: str) -> Pin:
    """Parse the pin's TOML."""
    data = tomllib.loads(text)
    files = [PinnedFile(**{**row, "strip": tuple(row.get("strip", ()))}) for row in data["files"]]
    return Pin(**{**data, "files": tuple(files)})


def list_sources(pin: Pin, folder: Path | None) -> list[Source]:
    """Return the sources in order; none is contacted before a file is missing."""
    named = [Folder(f"the folder {folder}", folder)] if folder else []
    return [*named, Cdn(pin.cdn), PythonIndex(**pin.registry)]


def read_modules(app: Path) -> dict[str, bytes]:
    """Return the modules that run in the browser, by their paths below site-packages."""
    sources = [*sorted(app.glob("*.py")), *sorted((app / "engine").rglob("*.py"))]
    return {
        f"pyodide_app/{path.relative_to(app).as_posix()}": path.read_bytes()
        for path in sources
        if path.is_file()
    }


def cache_key(pin: Pin, *parts: str | bytes) -> str:
    """Return the cache key of a result: a hash of everything its bytes depend on."""
    makers = [Path(__file__).read_bytes(), Path(archives.__file__).read_bytes()]
    tools = [sys.version, version_of("pyodide-build"), version_of("pyodide-lock")]
    digest = sha256()
    for part in (repr(pin), *makers, *tools, *parts):
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()[:16]


def write_stripped_archives(pin: Pin, pinned: dict[str, Path], folder: Path) -> None:
    """Write the standard library and numpy, stripped, and compiled if this Python can."""
    for each in pin.files:
        if pinned[each.name].suffix in ARCHIVES:
            stripped = archives.read_archive(pinned[each.name], each.strip)
            compile_archive(pin, archives.write_archive(folder / each.name, stripped))


def write_app(pin: Pin, modules: dict[str, bytes], wheels: list[Path], folder: Path) -> None:
    """Write the engine's wheel, and the lock file that names it and the other wheels."""
    from pyodide_lock import PyodideLockSpec  # noqa: PLC0415 - most builds have a lock file
    from pyodide_lock.spec import InfoSpec  # noqa: PLC0415

    # The version is a hash of the content, so that a cached lock file never meets another wheel.
    version = f"0.{int(cache_key(pin, *modules, *modules.values())[:8], 16)}"
    wheel = compile_archive(pin, archives.write_pure_wheel(folder, APP_NAME, version, modules))
    specs = [describe_wheel(path) for path in (*wheels, wheel)]
    specs[-1].depends = [spec.name for spec in specs[:-1]]
    packages = {spec.name: spec for spec in specs}
    lock = PyodideLockSpec(info=InfoSpec.from_dict(pin.info), packages=packages)
    lock.check_wheel_filenames()
    lock.to_json(folder / "pyodide-lock.json", indent=1)


def compile_archive(pin: Pin, path: Path) -> Path:
    """Compile an archive in place if this Python can; a compiled wheel gets another name."""
    if not pin.matches_host:
        return path
    compiled = archives.precompile(path, path.parent)
    if compiled != path:
        path.unlink()
    return compiled


def describe_wheel(wheel: Path) -> PackageSpec:
    """Describe a wheel for the lock file."""
    from pyodide_lock.spec import PackageSpec  # noqa: PLC0415

    name, version, *_ = wheel.name.split("-")
    tops = {member.partition("/")[0] for member in archives.read_archive(wheel)}
    return PackageSpec(
        name=name.replace("_", "-"),
        version=version,
        file_name=wheel.name,
        install_dir="site",
        sha256=sha256(wheel.read_bytes()).hexdigest(),
        imports=sorted(top for top in tops if not top.endswith(".dist-info")),
    )


def build_cached(folder: Path, make: Callable[[Path], None]) -> dict[str, Path]:
    """Return the files of ``folder`` by name; ``make`` fills it unless it is complete."""
    if not is_whole(folder):
        scratch = Path(mkdtemp(dir=folder.parent))
        try:
            make(scratch)
            sums = {path.name: file_digest(path) for path in sorted(scratch.iterdir())}
            (scratch / SUMS).write_text(json.dumps(sums), "utf-8")
            move_into_cache(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return {path.name: path for path in sorted(folder.iterdir()) if path.name != SUMS}


def move_into_cache(scratch: Path, folder: Path) -> None:
    """Move a finished result to its folder, unless another build was faster."""
    if not is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)


def is_whole(folder: Path) -> bool:
    """Return whether a result exists with all its files unchanged."""
    try:
        sums: dict[str, str] = json.loads((folder / SUMS).read_text("utf-8"))
        return all(file_digest(folder / name) == digest for name, digest in sums.items())
    except (OSError, ValueError):
        return False

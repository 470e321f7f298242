"""The standard library, numpy and the engine as archives, and the lock file that lists them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.runtime import wheels as archives
from stempress.runtime.build_cache import build_cached
from stempress.runtime.node import script_sources

if TYPE_CHECKING:
    from pyodide_lock.spec import PackageSpec

    from stempress.runtime.pin import Pin

APP_NAME = "stempress-app"
LOCK = "pyodide-lock.json"
MAKERS = ("packages", "snapshot", "wheels")
"""Modules that write what is cached."""


@dataclass(frozen=True)
class Packages:
    """The packages of a runtime.

    ``pinned`` has the pinned files by name, ``shelf`` is the folder of the cache, ``modules`` the
    engine's by their paths below site-packages. ``node`` is the version of the Node in which they
    are compiled; "": they are not.
    """

    pin: Pin
    pinned: dict[str, Path]
    shelf: Path
    modules: dict[str, bytes]
    node: str

    def prepare(self) -> tuple[dict[str, Path], Path]:
        """Return the archives by name, and the lock file; raise NodeError."""
        lean = build_cached(self.shelf / f"lean-{self.cache_key()}", self._write_stripped)
        wheels = [path for path in lean.values() if path.suffix == ".whl"]
        write = partial(self._write_app, wheels)
        app = build_cached(self.shelf / f"app-{self.engine_key}", write)
        return {**lean, **{name: app[name] for name in app if name != LOCK}}, app[LOCK]

    @property
    def folder(self) -> Path:
        """Folder with the pinned files."""
        return next(iter(self.pinned.values())).parent

    @property
    def engine_key(self) -> str:
        """Cache key of what depends on the engine."""
        return self.cache_key(*self.modules, *self.modules.values())

    def cache_key(self, *parts: str | bytes) -> str:
        """Return the cache key of a result: a hash of everything its bytes depend on."""
        makers = [Path(__file__).with_name(f"{name}.py").read_bytes() for name in MAKERS]
        tools = [sys.version, version_of("pyodide-lock"), self.node]
        digest = sha256()
        for part in (repr(self.pin), *makers, *script_sources(), *tools, *parts):
            data = part.encode() if isinstance(part, str) else part
            digest.update(len(data).to_bytes(8) + data)
        return digest.hexdigest()[:16]

    def _write_stripped(self, folder: Path) -> None:
        """Write the standard library and numpy without what the mixer does not need."""
        stripped = {}
        for each in self.pin.archives:
            members = archives.read_archive(self.pinned[each.name], each.strip)
            stripped[each.name] = {**members, **dict.fromkeys(each.empty, b"")}
        for name, members in self._compile(stripped).items():
            archives.write_archive(folder / name, members)

    def _write_app(self, wheels: list[Path], folder: Path) -> None:
        """Write the engine's wheel, and the lock file that names it and the other wheels."""
        from pyodide_lock import PyodideLockSpec  # noqa: PLC0415 - most builds have a lock file
        from pyodide_lock.spec import InfoSpec  # noqa: PLC0415

        (modules,) = self._compile({APP_NAME: self.modules}).values()
        # The version is a hash of the content: a cached lock file never meets another wheel, and
        # whatever Python builds a site, its files have the same names.
        version = f"0.{int(digest_of(modules)[:8], 16)}"
        wheel = archives.write_pure_wheel(folder, APP_NAME, version, modules)
        specs = [describe_wheel(path) for path in (*wheels, wheel)]
        specs[-1].depends = [spec.name for spec in specs[:-1]]
        packages = {spec.name: spec for spec in specs}
        lock = PyodideLockSpec(info=InfoSpec.from_dict(self.pin.info), packages=packages)
        lock.check_wheel_filenames()
        lock.to_json(folder / LOCK, indent=1)

    def _compile(self, packed: dict[str, archives.Members]) -> dict[str, archives.Members]:
        if not self.node:
            return packed
        return archives.compile_sources(self.folder, self.pin.info, packed)


def digest_of(members: archives.Members) -> str:
    """Return the SHA-256, in hex, of an archive's members."""
    hasher = sha256()
    for name in sorted(members):
        hasher.update(sha256(name.encode()).digest() + sha256(members[name]).digest())
    return hasher.hexdigest()


def read_modules(app: Path) -> dict[str, bytes]:
    """Return the modules that run in the browser, by their paths below site-packages."""
    sources = [*sorted(app.glob("*.py")), *sorted((app / "engine").rglob("*.py"))]
    return {
        f"pyodide_app/{path.relative_to(app).as_posix()}": path.read_bytes()
        for path in sources
        if path.is_file()
    }


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

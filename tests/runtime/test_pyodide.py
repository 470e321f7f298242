"""The runtime: fetched from whoever has it, checked, made lean, and alive in a real browser."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from stempress.core.cache import cache_root
from stempress.core.errors import SiteError
from stempress.runtime import pyodide as runtime
from stempress.runtime.downloads import (
    Cdn,
    Folder,
    MissingError,
    NpmPackage,
    PinnedFile,
    Source,
    UnreachableError,
    fetch_files,
)
from stempress.runtime.wheels import precompile, read_archive, write_archive, write_pure_wheel
from tests.support.runtime_site import PAGE, run_python, write_runtime_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Request

    from tests.conftest import Serve

GOOD = b"the pinned bytes"
PINNED = PinnedFile("a.bin", len(GOOD), sha256(GOOD).hexdigest())
MODULES = {"pack/__init__.py": b'"""A pack."""\n', "pack/one.py": b"NAMES = {'a', 'b', 'c'}\n"}


@dataclass
class Shelf:
    """A source with these files; an error stands for one it does not give."""

    label: str
    files: dict[str, bytes | Exception]
    asked: list[str] = field(default_factory=list)

    def read(self, name: str) -> bytes:
        self.asked.append(name)
        answer = self.files.get(name, MissingError("not here"))
        if isinstance(answer, Exception):
            raise answer
        return answer


def gathered(store: Path, *sources: Source, wanted: tuple[PinnedFile, ...] = (PINNED,)) -> Reports:
    """Gather the wanted files and return what was reported."""
    reports: Reports = []
    fetch_files(wanted, sources, store, reports.append)
    return reports


type Reports = list[str]


def test_the_first_source_that_answers_serves(tmp_path: Path) -> None:
    second = Shelf("second", {"a.bin": GOOD})
    reports = gathered(tmp_path, Shelf("first", {"a.bin": GOOD}), second)
    assert (tmp_path / "a.bin").read_bytes() == GOOD
    assert reports == ["runtime: a.bin from first (0.0 MB)"]
    assert second.asked == []


@pytest.mark.parametrize("bad", [b"the pinned bytez", b"short", b""])
def test_other_bytes_are_passed_over_and_said_so(tmp_path: Path, bad: bytes) -> None:
    reports = gathered(tmp_path, Shelf("first", {"a.bin": bad}), Shelf("second", {"a.bin": GOOD}))
    assert (tmp_path / "a.bin").read_bytes() == GOOD
    assert reports[0] == "runtime: first: a.bin: not the pinned file, its SHA-256 differs"


def test_a_source_that_does_not_answer_is_asked_once(tmp_path: Path) -> None:
    away = Shelf("away", {name: UnreachableError("no route") for name in ("a.bin", "b.bin")})
    here = Shelf("here", {"a.bin": GOOD, "b.bin": GOOD})
    gathered(tmp_path, away, here, wanted=(PINNED, replace(PINNED, name="b.bin")))
    assert away.asked == ["a.bin"]
    assert here.asked == ["a.bin", "b.bin"]


def test_when_nobody_has_a_file_every_source_is_named_with_its_reason(tmp_path: Path) -> None:
    wanted = (PINNED, replace(PINNED, name="b.bin"))
    folder = Folder("the folder x", tmp_path / "x")
    with pytest.raises(SiteError) as caught:
        gathered(tmp_path, folder, Shelf("the CDN", {}), wanted=wanted)
    message = str(caught.value)
    assert "no source has a.bin, b.bin" in message
    assert "the folder x: no such folder" in message
    assert "the cache: does not have them all" in message
    assert "the CDN: a.bin: not here" in message
    assert "--runtime-from DIR" in message
    assert "--without-runtime" in message


def test_a_rotten_cache_is_mended_and_a_good_one_asks_nobody(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"the pinned bytez")
    shelf = Shelf("first", {"a.bin": GOOD})
    assert gathered(tmp_path, shelf)[0] == "runtime: the cache: a.bin has rotted"
    assert gathered(tmp_path, shelf) == []
    assert shelf.asked == ["a.bin"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_a_host_that_refuses_the_connection_is_unreachable() -> None:
    with pytest.raises(UnreachableError, match="cannot connect"):
        Cdn("http://127.0.0.1:9/").read("a.bin")


def test_a_host_that_lacks_a_file_may_have_another(tmp_path: Path, serve: Serve) -> None:
    (tmp_path / "a.bin").write_bytes(GOOD)
    cdn = Cdn(serve(tmp_path))
    with pytest.raises(MissingError, match="status 404"):
        cdn.read("b.bin")
    assert cdn.read("a.bin") == GOOD
    cdn.session.close()


def pack(folder: Path, **files: bytes) -> Path:
    """Write a tarball as npm packs it."""
    path = folder / "pack.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/dist/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def test_a_package_is_read_out_of_what_npm_packs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = pack(tmp_path, a=GOOD)
    npm = tmp_path / "bin/npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\nexec /bin/cp {packed} "$4"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    package = NpmPackage("some-package", "1.0.0")
    assert package.read("dist/a") == GOOD
    with pytest.raises(MissingError, match=r"not in some-package 1\.0\.0"):
        package.read("dist/b")


@pytest.mark.parametrize(
    ("script", "reason"),
    [("echo no route >&2; exit 1", "npm: no route"), ("exit 0", "npm gave nothing")],
)
def test_an_npm_that_fails_is_unreachable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError, match="npm is not installed"):
        NpmPackage("some-package", "1.0.0").read("a")
    (tmp_path / "npm").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "npm").chmod(0o755)
    with pytest.raises(UnreachableError, match=reason):
        NpmPackage("some-package", "1.0.0").read("a")


def test_a_wheel_follows_from_its_content(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    backwards = dict(reversed(MODULES.items()))
    first = write_pure_wheel(tmp_path, "the-pack", "0.1", MODULES)
    again = write_pure_wheel(tmp_path / "again", "the-pack", "0.1", backwards)
    assert first.name == "the_pack-0.1-py3-none-any.whl"
    assert first.read_bytes() == again.read_bytes()
    record = read_archive(first)["the_pack-0.1.dist-info/RECORD"].decode()
    with ZipFile(first) as archive:
        assert sorted(row.split(",")[0] for row in record.splitlines()) == archive.namelist()


def test_precompiling_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    wheel = write_pure_wheel(tmp_path, "the-pack", "0.1", MODULES)
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        place.mkdir()
    first, again = (precompile(wheel, place) for place in places)
    assert first.name == again.name
    assert first.read_bytes() == again.read_bytes()
    assert "pack/one.pyc" in read_archive(first)
    assert "pack/one.py" not in read_archive(first)


def test_code_that_does_not_compile_is_a_fault(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "bad.zip", {"bad.py": b"def :\n"})
    (tmp_path / "out").mkdir()
    with pytest.raises(SiteError, match=r"cannot precompile bad\.zip"):
        precompile(archive, tmp_path / "out")


@pytest.fixture
def small(tmp_path: Path) -> tuple[runtime.Pin, Path, Path]:
    """Return a pin of three small files, the folder that has them, and an app to ship."""
    folder, app = tmp_path / "files", tmp_path / "app"
    folder.mkdir()
    (app / "engine").mkdir(parents=True)
    for path in (app / "__init__.py", app / "engine" / "__init__.py", app / "engine" / "mix.py"):
        path.write_text('"""Mixes."""\n')
    (folder / "pyodide.mjs").write_bytes(GOOD)
    write_archive(folder / "lib.zip", {"os.py": b"x = 1\n", "pdb.py": b"y = 1\n"})
    write_pure_wheel(folder, "pack", "1.0", {**MODULES, "pack/tests/test_one.py": b""})
    strips = {"lib.zip": ("pdb.py",), "pack-1.0-py3-none-any.whl": ("*/tests/*",)}
    files = tuple(
        PinnedFile(
            path.name,
            path.stat().st_size,
            sha256(path.read_bytes()).hexdigest(),
            strips.get(path.name, ()),
        )
        for path in sorted(folder.iterdir())
    )
    pin = runtime.parse_pin(runtime.PIN.read_text("utf-8"))
    return replace(pin, cdn="http://127.0.0.1:9/", files=files), folder, app


def prepared(
    small: tuple[runtime.Pin, Path, Path], cache: Path, *, compiled: bool = True
) -> tuple[dict[str, Path], Reports]:
    """Prepare the small runtime as if this Python were (or were not) the runtime's."""
    pin, folder, app = small
    version = f"{sys.version_info[0]}.{sys.version_info[1] + (not compiled)}.0"
    pin = replace(pin, info={**pin.info, "python": version})
    reports: Reports = []
    result = runtime.prepare(pin, folder=folder, report=reports.append, cache=cache, app=app)
    return result, reports


def test_what_is_shipped_is_stripped_compiled_and_locked(
    small: tuple[runtime.Pin, Path, Path], tmp_path: Path
) -> None:
    files, _ = prepared(small, tmp_path / "cache")
    assert list(read_archive(files["lib.zip"])) == ["os.pyc"]
    assert files["pyodide.mjs"].read_bytes() == GOOD
    lock = json.loads(files["pyodide-lock.json"].read_text())
    assert sorted(lock["packages"]) == ["pack", "stempress-app"]
    for package in lock["packages"].values():
        wheel = files[package["file_name"]]
        assert package["sha256"] == sha256(wheel.read_bytes()).hexdigest()
    assert lock["packages"]["stempress-app"]["depends"] == ["pack"]
    assert lock["packages"]["stempress-app"]["imports"] == ["pyodide_app"]
    assert "pack/tests/test_one.pyc" not in read_archive(
        files[lock["packages"]["pack"]["file_name"]]
    )


def test_another_python_ships_sources_and_says_so(
    small: tuple[runtime.Pin, Path, Path], tmp_path: Path
) -> None:
    files, reports = prepared(small, tmp_path / "cache", compiled=False)
    assert list(read_archive(files["lib.zip"])) == ["os.py"]
    assert "shipped as source" in reports[-1]


@pytest.mark.slow
def test_preparing_again_makes_nothing_and_elsewhere_makes_the_same(
    small: tuple[runtime.Pin, Path, Path], tmp_path: Path
) -> None:
    first, _ = prepared(small, tmp_path / "cache")
    made = {path: path.stat().st_mtime_ns for path in first.values()}
    again, reports = prepared(small, tmp_path / "cache")
    elsewhere, _ = prepared(small, tmp_path / "elsewhere")
    assert reports == []
    assert {path: path.stat().st_mtime_ns for path in again.values()} == made
    assert {name: path.read_bytes() for name, path in elsewhere.items()} == {
        name: path.read_bytes() for name, path in first.items()
    }


@pytest.mark.slow
def test_a_prepared_file_that_rotted_is_made_again(
    small: tuple[runtime.Pin, Path, Path], tmp_path: Path
) -> None:
    first, _ = prepared(small, tmp_path / "cache")
    good = first["lib.zip"].read_bytes()
    first["lib.zip"].write_bytes(good[:-1])
    again, _ = prepared(small, tmp_path / "cache")
    assert again["lib.zip"].read_bytes() == good


@pytest.mark.slow
def test_an_edited_engine_gets_another_wheel_and_no_other_work(
    small: tuple[runtime.Pin, Path, Path], tmp_path: Path
) -> None:
    first, _ = prepared(small, tmp_path / "cache")
    (small[2] / "session.py").write_text('"""Talks."""\n')
    second, _ = prepared(small, tmp_path / "cache")
    assert first["lib.zip"] == second["lib.zip"]
    (wheel,) = (path for name, path in second.items() if name not in first)
    assert "pyodide_app/session.pyc" in read_archive(wheel)


def test_a_cache_that_cannot_be_written_is_a_fault(
    small: tuple[runtime.Pin, Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file stands in the way")
    with pytest.raises(SiteError, match="STEMPRESS_CACHE"):
        prepared(small, tmp_path / "cache")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", "elsewhere")
    assert cache_root() == Path("elsewhere")


@pytest.mark.browser
def test_the_runtime_runs_in_a_browser_and_asks_no_other_host(
    chromium: Browser, serve: Serve, tmp_path: Path
) -> None:
    write_runtime_site(tmp_path, PAGE / "imports.py")
    base = serve(tmp_path, "/project/")
    asked: list[str] = []
    said: list[str] = []

    def note_request(request: Request) -> None:
        asked.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        said.append(message.text)

    with chromium.new_context() as context:
        context.on("request", note_request)
        context.on("console", note_message)
        page = context.new_page()
        page.goto(base)
        answer = run_python(page, "imports.py")
    pin = runtime.parse_pin(runtime.PIN.read_text("utf-8"))
    assert said == []
    assert answer["python"] == pin.info["python"]
    assert {"mix", "model"} <= set(answer["engine"])
    assert f"{base}runtime/python_stdlib.zip" in asked
    assert {urlsplit(url).netloc for url in asked} - {""} == {urlsplit(base).netloc}

"""The runtime: fetched from whoever has it, checked, made lean, and alive in a real browser."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from stempress.core.cache import cache_root
from stempress.core.errors import SiteError
from stempress.runtime import snapshot, wheels
from stempress.runtime.downloads import PinnedFile, fetch_files
from stempress.runtime.node import NodeError
from stempress.runtime.package_sources import NpmPackage
from stempress.runtime.pin import PIN, Pin, parse_pin
from stempress.runtime.pyodide import Runtime, prepare
from stempress.runtime.sources import Cdn, Folder, MissingError, Source, UnreachableError
from stempress.runtime.wheels import read_archive, read_files, write_archive, write_pure_wheel
from tests.support.runtime_site import FROM_PACKAGES, PAGE, run_python, write_runtime_site

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
    assert reports == ["runtime: a.bin from first (16 bytes)"]
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


@pytest.mark.posix
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


@pytest.mark.posix
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


@pytest.fixture
def small(tmp_path: Path) -> tuple[Pin, Path, Path]:
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
            ("pack/docs.py",) if path.suffix == ".whl" else (),
        )
        for path in sorted(folder.iterdir())
    )
    pin = parse_pin(PIN.read_text("utf-8"))
    return (
        replace(pin, cdn="http://127.0.0.1:9/", files=files, extensions=("pack/x.so",)),
        folder,
        app,
    )


class FakeNode:
    """Node that marks what it compiles, and takes a snapshot of four bytes."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.failure = ""

    def run(self, script: Path, order: dict[str, Any]) -> None:
        self.ran.append(script.name)
        if self.failure:
            raise NodeError(self.failure)
        if script.name == "compile.mjs":
            for path in sorted(Path(order["folder"]).rglob("*.py")):
                path.with_suffix(".pyc").write_bytes(b"compiled " + path.read_bytes())
                path.unlink()
            return
        library = Path(order["library"])
        (library / "site-packages/pack/x.so").write_bytes(b"machine code")
        self.library = sorted(read_files(library))
        Path(order["pages"]).write_bytes(b"page")
        linked = [{"path": name, "table": 1} for name in order["modules"]]
        Path(order["layout"]).write_text(json.dumps({"libraries": linked, "memory": 4}))


@pytest.fixture(autouse=True)
def node(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> FakeNode:
    """Put a fake in Node's place, in tests with small files."""
    fake = FakeNode()
    if "small" in request.fixturenames:
        monkeypatch.setattr(wheels, "run_script", fake.run)
        monkeypatch.setattr(snapshot, "run_script", fake.run)
    return fake


def prepared(small: tuple[Pin, Path, Path], cache: Path) -> tuple[Runtime, Reports]:
    """Prepare the small runtime."""
    pin, folder, app = small
    reports: Reports = []
    result = prepare(pin, folder=folder, report=reports.append, cache=cache, app=app)
    return result, reports


def all_files(runtime: Runtime) -> dict[str, Path]:
    """Return the files of a runtime by name."""
    return {**runtime.files, runtime.lock.name: runtime.lock}


def test_what_is_shipped_is_stripped_compiled_and_locked(
    small: tuple[Pin, Path, Path], tmp_path: Path
) -> None:
    runtime, _ = prepared(small, tmp_path / "cache")
    assert read_archive(runtime.packages["lib.zip"]) == {"os.pyc": b"compiled x = 1\n"}
    assert runtime.core["pyodide.mjs"].read_bytes() == GOOD
    lock = json.loads(runtime.lock.read_text())
    assert sorted(lock["packages"]) == ["pack", "stempress-app"]
    for package in lock["packages"].values():
        wheel = runtime.packages[package["file_name"]]
        assert package["sha256"] == sha256(wheel.read_bytes()).hexdigest()
    assert lock["packages"]["stempress-app"]["depends"] == ["pack"]
    assert lock["packages"]["stempress-app"]["imports"] == ["pyodide_app"]
    pack = read_archive(runtime.packages[lock["packages"]["pack"]["file_name"]])
    assert "pack/tests/test_one.pyc" not in pack
    assert pack["pack/docs.pyc"] == b"compiled "


def test_a_snapshot_is_taken_of_all_packages_and_named_after_its_content(
    small: tuple[Pin, Path, Path], tmp_path: Path, node: FakeNode
) -> None:
    runtime, _ = prepared(small, tmp_path / "cache")
    assert node.ran == ["compile.mjs", "compile.mjs", "snapshot.mjs"]
    assert "os.pyc" in node.library
    assert "site-packages/pyodide_app/engine/mix.pyc" in node.library
    assert not [name for name in node.library if ".dist-info" in name]
    assert runtime.snapshot is not None
    described = [runtime.snapshot, *runtime.snapshot["libraries"]]
    contents = [b"page", b"machine code"]
    for part, content in zip(described, contents, strict=True):
        packed = runtime.snapshot_files[part["file"]].read_bytes()
        assert gzip.decompress(packed) == content
        assert part["sha256"] == sha256(packed).hexdigest()
        assert part["sha256"][:16] in part["file"]


def test_without_node_sources_are_shipped_and_the_reason_is_reported(
    small: tuple[Pin, Path, Path], tmp_path: Path, node: FakeNode
) -> None:
    node.failure = "Node has failed: out of luck"
    runtime, reports = prepared(small, tmp_path / "cache")
    assert list(read_archive(runtime.packages["lib.zip"])) == ["os.py"]
    assert runtime.snapshot is None
    assert runtime.snapshot_files == {}
    assert reports[-1] == (
        "warning: Python will start more slowly in browsers, without a snapshot:"
        " Node has failed: out of luck"
    )
    node.failure = ""
    assert runtime.needed == runtime.files
    mended, _ = prepared(small, tmp_path / "cache")
    assert list(read_archive(mended.packages["lib.zip"])) == ["os.pyc"]
    assert mended.snapshot is not None
    assert mended.needed == {**mended.core, **mended.snapshot_files}


def test_preparing_again_makes_nothing_and_elsewhere_makes_the_same(
    small: tuple[Pin, Path, Path], tmp_path: Path, node: FakeNode
) -> None:
    first = all_files(prepared(small, tmp_path / "cache")[0])
    made = {path: path.stat().st_mtime_ns for path in first.values()}
    node.ran.clear()
    again, reports = prepared(small, tmp_path / "cache")
    assert reports == []
    assert node.ran == []
    assert {path: path.stat().st_mtime_ns for path in all_files(again).values()} == made
    elsewhere = all_files(prepared(small, tmp_path / "elsewhere")[0])
    assert {name: path.read_bytes() for name, path in elsewhere.items()} == {
        name: path.read_bytes() for name, path in first.items()
    }


def test_another_python_of_the_build_makes_files_of_the_same_names_and_content(
    small: tuple[Pin, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = all_files(prepared(small, tmp_path / "cache")[0])
    monkeypatch.setattr(sys, "version", "3.99.0 (another one)")
    second = all_files(prepared(small, tmp_path / "cache")[0])
    assert {name: path.read_bytes() for name, path in second.items()} == {
        name: path.read_bytes() for name, path in first.items()
    }
    assert {*first.values()} != {*second.values()}


def test_a_prepared_file_that_rotted_is_made_again(
    small: tuple[Pin, Path, Path], tmp_path: Path
) -> None:
    first, _ = prepared(small, tmp_path / "cache")
    good = first.packages["lib.zip"].read_bytes()
    first.packages["lib.zip"].write_bytes(good[:-1])
    again, _ = prepared(small, tmp_path / "cache")
    assert again.packages["lib.zip"].read_bytes() == good


def test_an_edited_engine_gets_another_wheel_and_snapshot_and_no_other_work(
    small: tuple[Pin, Path, Path], tmp_path: Path, node: FakeNode
) -> None:
    first, _ = prepared(small, tmp_path / "cache")
    (small[2] / "session.py").write_text('"""Talks."""\n')
    node.ran.clear()
    second, _ = prepared(small, tmp_path / "cache")
    assert node.ran == ["compile.mjs", "snapshot.mjs"]
    assert first.packages["lib.zip"] == second.packages["lib.zip"]
    (wheel,) = (path for name, path in second.packages.items() if name not in first.packages)
    assert "pyodide_app/session.pyc" in read_archive(wheel)


def test_a_cache_that_cannot_be_written_is_a_fault(
    small: tuple[Pin, Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file stands in the way")
    with pytest.raises(SiteError, match="STEMPRESS_CACHE"):
        prepared(small, tmp_path / "cache")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", "elsewhere")
    assert cache_root() == Path("elsewhere")


@pytest.mark.browser
def test_the_packages_run_in_a_browser_and_ask_no_other_host(
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
        page.goto(f"{base}{FROM_PACKAGES}")
        answer = run_python(page, "imports.py")
    pin = parse_pin(PIN.read_text("utf-8"))
    assert said == []
    assert answer["python"] == pin.info["python"]
    assert {"mix", "model"} <= set(answer["engine"])
    assert f"{base}app/runtime/python_stdlib.zip" in asked
    assert {urlsplit(url).netloc for url in asked} - {""} == {urlsplit(base).netloc}

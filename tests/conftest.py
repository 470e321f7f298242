"""Fixtures that several tests share: a real Chromium and a plain static host."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import expect, sync_playwright

from build import build
from stempress.commands.cli import run
from tests.support.chromium import CHROMIUM_FLAGS, chromium_program
from tests.support.evm.chain import compiled
from tests.support.hosts import StaticHosts
from tests.support.schedule import mark_kinds, put_longest_first
from tests.support.sizes import NIGHTLY
from tests.support.small_site import write_small_site
from tests.support.visiting import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]

# What is started in the background ignores Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("usual", deadline=None, max_examples=40)
settings.register_profile("nightly", deadline=None, max_examples=1000)
settings.load_profile("nightly" if NIGHTLY else "usual")

expect.set_options(timeout=20_000)  # so does how long a page takes


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark_kinds(items)  # before -m chooses among them
    put_longest_first(items)


class Serve(Protocol):
    """Serve a folder below a prefix and return the base address, with its last slash."""

    def __call__(self, directory: Path, prefix: str = "/") -> str: ...


class Press(Protocol):
    """Press a site's folder into its dist/ and return the exit status."""

    def __call__(self, site: Path, *words: str) -> int: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Launch the machine's own Chromium, headless; $CHROMIUM names another one."""
    program = chromium_program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        # A service worker asks the network itself, past what a test puts in its place.
        for name in ("new_context", "new_page"):
            setattr(browser, name, partial(getattr(browser, name), service_workers="block"))
        yield browser
        browser.close()


def shared_folder(temporary: pytest.TempPathFactory) -> Path:
    """Return the folder that all test processes of this run have in common."""
    base = temporary.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def made_once(
    temporary: pytest.TempPathFactory, kind: str, name: str, make: Callable[[Path], object]
) -> Path:
    """Return a folder or file that the first of all test processes to ask for it makes.

    Of a kind one is made at a time: what goes into several is then in the cache.
    """
    base = shared_folder(temporary)
    path, made = base / name, base / f"{name}.made"
    with FileLock(base / f"{kind}.lock"):
        if not made.exists():
            make(path)
            made.touch()
    return path


def press_bundled(site: Path, old: str, new: str) -> Path:
    """Press the bundled collection, its settings changed in one place; return the dist folder."""
    for folder in ("content", "stems"):
        shutil.copytree(ROOT / folder, site / folder)
    settings = (ROOT / "site.toml").read_text("utf-8")
    assert old in settings
    (site / "site.toml").write_text(settings.replace(old, new), "utf-8")
    assert run(["--site", str(site)], build, ROOT) == 0
    return site / "dist"


@pytest.fixture(scope="session")
def pressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Press the bundled collection as `make site` does, and return its dist folder."""

    def make(folder: Path) -> None:
        assert run(["--out", str(folder)], build, ROOT) == 0

    return made_once(tmp_path_factory, "sites", "bundled", make)


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Press the bundled collection in FLAC, which decodes the same everywhere, with a recorder."""

    def make(site: Path) -> None:
        dist = press_bundled(site, 'stream = "opus"', 'stream = "flac"')
        shutil.copytree(ROOT / "tests/support/sound", dist / "sound")

    return made_once(tmp_path_factory, "sites", "in-flac", make) / "dist"


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Compile the contracts of the tests' own chain."""

    def make(path: Path) -> None:
        path.write_bytes(compiled())

    path = made_once(tmp_path_factory, "contracts", "contracts.json", make)
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def press_small(tmp_path_factory: pytest.TempPathFactory) -> Press:
    """Return the front door for small sites: without the runtime, with a cache of their own."""
    cache = shared_folder(tmp_path_factory) / "cache-of-small-sites"
    cache.mkdir(exist_ok=True)

    def press(site: Path, *words: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STEMPRESS_CACHE", os.fspath(cache))
            patch.setattr("stempress.audio.stem_lint.MIN_RATE", 8000)  # they are small in this, too
            return run([*words, "--site", os.fspath(site), "--without-runtime"], build, ROOT)

    return press


@pytest.fixture(scope="session")
def small_site_in(
    tmp_path_factory: pytest.TempPathFactory, press_small: Press
) -> Callable[[str], Path]:
    """Return a function that builds the small site in a language and returns its dist folder."""

    @cache
    def build_in(language: str) -> Path:
        site = tmp_path_factory.mktemp(language)
        write_small_site(site, language=language)
        assert press_small(site) == 0
        return site / "dist"

    return build_in


@pytest.fixture(scope="session")
def axe() -> str:
    """Return axe-core, as a script."""
    script = ROOT / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        pytest.fail('no axe-core: `make test` installs it; or deselect with -m "not browser"')
    return script.read_text("utf-8")


@pytest.fixture
def loudspeakers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start what a browser plays to, where a machine has no sound; return its environment."""
    folder = tmp_path_factory.mktemp("pulse")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    words = ["pulseaudio", "-n", "--exit-idle-time=-1"]
    modules = ["--load=module-null-sink", "--load=module-native-protocol-unix"]
    with subprocess.Popen(  # noqa: S603 - our own words
        words + modules, env=environment, stderr=subprocess.DEVNULL
    ) as server:
        for _ in range(100):
            if (folder / "pulse" / "native").exists():
                break
            time.sleep(0.1)
        yield environment
        server.terminate()


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Return a factory of static hosts on loopback ports of their own: one for each folder."""
    with StaticHosts() as hosts:
        yield hosts.base


@pytest.fixture
def visit(chromium: Browser, serve: Serve, host: Path) -> Iterator[Visit]:
    """Open a song's page; nothing may go wrong behind the visitor's back."""
    page = chromium.new_context().new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.extend([message.text] * (message.type == "error")))
    page.goto(f"{serve(host, '/a/b/')}songs/undertow/")
    yield Visit(page, json.loads((host / "data/songs/undertow.json").read_text("utf-8")))
    page.context.close()
    # Chromium tells so of a page that is left, or shown, before its transition has begun.
    assert not [each for each in wrong if not each.startswith("Transition was aborted")]

"""README, CONTRIBUTING and docs/: what they tell to run runs, what they name is there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import requests
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS
from playwright.sync_api import expect

from build import build
from stempress import views
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler
from stempress.publish.cid import format_cid
from stempress.render.page_renderer import PageRenderer
from stempress.views.kinds import KINDS
from stempress.views.layout import LayoutView
from stempress.views.page import PageView
from stempress.views.shared_leaves import Leaves
from tests.conftest import ROOT
from tests.support.gateway import Gateway, Store
from tests.support.hosts import serving
from tests.support.music import sound_file
from tests.support.small_site import small_site, write, write_small_site
from tests.support.visiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Press as PressSite
    from tests.conftest import Serve

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{each.name}" for each in (ROOT / "docs").glob("*.md")),
]
ELSEWHERE = {"docs/drop.md"}
"""Pages whose commands are run by test_tutorial.py, with a chain."""
NOT_RUN = {
    "make test": "runs this very test",
    '.venv/bin/pytest -m "not browser and not site"': "the same",
    ".venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy": "the same",
    "npm run types && npm run lint": "the same",
    "make bench": "takes minutes, and says something of a quiet machine alone",
    "make bench-build": "the same, and installs four other generators",
    "make matrix": "takes minutes; its parts are tests/web/test_edge_sites.py",
    "make pictures": "writes into docs/",
    "make venv-dev": "installs; the tests run in what it has installed",
    "pipx install stempress": "installs from the index; test_installed.py installs what is here",
}
"""Commands that are not run, and why. Those of make must at least be targets."""
STEMS = [
    f"low-tide/{name}"
    for name in ("drums/brushes", "drums/machine", "bass/upright", "bass/synth", "voice/mara")
]
"""The stems that README.md and docs/start.md speak of."""
FILES = {
    path.name
    for folder in ("bench", "pyodide_app", "stempress", "templates", "tests", "tools")
    for path in (ROOT / folder).rglob("*.*")
} | {"build.py"}
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:srcset|src|href)=\"([^\"]+)\"")
PATH = re.compile(
    r"`((?:bench|content|docs|pyodide_app|stempress|templates|tests|tools)/[\w./*-]+)`"
)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, in order, without their indentation."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", text_of(page), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"(?m)^{indent}", "", block) for indent, block in found]


def commands(page: str) -> list[str]:
    """Return every command of a page, without comments."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [re.sub(r"\s+# .*", "", line) for line in lines]


def table(page: str, head: str) -> set[str]:
    """Return the names in the first column of the table with a head, without what they take."""
    rows = re.search(
        rf"^\| {re.escape(head)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text_of(page), re.MULTILINE
    )
    assert rows, (page, head)
    firsts = [row.split(" | ")[0] for row in rows[1].splitlines()]
    return {
        re.split(r"[(\[]", name)[0] for cell in firsts for name in re.findall("`([^`]+)`", cell)
    }


def write_stems(folder: Path) -> None:
    """Write four bars at 120 bpm: a note on every beat, the first of a bar louder."""
    beat = np.arange(44100 // 2)
    for at, name in enumerate(STEMS):
        note = np.exp(-beat / 3000) * np.sin(beat * (0.02 + 0.003 * at))
        bar = np.concatenate([note, note / 2, note / 2, note / 2])
        write(folder / f"my-stems/{name}.wav", sound_file(0.5 * np.tile(bar, 4), rate=44100))


MADE = {"ARGS", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}
"""What make tells those that it runs."""


def install(checkout: Path) -> Path:
    """Write the command `stempress` of a checkout; return its folder."""
    program = checkout.parent / "bin/stempress"
    lines = f'#!/bin/sh\nPYTHONPATH={checkout} exec {sys.executable} -m stempress "$@"\n'
    write(program, lines)
    program.chmod(0o755)
    return program.parent


class Newcomer:
    """Somebody in a fresh checkout who does what a page says."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.checkout = self.folder = folder
        self._running = running
        # Nobody has told them what the make that runs these tests was told.
        self.env = {name: value for name, value in os.environ.items() if name not in MADE}
        self.env |= {"BROWSER": "true", "PATH": f"{install(folder)}:{self.env['PATH']}"}

    def does(self, line: str) -> None:
        """Run a command as it stands, or nearly."""
        if line.startswith("cd "):
            self.folder = self.checkout / line.removeprefix("cd ")
            return
        if line.startswith("make "):
            self.folder = self.checkout
        if re.search(r"^make serve|^stempress serve", line):
            self.serves(line)
            return
        if "pytest" in line:
            line += " --collect-only"
        line = self.in_place(line)
        result = subprocess.run(  # noqa: S603 - our own documentation
            ["/bin/bash", "-c", line],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{line}\n{result.stdout}\n{result.stderr}"

    def in_place(self, line: str) -> str:
        """Put what is there in the place of what stands for something."""
        copied = "https://ferry.example/#v=1&song=undertow&mix=3-1-2-1-1"
        line = line.replace("<a link copied from the mixer>", copied)
        if "gateway.example" in line:
            store = Store(self.folder / "published/site.car")
            name = format_cid(store.root)
            base = self.host(type("Handler", (Gateway,), {"store": store}))
            return line.replace("https://gateway.example/ipfs/<cid>/", f"{base}ipfs/{name}/")
        if "somebody.github.io" in line:
            return line.replace("https://somebody.github.io/night-ferry/", self.host(StaticHandler))
        return line

    def host(self, handler: type[StaticHandler]) -> str:
        """Serve what was pressed."""
        return self._running.enter_context(serving(self.folder / "dist", handler))

    def serves(self, line: str) -> None:
        """Start what serves, on any port that is free; look at it; end it with Ctrl-C."""
        line += ' ARGS="--port 0"' if line.startswith("make") else " --port 0"
        with subprocess.Popen(  # noqa: S603 - our own documentation
            ["/bin/bash", "-c", line],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as server:
            assert server.stdout
            said = ""
            while not (found := re.search(r"at (http://\S+)", said)):
                said += server.stdout.readline()
                assert server.poll() is None, said
            while (answer := requests.get(found[1], timeout=20)).status_code != requests.codes.ok:
                assert server.poll() is None, said
                server.stdout.readline()  # of the first build, which is not done yet
            assert "<h1" in answer.text
            os.killpg(server.pid, signal.SIGINT)
            server.wait(timeout=60)
            assert "stopped" in server.stdout.read()


@pytest.fixture
def newcomer(tmp_path: Path, page: str) -> Iterator[Newcomer]:
    """Check this repository out, beside the environment that the tests run in."""
    left_out = shutil.ignore_patterns(
        ".*", "dist", "node_modules", "stems", "published", "__pycache__"
    )
    folder = tmp_path / "stempress"
    shutil.copytree(ROOT, folder, ignore=left_out)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    if page == "docs/publish.md":  # what is verified file by file is better small
        shutil.rmtree(folder / "content")
        write_small_site(folder)
    else:
        (folder / "stems").symlink_to(ROOT / "stems")
    write_stems(folder)
    with ExitStack() as running:
        yield Newcomer(folder, running)


@pytest.mark.site
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in ELSEWHERE and commands(page)]
)
def test_every_command_does_what_its_page_says(newcomer: Newcomer, page: str) -> None:
    for line in commands(page):
        if line not in NOT_RUN:
            newcomer.does(line)


def test_what_is_not_run_is_there_and_is_told() -> None:
    told = {line for page in PAGES for line in commands(page)}
    targets = set(re.findall(r"^([\w-]+):", text_of("Makefile"), re.MULTILINE))
    assert NOT_RUN.keys() <= told
    assert {line.split()[1] for line in NOT_RUN if line.startswith("make ")} <= targets


def test_every_target_of_the_makefile_is_told_in_its_head() -> None:
    told = re.findall(r"^# make ([\w-]+)", text_of("Makefile"), re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.*)", text_of("Makefile"), re.MULTILINE)
    assert phony
    assert set(told) == set(phony[1].split()) - {"venv", "venv-dev"}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in [found for pair in LINK.findall(text_of(page)) for found in pair if found]:
        if link.startswith(("https://", "http://", "./")) or "{{" in link:
            continue
        path, _, part = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if part:
            headings = re.findall(r"^#+ (.*)", target.read_text("utf-8"), re.MULTILINE)
            assert part in {
                re.sub(r"[^\w\- ]", "", each).lower().replace(" ", "-") for each in headings
            }


def test_pictures_take_less_than_800_kilobytes() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "docs").rglob("*.[!m]*")) < 800_000


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_are_there(page: str) -> None:
    named = PATH.findall(text_of(page).replace("locale/fr/", "locale/de/"))
    assert [path for path in named if not list(ROOT.glob(path.rstrip("/")))] == []
    modules = set(re.findall(r"`([\w-]+\.(?:py|js|css|html|jinja))`", text_of(page)))
    assert modules - FILES == set()


@pytest.mark.parametrize("page", PAGES)
def test_options_that_are_named_exist(page: str) -> None:
    known = re.findall(
        r'"(--[a-z-]+)"',
        "".join(path.read_text("utf-8") for path in (ROOT / "stempress/commands").glob("*.py")),
    )
    variables = re.findall(r"--[a-z-]+", text_of("pyodide_app/web/site.css"))
    assert set(re.findall(r"`(--[a-z-]+)", text_of(page))) <= {*known, *variables, "--accent-given"}


def test_a_new_site_is_what_the_first_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_stems(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(commands("docs/start.md")[0])[1:], build, ROOT) == 0
    written = (tmp_path / "my-record/content/albums/my-record/low-tide.md").read_text("utf-8")
    (shown,) = blocks("docs/start.md", "toml")
    assert written.startswith(f"+++\n{shown}")
    listed = re.findall(r"^(my-record/[\w./-]+[\w/])", text_of("docs/start.md"), re.MULTILINE)
    assert len(listed) == 5
    assert [path for path in listed if not (tmp_path / path).exists()] == []


def test_what_templates_are_given_is_told(tmp_path: Path) -> None:
    page = "docs/theming.md"
    renderer = PageRenderer(Leaves(small_site(tmp_path).facts()), tmp_path)
    templates = renderer._templates  # noqa: SLF001 - what templates see is nobody else's
    assert table(page, "filter") == templates.filters.keys() - FILTERS.keys()
    of_a_page = {"page", "root", "url", "file", "style", "style_hash", "script", "script_hash"}
    ours = templates.globals.keys() - DEFAULT_NAMESPACE.keys() - {"_", "plural_form"}
    assert table(page, "name") == ours | of_a_page
    assert table(page, "`site.`") == {field.name for field in fields(LayoutView)}
    files = {path.name for path in (ROOT / "templates").glob("[!_]*.*")}
    assert table(page, "template") == files


@pytest.mark.parametrize("template", KINDS)
def test_every_field_of_a_page_is_told(template: str) -> None:
    rows = rf"^\| `{template}` \|.*\|(.*)\|$"
    (row,) = re.findall(rows, text_of("docs/theming.md"), re.MULTILINE)
    make = KINDS[template]
    view = vars(sys.modules[make.__module__])[make.__annotations__["return"]]
    own = {field.name for field in fields(view)} - {field.name for field in fields(PageView)}
    assert set(re.findall(r"`(\w+)`", row)) == own


def views_in_pages() -> Iterator[Any]:
    """Yield the views that are parts of pages' views."""
    for module in iter_modules(views.__path__, "stempress.views."):
        for name, found in vars(import_module(module.name)).items():
            is_own = getattr(found, "__module__", "") == module.name
            if is_own and is_dataclass(found) and not name.endswith(("PageView", "LayoutView")):
                yield found


def test_every_field_of_a_view_is_told() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?`) \|.*\|(.*)\|$", text_of("docs/theming.md"), re.MULTILINE)
    told = {
        name: set(re.findall(r"`(\w+)", has))
        for names, has in rows
        for name in re.findall(r"`(\w+)`", names)
    }
    found = {view.__name__: {field.name for field in fields(view)} for view in views_in_pages()}
    assert told.keys() == found.keys()
    assert {name: own - told[name] for name, own in found.items() if own - told[name]} == {}


def test_variables_that_are_told_are_those_of_the_style_sheet() -> None:
    sheets = text_of("pyodide_app/web/site.css") + text_of("templates/theme.css")
    told = table("docs/theming.md", "variable")
    assert {name for name in told if f"  {name}:" not in sheets} == set()


def test_a_site_looks_as_its_own_templates_say(
    tmp_path: Path, press_small: PressSite, chromium: Browser, serve: Serve
) -> None:
    write_small_site(tmp_path)
    (sheet,), (template,) = blocks("docs/theming.md", "css"), blocks("docs/theming.md", "html")
    write(tmp_path / "templates/theme.css", sheet)
    write(tmp_path / "templates/page.html", template)
    assert press_small(tmp_path) == 0
    page = chromium.new_page(color_scheme="dark")
    page.goto(f"{serve(tmp_path / 'dist')}pages/about/")
    expect(page.locator("body")).to_have_css("background-color", "rgb(16, 20, 28)")
    expect(page.locator(".masthead")).to_have_css("border-bottom-style", "double")
    expect(page.get_by_text("All music here: CC BY 4.0.")).to_be_visible()
    page.close()


def test_the_mixer_plays_in_a_frame_on_a_page_of_another_host(
    pressed: Path, tmp_path: Path, chromium: Browser, serve: Serve
) -> None:
    frame, _ = blocks("docs/component.md", "html")
    frame = frame.replace("https://ferry.example/", serve(pressed, "/ferry/"))
    write(tmp_path / "index.html", f"<!doctype html><title>A blog</title>{frame}")
    page = chromium.new_page()
    page.goto(serve(tmp_path))
    mixer = page.frame_locator("iframe")
    mixer.get_by_role("button", name="Play", exact=True).click()
    expect(mixer.get_by_role("status")).to_have_text("Playing, mixed by Python", timeout=60_000)
    expect(mixer.locator(".mix-number")).to_have_text("3-1-2-1-1")
    page.close()


def test_the_element_plays_on_a_page_of_the_same_host(
    pressed: Path, chromium: Browser, serve: Serve
) -> None:
    _, element = blocks("docs/component.md", "html")
    base = serve(pressed)
    page = chromium.new_page()
    page.route(
        f"{base}mine.html", lambda route: route.fulfill(body=element, content_type="text/html")
    )
    page.goto(f"{base}mine.html")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Playing, mixed by Python", timeout=60_000)
    expect(page.locator(".mix-number")).to_have_text("3-1-2-1-1")
    page.evaluate("document.querySelector('stem-mixer').seek(20)")
    until(page, "document.querySelector('stem-mixer').position > 20")
    page.close()

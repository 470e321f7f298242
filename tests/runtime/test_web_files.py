"""The address of the pages' modules: the same for the same content; doors lead to it."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from stempress.core.paths import WEB
from stempress.i18n.translations import load_translations
from stempress.runtime import web_files as module
from stempress.runtime.web_files import WebFiles, web_files
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the modules, which a test may change."""
    copy = tmp_path / "web"
    shutil.copytree(WEB, copy)
    monkeypatch.setattr(module, "WEB", copy)
    return copy


def files(language: str = "en") -> WebFiles:
    return web_files(load_translations(language), {})


def test_the_address_is_that_of_the_content(web: Path) -> None:
    before = files().address
    assert re.fullmatch(r"app/[0-9a-f]{12}/", before)
    assert files().address == before
    path = web / "bar/queue.js"
    path.write_text(f"{path.read_text('utf-8')}\n// another\n", "utf-8")
    after = files().address
    assert after != before
    path.rename(web / "bar/line.js")
    assert files().address not in {before, after}


def test_another_language_and_another_engine_have_another_address(web: Path) -> None:
    lock = web.parent / "lock.json"
    lock.write_text("{}", "utf-8")
    with_engine = web_files(load_translations("en"), {"python/lock.json": lock})
    assert len({files().address, files("de").address, with_engine.address}) == 3
    assert f"{with_engine.address}python/lock.json" in {file.address for file in with_engine.files}


def test_doors_lead_to_what_they_are_named_after() -> None:
    web = files()
    contents = {file.address: file.read().decode() for file in (*web.files, *web.doors)}
    doors = [file.address.removeprefix("app/web/") for file in web.doors]
    assert {"mixer.js", "site.css", "mixer.css", "site.js"} < set(doors)
    assert "sw.js" not in doors
    for name in doors:
        door, behind = contents[f"app/web/{name}"], contents[f"{web.address}{name}"]
        if name == "site.js":
            assert door == behind
        else:
            target = re.fullmatch(r'(?:@import|export \* from) "\.\./(.+)";\n', door)
            assert target, door
            assert f"app/{target[1]}" == f"{web.address}{name}"


def test_pages_name_the_modules_version_and_visitors_keep_no_doors(
    tmp_path: Path, press_small: Press
) -> None:
    write_small_site(tmp_path)
    assert press_small(tmp_path) == 0
    dist = tmp_path / "dist"
    address = files().address
    page = (dist / "songs/one/index.html").read_text("utf-8")
    assert f'src="../../{address}site.js"' in page
    assert "app/web/" not in page
    kept = json.loads((dist / "app/files.json").read_text("utf-8"))
    assert f"{address}mixer.js" in kept
    assert not [name for name in kept if name.startswith("app/web/")]
    assert f'"{address}"' in (dist / "sw.js").read_text("utf-8")


def test_a_build_keeps_no_modules_of_another_version(
    tmp_path: Path, press_small: Press, web: Path
) -> None:
    write_small_site(tmp_path)
    assert press_small(tmp_path) == 0
    before = files().address
    (web / "base/once.js").write_text("// gone", "utf-8")
    assert press_small(tmp_path) == 0
    assert files().address != before
    assert {path.name for path in (tmp_path / "dist/app").iterdir()} == {
        "ethers",
        "files.json",
        "web",
        files().address.split("/")[1],
    }

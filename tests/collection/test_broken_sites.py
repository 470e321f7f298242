"""Sites with one fault each: the build reports it, and nothing else, and leaves dist/ unchanged.

``broken_sites/`` and ``odd_sites/`` describe changes to the small site, and the build's messages;
odd sites are built all the same.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT
from tests.support.small_site import tone, write, write_small_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import Press

BROKEN = sorted((ROOT / "tests/broken_sites").glob("*.toml"))
ODD = sorted((ROOT / "tests/odd_sites").glob("*.toml"))
OLD = {"data/collection.json": '{"generator": "stempress"}', "index.html": "old"}


@pytest.fixture(scope="module")
def valid_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("sound")
    write_small_site(site)
    return site


@pytest.fixture
def site(valid_site: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(valid_site, tmp_path / "site"))


def read_case(path: Path) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the lines that a build prints, and the changes to the site."""
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    return case["says"].splitlines(), case["edit"]


def apply(site: Path, edits: Sequence[dict[str, Any]]) -> None:
    """Change a site as a case describes."""
    for edit in edits:
        path = site / edit["file"]
        if "find" in edit:
            text = path.read_text(encoding="utf-8")
            assert text.count(edit["find"]) == 1, f"{edit['find']!r} stands not once in {path.name}"
            changed = text.replace(edit["find"], edit["put"])
            path.write_bytes(changed.encode(edit.get("encoding", "utf-8")))
        elif "put" in edit:
            write(path, edit["put"])
        elif "sound" in edit:
            write(path, tone(**edit["sound"]))
        elif "keep" in edit:
            path.write_bytes(path.read_bytes()[: edit["keep"]])
        elif "copy" in edit:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(site / edit["copy"], path)
        elif "link" in edit:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to(edit["link"])
        elif edit["remove"] == "folder":
            shutil.rmtree(path)
        else:
            path.unlink()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        os.fspath(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def without_counts(printed: Sequence[str]) -> list[str]:
    """Return all lines but the counts of what is new, which are lower the second time."""
    return [line for line in printed if not line.endswith(" new")]


def messages_of(printed: Sequence[str], kind: str) -> list[str]:
    """Return the errors or warnings, each with its hint."""
    messages: list[str] = []
    for index, line in enumerate(printed):
        if line.startswith(f"{kind}: "):
            messages += printed[index : index + 1 + printed[index + 1].startswith("    -> ")]
    return messages


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_one_fault_gets_one_message(
    path: Path, site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    says, edits = read_case(path)
    apply(site, edits)
    status = press_small(site)
    printed = capsys.readouterr().err.splitlines()
    shown = [line.replace(str(site), "/home/you/site") for line in printed]
    assert messages_of(shown, "error") == says
    assert printed[-2:] == ["1 error", "nothing was written"]
    assert status == 1
    assert not (site / "dist").exists()
    for name, text in OLD.items():
        write(site / "dist" / name, text)
    before = tree(site / "dist")
    assert press_small(site) == 1
    assert without_counts(capsys.readouterr().err.splitlines()) == without_counts(printed)
    assert tree(site / "dist") == before


@pytest.mark.parametrize("path", ODD, ids=lambda path: path.stem)
def test_odd_sites_are_built_with_a_warning(
    path: Path, site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    says, edits = read_case(path)
    apply(site, edits)
    status = press_small(site)
    printed = capsys.readouterr().err.splitlines()
    assert messages_of(printed, "warning") == says
    assert messages_of(printed, "error") == []
    assert status == 0
    assert (site / "dist/index.html").is_file()


TOGETHER = (
    "unknown_codec",
    "splits_not_100",
    "link_to_a_file_outside",
    "bpm_zero",
    "upc_check_digit",
    "stem_missing",
    "note_of_unknown_song",
    "token_of_unknown_tier",
    "owner_of_no_token",
)
"""Cases that can be combined, in the order in which a site is read."""


@pytest.mark.parametrize("order", [1, -1])
def test_all_faults_are_reported_together(
    order: int, site: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [read_case(ROOT / "tests/broken_sites" / f"{name}.toml") for name in TOGETHER]
    for _, edits in cases[::order]:
        apply(site, edits)
    write(site / "stems/two/bass/synth.flac", "no sound")
    status = press_small(site)
    printed = capsys.readouterr().err.splitlines()
    says = [line for lines, _ in cases for line in lines]
    undecodable = [
        "error: stems/two/bass/synth.flac: it cannot be decoded: Format not recognised",
        "    -> export or download it again",
    ]
    assert messages_of(printed, "error") == says + undecodable
    assert printed[-2:] == ["10 errors", "nothing was written"]
    assert status == 1

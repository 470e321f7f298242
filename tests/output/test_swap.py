"""The swap of two folders without a system call for it, and what an interruption leaves."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

import pytest

from stempress.output import swap
from stempress.output.swap import complete_swap, swap_folders
from tests.support.bare_system import take_away

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return the folders of the next site and of the live one, on a bare system."""
    take_away(monkeypatch)
    one, other = tmp_path / "next", tmp_path / "dist"
    for path, content in ((one, "new"), (other, "old")):
        path.mkdir()
        (path / "index.html").write_text(content)
    return one, other


def contents(*folders: Path) -> list[str]:
    return [(path / "index.html").read_text() if path.exists() else "" for path in folders]


def test_folders_are_swapped_step_by_step(folders: tuple[Path, Path]) -> None:
    swap_folders(*folders)
    assert contents(*folders) == ["old", "new"]


@pytest.mark.parametrize(
    ("steps", "after"), [(1, ["new", "old"]), (2, ["old", "new"]), (3, ["old", "new"])]
)
def test_an_interrupted_swap_leaves_the_old_site_or_the_new_one(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, steps: int, after: list[str]
) -> None:
    rename = swap._rename  # noqa: SLF001 - the steps of a swap
    done: list[Path] = []

    def interrupted(folder: Path, target: Path) -> None:
        if len(done) == steps:
            raise KeyboardInterrupt
        rename(folder, target)
        done.append(target)

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(swap, "_rename", interrupted)
        swap_folders(*folders)
    assert len(done) == steps
    complete_swap(*folders)
    assert contents(*folders) == after
    complete_swap(*folders)
    assert contents(*folders) == after
    assert sorted(path.name for path in folders[0].parent.iterdir()) == ["dist", "next"]


def test_a_folder_in_use_is_waited_for_but_not_forever(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = folders
    tries = []

    def is_in_use(*_: object) -> NoReturn:
        tries.append(1)
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(swap, "ATTEMPT_SECONDS", 0)
    monkeypatch.setattr(type(one), "replace", is_in_use)
    with pytest.raises(PermissionError):
        swap_folders(one, other)
    monkeypatch.undo()
    assert len(tries) == swap.ATTEMPTS
    assert contents(one, other) == ["new", "old"]

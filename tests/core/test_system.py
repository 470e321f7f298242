"""What systems offer: the answers where there is something, and where there is not."""

from __future__ import annotations

import os
from threading import Event, Thread
from typing import TYPE_CHECKING, NoReturn

import pytest

from stempress.core import system

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    type Lock = Callable[[Path, Callable[[], None]], AbstractContextManager[None]]


def refuse(*_: object) -> NoReturn:
    raise PermissionError(1, "Operation not permitted")


def test_a_disk_without_hard_links_is_told_from_a_file_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("a")
    assert system.hard_link(f"{tmp_path}/a", f"{tmp_path}/b")
    assert (tmp_path / "b").stat().st_nlink == 2
    with pytest.raises(FileNotFoundError):
        system.hard_link(f"{tmp_path}/missing", f"{tmp_path}/c")
    monkeypatch.setattr(os, "link", refuse)
    assert not system.hard_link(f"{tmp_path}/a", f"{tmp_path}/c")
    assert not (tmp_path / "c").exists()


def test_folders_are_exchanged_or_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    monkeypatch.setattr(os, "name", "nt")
    exchanged = system.exchange_folders(tmp_path / "one", tmp_path / "two")
    monkeypatch.undo()
    assert not exchanged
    assert (tmp_path / "one/one").exists()
    if system.exchange_folders(tmp_path / "one", tmp_path / "two"):
        assert (tmp_path / "one/two").exists()
        assert (tmp_path / "two/one").exists()


@pytest.mark.parametrize("lock", [system.lock_file, system.lock_with_filelock])
def test_who_comes_second_waits_and_is_told_so(lock: Lock, tmp_path: Path) -> None:
    waiting, held, order = Event(), Event(), []

    def come_second() -> None:
        with lock(tmp_path / "lock", waiting.set):
            order.append("second")

    with lock(tmp_path / "lock", held.set):
        second = Thread(target=come_second)
        second.start()
        assert waiting.wait(20)
        order.append("first")
    second.join(20)
    assert order == ["first", "second"]
    assert not held.is_set()

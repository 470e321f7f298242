"""The watcher of a preview: what it does at the limits of the system."""

from __future__ import annotations

import errno
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from watchdog.observers import Observer

from stempress.commands.input_watcher import watch_inputs

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_SECONDS = 20
WATCHES = OSError(errno.ENOSPC, "inotify watch limit reached")
INSTANCES = OSError(errno.EMFILE, "inotify instance limit reached")


def refuse(error: OSError) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "setting"), [(WATCHES, "max_user_watches"), (INSTANCES, "max_user_instances")]
)
def test_at_inotifys_limit_the_preview_polls_and_says_which_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, setting: str
) -> None:
    monkeypatch.setattr(Observer, "start", lambda _: refuse(error))
    (tmp_path / "content").mkdir()
    changed = Event()
    lines: list[str] = []
    with watch_inputs(tmp_path, changed, lines.append) as update:
        assert f"sudo sysctl fs.inotify.{setting}=" in lines[0]
        (tmp_path / "content/index.md").write_text("x")
        assert changed.wait(PATIENCE_SECONDS)
        update()
    assert len(lines) == 1


def test_a_limit_that_is_met_later_changes_to_polling_too(tmp_path: Path) -> None:
    changed = Event()
    lines: list[str] = []
    (tmp_path / "stems").mkdir()
    with watch_inputs(tmp_path, changed, lines.append) as update:
        thread = Thread(target=refuse, args=(WATCHES,))
        thread.start()
        thread.join()
        assert changed.wait(PATIENCE_SECONDS)
        changed.clear()
        update()
        assert "inotify watches is reached" in lines[0]
        (tmp_path / "stems/a.wav").write_text("x")
        assert changed.wait(PATIENCE_SECONDS)


def test_other_errors_of_the_system_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Observer, "start", lambda _: refuse(OSError(errno.EIO, "broken disk")))
    with pytest.raises(OSError, match="broken disk"), watch_inputs(tmp_path, Event(), print):
        pass

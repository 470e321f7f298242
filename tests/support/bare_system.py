"""An operating system and a disk that offer next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core import system

if TYPE_CHECKING:
    import pytest


def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away forks, hard links, the exchange of folders, and flock."""
    monkeypatch.setattr(system, "can_fork", lambda: False)
    monkeypatch.setattr(system, "hard_link", lambda *_: False)
    monkeypatch.setattr(system, "exchange_folders", lambda *_: False)
    monkeypatch.setattr(system, "lock_file", system.lock_with_filelock)

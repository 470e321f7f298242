"""Progress: plain lines for logs, bars for people, nothing when quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.progress import Progress

if TYPE_CHECKING:
    import pytest

    type Captured = pytest.CaptureFixture[str]


def count(progress: Progress) -> None:
    with progress.track("Stems", 2, 3) as step:
        step("one/drums/[live]")
        step("one/drums/tape")


def test_a_log_gets_one_plain_line_on_the_error_stream(capsys: Captured) -> None:
    count(Progress())
    assert capsys.readouterr() == ("", "Stems: 2 of 3 new\n")


def test_a_stage_with_nothing_to_do_is_not_logged(capsys: Captured) -> None:
    with Progress().track("Stems", 0, 3), Progress().track("Files to check", 0):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_that_is_gone_at_the_end(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    count(Progress())
    written = capsys.readouterr().err
    assert "2/2" in written
    assert written.rstrip("\r").endswith("\x1b[2K"), "the line is erased"


def test_quiet_is_silent(capsys: Captured) -> None:
    quiet = Progress(quiet=True)
    quiet.log("words")
    count(quiet)
    assert capsys.readouterr() == ("", "")


def test_a_line_is_said_as_it_is(capsys: Captured) -> None:
    long = "[red]" + "word " * 60 + "https://host.example/"
    Progress().log(long)
    assert capsys.readouterr().err == f"{long}\n"

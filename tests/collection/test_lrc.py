"""LRC as programs write it, and as they should not."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from pyodide_app.engine.model import LyricLine
from stempress.collection.lrc import parse_lrc
from stempress.core.errors import Findings
from tests.support.fuzzing import fuzzed

PIECES = st.sampled_from(
    (
        *("[", "]", "<", ">", ":", ".", ",", "-", "+", "0", "59", "60", "99", "\n", " ", "\t"),
        *("[00:01.00]", "<00:02.5>", "[1:02:03.4]", "[offset:", "[la:", "[ti:"),
        *("sea", "שיר", "\u0301", "٣", "²"),
    )
)


def read(text: str) -> list[tuple[float | None, str]]:
    """Return times and words of a text without faults or warnings."""
    findings = Findings()
    lyrics = parse_lrc(text, "one.lrc", findings)
    assert (findings.faults, findings.warnings) == ([], [])
    assert lyrics is not None
    return [(line.time, line.text) for line in lyrics.lines]


def faults(text: str) -> list[tuple[str, str, object]]:
    """Return key, message and value of a text's faults."""
    findings = Findings()
    parse_lrc(text, "one.lrc", findings)
    return [(fault.key, fault.message, fault.value) for fault in findings.faults]


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("[00:12.34]", 12.34),
        ("[00:12.3]", 12.3),
        ("[00:12.345]", 12.345),
        ("[0:12]", 12),
        ("[01:02,50]", 62.5),
        ("[01:02:50]", 62.5),
        ("[75:00.00]", 4500),
        ("[1:02:03.50]", 3723.5),
        (" [ 00:12.34 ] ", 12.34),
    ],
)
def test_a_time_may_be_written_in_many_ways(stamp: str, seconds: float) -> None:
    assert read(f"{stamp}Out to sea") == [(seconds, "Out to sea")]


def test_a_line_that_is_sung_twice_has_two_times_and_all_are_in_order() -> None:
    text = "[00:30.00][00:10.00] Chorus\n[00:20.00]Verse\n\n[00:25.00]"
    expected = [(10, "Chorus"), (20, "Verse"), (25, ""), (30, "Chorus")]
    assert read(text) == expected


def test_a_line_and_its_translation_stay_in_the_order_of_the_file() -> None:
    assert read("[00:01.00]Meer\n[00:01.00]Sea") == [(1, "Meer"), (1, "Sea")]


def test_times_of_words_are_left_out() -> None:
    text = "[00:01.00]<00:01.00>Out <00:01.20>to <00:01.400>sea<00:02.00>"
    assert read(text) == [(1, "Out to sea")]


def test_brackets_within_a_line_are_words() -> None:
    assert read("[00:01.00][Chorus] and (more) <3") == [(1, "[Chorus] and (more) <3")]


@pytest.mark.parametrize(("offset", "seconds"), [("+500", 1.5), ("-500", 2.5), ("5000", 0)])
def test_a_positive_offset_shows_lines_sooner(offset: str, seconds: float) -> None:
    assert read(f"[offset: {offset}]\n[00:02.00]Sea") == [(seconds, "Sea")]


def test_tags_tell_the_language_and_nothing_else() -> None:
    lyrics = parse_lrc(
        "[ti:One]\n[ar: Ada]\n[length: 3:40]\n[re:Editor]\n[#: made by hand]\n[la:de-AT]\n[0:01]x",
        "one.lrc",
        findings := Findings(),
    )
    assert (findings.faults, findings.warnings) == ([], [])
    assert lyrics is not None
    assert (lyrics.lines, lyrics.language) == ((LyricLine("x", 1),), "de-AT")


def test_an_unknown_tag_is_named() -> None:
    findings = Findings()
    assert parse_lrc("[chorus: all]\n[0:01]x", "one.lrc", findings)
    assert [(each.key, each.value) for each in findings.warnings] == [("line 1", "chorus")]


def test_mistakes_are_named_with_their_lines() -> None:
    text = "[00:75.00]a\n[00.12.00]b\nc\n[offset: soon]\n[-00:01.00]d\n[00:01.00]e"
    assert sorted(faults(text)) == [
        ("line 1", "has a time with 60 seconds or more", "[00:75.00]a"),
        ("line 2", "is not a time", "[00.12.00]"),
        ("line 3", "has no time", "c"),
        ("line 4", "has an offset that is not in milliseconds", "soon"),
        ("line 5", "is not a time", "[-00:01.00]"),
    ]


def test_words_without_any_time_are_one_mistake() -> None:
    assert faults("Out to sea\nand back") == [("", "has no line with a time", None)]
    assert faults("[ti:One]\n[00:01.00]") == [("", "has no line with a time", None)]


@fuzzed(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_is_read_or_reported(text: str) -> None:
    findings = Findings()
    lyrics = parse_lrc(text, "one.lrc", findings)
    assert lyrics or findings.faults
    assert all(map(str, [*findings.faults, *findings.warnings]))
    if lyrics and not findings.faults:
        times = [line.time for line in lyrics.lines]
        assert all(time is not None and time >= 0 for time in times)
        assert times == sorted(time or 0.0 for time in times)
        assert lyrics.is_timed
        assert lyrics.text

"""Messages: where, what, the value, what would be valid, and nothing that steers a terminal."""

from __future__ import annotations

import pytest

from stempress.core.errors import (
    Fault,
    Findings,
    SiteError,
    closest,
    printable,
    suggestion,
)


def test_a_fault_is_told_in_two_lines() -> None:
    fault = Fault("site.toml", "is not a colour", "site.accent", "red", "#rrggbb")
    assert str(fault) == "site.toml: site.accent: is not a colour (got 'red')\n    -> #rrggbb"
    assert str(Fault("content/", "is missing")) == "content/: is missing"


def test_what_strangers_wrote_cannot_steer_a_terminal() -> None:
    fault = Fault("a\x1b[2J.md", "is\nwrong", "k\u202ey", "v\x07", "h\r")
    assert str(fault) == r"a\x1b[2J.md: k\u202ey: is\nwrong (got 'v\x07')" + "\n    -> h\\r"
    assert printable("größer 🎵") == "größer 🎵"
    assert printable("\udcff") == r"\udcff"


def test_the_closest_word_is_named_first() -> None:
    assert closest("drms", ["bass", "drums"]) == "drums"
    assert closest("BPM", ["bpm", "key"]) == "bpm"
    assert closest("vocals", ["bass", "drums"]) is None
    assert suggestion("drms", ["drums", "bass"]) == "did you mean 'drums'? valid: bass, drums"
    assert suggestion("x", []) == "there are none yet"


@pytest.mark.parametrize("word", ["tempo", "date", "codec", "length", "year", "loop"])
def test_a_word_that_is_no_misspelling_is_given_no_other(word: str) -> None:
    keys = ["accent", "bitrate", "collection", "drop", "layers", "stream", "weight"]
    assert closest(word, keys) is None
    assert suggestion(word, keys) == f"valid: {', '.join(keys)}"


def test_keys_and_values_are_in_the_notation_of_their_file() -> None:
    fault = Fault("site.toml", "is no text", "people[1].name", value=True)
    assert str(fault) == "site.toml: second [[people]], name: is no text (got true)"
    fault = Fault("content/tokens.json", "is no text", "tokens[0].song", value={"a": None})
    assert str(fault) == "content/tokens.json: first of tokens, song: is no text (got {'a': null})"


def test_faults_are_raised_together_file_by_file() -> None:
    findings = Findings()
    findings.raise_faults()
    for where, what in (("a", "one"), ("b", "two"), ("a", "three")):
        findings.fault(where, what)
    with pytest.raises(SiteError) as caught:
        findings.raise_faults()
    assert [fault.message for fault in caught.value.faults] == ["one", "three", "two"]
    assert findings.has_fault("b")
    assert not findings.has_fault("c")

"""Messages: where, what, the value, what would be valid, and nothing that steers a terminal."""

from __future__ import annotations

import pytest

from stempress.core.errors import (
    Fault,
    Findings,
    SiteError,
    closest,
    printable,
    shorten,
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


def test_values_are_shown_short() -> None:
    assert shorten("x" * 500) == f"'{'x' * 116}..."
    assert shorten(1 << 20_000) == "a value too long to show"


def test_the_closest_word_is_named_first() -> None:
    assert closest("drms", ["bass", "drums"]) == "drums"
    assert closest("vocals", ["bass", "drums"]) is None
    assert suggestion("drms", ["drums", "bass"]) == "did you mean 'drums'? valid: bass, drums"
    assert suggestion("x", []) == "there are none yet"


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

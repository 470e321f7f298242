"""Text files: encodings, the line of a mistake, and links that lead out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stempress.core.errors import Findings
from stempress.core.text_files import check_links, parse_json, parse_toml, read_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("data", [b"a\nb", b"a\r\nb", b"a\rb", b"\xef\xbb\xbfa\nb"])
def test_byte_order_marks_and_line_ends_do_not_matter(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.md").write_bytes(data)
    assert read_text(tmp_path / "a.md", "a.md", Findings()) == "a\nb"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_named(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "site.toml").write_bytes('[site]\ntitle = "Größe"\n'.encode(encoding))
    findings = Findings()
    assert read_text(tmp_path / "site.toml", "site.toml", findings) is None
    (fault,) = findings.faults
    assert fault.message.startswith(f"is {encoding[:6].upper()}")
    assert fault.hint == "save it as UTF-8"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("title = \u201cUndertow\u201d", "use straight quotes, \" or ', not \u201c"),
        ('songs = ["one", \u201etwo\u201c]', "use straight quotes, \" or ', not \u201e"),
        ('title\u00a0= "Undertow"', "replace the no-break space (U+00A0) with a plain space"),
        ('\u200btitle = "Undertow"', "remove the zero width space (U+200B)"),
        ("weight = 0,3", "write decimals with a point: 0.3"),
        ("weight = -1,25 # a quarter", "write decimals with a point: -1.25"),
        ("lossless = True", "write true, in lower case"),
        ("lossless = no", "write false, in lower case"),
        ("cover = null", "leave the key out: TOML has no null"),
        ("title = Undertow", "put text in quotes"),
        ('title: "Undertow"', "write = after the key, not a colon"),
        ('title = "Undertow";', "remove the semicolon"),
        ('title = "Undertow', "end the text on the same line with the quote it begins with"),
        (
            'cover = "C:\\Users\\me.png"',
            "write two backslashes for one, or put the text in single quotes",
        ),
        ("share = 60%", "write the number alone: 60"),
        ("bpm = 92 bpm", "write the number alone: 92"),
        ("bpm = 092", "write 92, without zeros before it"),
        ("released = 20.03.2026", "dates are year, month, day: 2026-03-20"),
        (
            "released = 2026-13-01",
            "dates are a year, a month from 01 to 12 and one of its days: 2026-03-20",
        ),
        (
            "date = 2026-3-5",
            "dates are a year, a month from 01 to 12 and one of its days: 2026-03-20",
        ),
        ("a = 2", "write each key once"),
        ("[b]\n[b]", "write each table once, with all of its keys below it"),
        ("share = 1/3", "write fractions as decimals: 0.5"),
        ("// the site", "comments begin with #"),
        ("<<<<<<< HEAD", "resolve the conflict that Git has left here"),
        ("{\\rtf1\\ansi", "it is rich text: save it as plain text"),
        ("<!DOCTYPE html>", "it is a web page: download the file itself"),
        ("\0\0\0", "its end is nothing but zeros: a copy has failed"),
        ("\x1a", "remove the control character (Ctrl-Z) at its end"),
        ('title = "a\u00a0b" x', 'such as: title = "Undertow", bpm = 92, songs = ["one", "two"]'),
    ],
)
def test_the_hint_names_the_cause(line: str, hint: str) -> None:
    findings = Findings()
    assert parse_toml(f"a = 1\n{line}\n", "site.toml", findings) is None
    [fault] = findings.faults
    assert (fault.key, fault.hint) == (f"line {2 + line.count('\n')}", hint)


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path: Path) -> None:
    findings = Findings()
    assert read_text(tmp_path, "a.md", findings) is None
    assert [str(fault) for fault in findings.faults] == ["a.md: cannot be read: Is a directory"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a = 1\nb = \n", "f: line 2: is not valid TOML: Invalid value (got 'b = ')"),
        ("a = [", "f: line 1: is not valid TOML: Invalid value (got 'a = [')"),
        (f"a = {'9' * 5000}", "f: is not valid TOML: Exceeds the limit (4300 digits)"),
        (f"a = {'[' * 9999}", "f: is not valid TOML: maximum recursion depth exceeded"),
    ],
)
def test_toml_that_cannot_be_parsed(text: str, where: str) -> None:
    findings = Findings()
    assert parse_toml(text, "f", findings) is None
    assert str(findings.faults[0]).startswith(where)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{\n"a": x}', "f: line 2: is not valid JSON: Expecting value (got '\"a\": x}')"),
        ('{"a": 1, "a": 2}', "f: is not valid JSON: duplicate key 'a' in {'a': 2}"),
        ("[" * 99999, "f: is not valid JSON: maximum recursion depth exceeded"),
    ],
)
def test_json_that_cannot_be_parsed(text: str, where: str) -> None:
    findings = Findings()
    assert parse_json(text, "f", findings) is None
    assert str(findings.faults[0]).startswith(where)


def test_links_stay_in_the_site(tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    for folder in (site / "content", site / "stems", elsewhere / "drums"):
        folder.mkdir(parents=True)
    (site / "content/in.md").symlink_to("../stems/x.md")
    (site / "content/out.md").symlink_to("/x.md")
    (site / "content/up.md").symlink_to("../../x.md")
    (site / "content/loop.md").symlink_to("loop.md")
    (site / "stems/drums").symlink_to(elsewhere / "drums")
    findings = Findings()
    check_links(site, findings)
    places = [fault.where for fault in findings.faults]
    assert places == ["content/out.md", "content/up.md", "stems/drums"]


def test_stems_may_lie_elsewhere_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "disk/one").mkdir(parents=True)
    (tmp_path / "disk/two").symlink_to("one")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/stems").symlink_to(tmp_path / "disk")
    findings = Findings()
    check_links(tmp_path / "site", findings)
    assert findings.faults == []

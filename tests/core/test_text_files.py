"""Text files: encodings, the line of a mistake, and links that lead out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stempress.core.errors import Findings
from stempress.core.text_files import check_links, parse_json, parse_toml, read_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("data", [b"a\nb", b"a\r\nb", b"\xef\xbb\xbfa\nb"])
def test_byte_order_marks_and_line_ends_do_not_matter(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.md").write_bytes(data)
    assert read_text(tmp_path / "a.md", "a.md", Findings()) == "a\nb"


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

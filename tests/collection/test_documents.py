"""Markdown files and their front matter."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from stempress.collection.documents import read_date, read_documents, read_home, split_front_matter
from stempress.core.errors import Findings
from stempress.core.tables import Table
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path


def test_front_matter_is_between_two_lines_of_plus_signs() -> None:
    findings = Findings()
    table, body = split_front_matter('+++\ntitle = "T"\n+++\n\nWords\n+++\nmore.\n', "a", findings)
    assert (table.data, body) == ({"title": "T"}, "Words\n+++\nmore.")
    assert findings.faults == []


def test_lines_before_front_matter_count_but_do_not_matter() -> None:
    findings = Findings()
    table, body = split_front_matter('\n \n+++\ntitle = "T"\n+++\nWords', "a", findings)
    assert (table.data, body, findings.faults) == ({"title": "T"}, "Words", [])
    split_front_matter("\n\n+++\ntitle = T\n+++\nWords", "a", findings)
    assert [fault.key for fault in findings.faults] == ["line 4"]


@pytest.mark.parametrize(
    "value", ["2026-03-01", date(2026, 3, 1), "20260301", "2026-W09-7"], ids=str
)
def test_dates_are_read_as_toml_or_text(value: object) -> None:
    table = Table({"date": value}, "a.md", Findings())
    assert read_date(table, "date") == date(2026, 3, 1)


@pytest.mark.parametrize(
    "text", ["2026-03-01T23:30:00-12:00", "0001-01-01T00:00:00+14:00", "2026-03-01 10:00:00"]
)
def test_a_time_gives_its_date_as_written(text: str) -> None:
    table, _ = split_front_matter(f"+++\ndate = {text}\n+++", "a.md", Findings())
    found = read_date(table, "date")
    assert found is not None
    assert text.startswith(found.isoformat())


@pytest.mark.parametrize("value", ["tomorrow", 2026, [], "2026-13-01", True])
def test_invalid_dates_are_reported(value: object) -> None:
    findings = Findings()
    assert read_date(Table({"date": value}, "a.md", findings), "date") is None
    assert [fault.message for fault in findings.faults] == ["is not a date"]


def test_documents_are_sorted_and_hidden_and_backup_files_ignored(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", ".c.md", "d.md~", "e.txt"):
        write(tmp_path / "pages" / name, '+++\ntitle = "T"\n+++\n')
    documents = list(read_documents(tmp_path / "pages", Findings(), {}))
    assert [(document.slug, document.where) for document in documents] == [
        ("a", "content/pages/a.md"),
        ("b", "content/pages/b.md"),
    ]
    assert list(read_documents(tmp_path / "notes", Findings(), {}, dated=True)) == []


def test_a_home_page_without_text_has_the_site_title(tmp_path: Path) -> None:
    assert read_home(tmp_path, "Night Ferry", Findings()).title == "Night Ferry"
    write(tmp_path / "index.md", "+++\n+++\nHello.")
    home = read_home(tmp_path, "Night Ferry", Findings())
    assert (home.title, home.body) == ("Night Ferry", "Hello.")

"""The end of a build: figures, warnings, and which tokens' metadata changed."""

from __future__ import annotations

import pytest

from stempress.commands.report import changed_tokens, report_build
from stempress.core.errors import Fault
from stempress.core.progress import Progress
from stempress.core.units import format_ranges, format_size
from stempress.output.result import BuildResult, WriteResult

CHANGED = ("index.html", "metadata/7.json", f"metadata/{7:064x}.json", "metadata/8.json")


def told(built: BuildResult, capsys: pytest.CaptureFixture[str]) -> list[str]:
    report_build(built, 1.26, "dist", Progress())
    return capsys.readouterr().err.splitlines()


def test_a_build_ends_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    built = BuildResult(WriteResult(20, 1_540_000, CHANGED, 2, pages=9), ())
    assert told(built, capsys) == [
        "dist: 9 pages, 20 files, 1.5 MB in 1.3 s; 4 written, 2 pruned, 0 warnings"
    ]


def test_warnings_come_first_and_nothing_in_them_is_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    warning = Fault("site.toml", "has [bold]no[/bold] licence", hint="say one")
    lines = told(BuildResult(WriteResult(1, 1, (), 0), (warning,)), capsys)
    assert lines[:2] == ["warning: site.toml: has [bold]no[/bold] licence", "    -> say one"]
    assert lines[2].endswith("1 warning")


def test_clashes_are_one_line_before_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    built = BuildResult(WriteResult(1, 1, (), 0), (), clashes="2 clashes, listed by ...")
    assert told(built, capsys)[0] == "2 clashes, listed by ..."


def test_a_site_that_is_too_large_for_its_host_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    near = BuildResult(WriteResult(1, 810_000_000, (), 0), ())
    assert "810.0 MB is close to or over GitHub Pages' limit of 1 GB" in told(near, capsys)[-1]


@pytest.mark.parametrize(
    ("standard", "event"), [("erc721", "BatchMetadataUpdate(7, 8)"), ("erc1155", "URI for 7-8")]
)
def test_tokens_with_changed_metadata_are_named_for_the_contracts_event(
    standard: str, event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = told(BuildResult(WriteResult(20, 1, CHANGED, 0), (), {"": standard}), capsys)[-1]
    assert line == f"changed metadata: {event}"


def test_tokens_of_other_contracts_are_named_apart(capsys: pytest.CaptureFixture[str]) -> None:
    changed = (*CHANGED, "metadata/song/7.json", f"metadata/song/{7:064x}.json", "metadata/song/7")
    standards = {"": "erc1155", "song": "erc721", "album": "erc721"}
    lines = told(BuildResult(WriteResult(20, 1, changed, 0), (), standards), capsys)
    assert lines[-2:] == [
        "changed metadata: URI for 7-8",
        "changed metadata of song tokens: MetadataUpdate(7)",
    ]


def test_a_first_build_and_a_site_without_contract_have_no_one_to_tell(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        len(told(BuildResult(WriteResult(len(CHANGED), 1, CHANGED, 0), (), {"": "erc721"}), capsys))
        == 1
    )
    assert len(told(BuildResult(WriteResult(20, 1, CHANGED, 0), ()), capsys)) == 1


def test_changed_tokens_are_those_of_decimal_names_in_the_order_of_numbers() -> None:
    named = ("metadata/10.json", "metadata/9.json", "metadata/contract.json", "data/3.json")
    assert changed_tokens(named) == [9, 10]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([], ""), ([4], "4"), ([1, 2, 3, 7], "1-3, 7"), ([1, 3, 4, 2**255], f"1, 3-4, {2**255}")],
)
def test_consecutive_numbers_are_told_as_ranges(numbers: list[int], words: str) -> None:
    assert format_ranges(numbers) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (999.6, "1 kB"),
        (12_345, "12 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (810_000_000, "810.0 MB"),
        (999_960_000, "1.0 GB"),
    ],
)
def test_sizes_have_the_unit_that_shows_them(size: float, words: str) -> None:
    assert format_size(size) == words

"""Papers: the backgrounds that accents are checked on are those of the site's style sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stempress.collection.papers import Papers, default_papers, read_papers
from stempress.core.errors import Findings
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path

OURS = default_papers()


def papers(site: Path, css: str) -> Papers:
    write(site / "templates/theme.css", css)
    return read_papers(site, Findings())


def test_our_style_sheet_defines_two_papers_for_each_scheme(tmp_path: Path) -> None:
    assert len(set(OURS.light + OURS.dark)) == 4
    assert read_papers(tmp_path, Findings()) == OURS


@pytest.mark.parametrize(
    ("css", "light", "dark"),
    [
        (":root { --paper: #ffffff; }", ("#ffffff", OURS.light[1]), ("#ffffff", OURS.dark[1])),
        (
            "@media (prefers-color-scheme: dark) { :root { --paper: #000000; --paper-2:#111111 } }",
            OURS.light,
            ("#000000", "#111111"),
        ),
        (
            (
                ":root { --paper: #ffffff; } @media (prefers-color-scheme: dark) {"
                " :root { --paper: #000000; } } /* --paper-2: #123456; */"
                "@media print { :root { --paper: #cccccc; } }"
            ),
            ("#ffffff", OURS.light[1]),
            ("#000000", OURS.dark[1]),
        ),
    ],
)
def test_a_theme_of_the_sites_own_takes_precedence(
    tmp_path: Path, css: str, light: tuple[str, ...], dark: tuple[str, ...]
) -> None:
    assert papers(tmp_path, css) == Papers(light, dark)


def test_a_paper_that_cannot_be_checked_is_warned_about(tmp_path: Path) -> None:
    findings = Findings()
    write(tmp_path / "templates/theme.css", ":root { --paper: oklch(98% 0.01 80); }")
    assert read_papers(tmp_path, findings) == OURS
    (warning,) = findings.warnings
    assert "templates/theme.css: --paper: is not six hex digits" in str(warning)

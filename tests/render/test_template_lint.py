"""Lint for templates that nothing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stempress.core.errors import Findings
from stempress.render.template_lint import lint_templates
from tests.support.small_site import write

if TYPE_CHECKING:
    from pathlib import Path


def test_unused_templates_are_reported(tmp_path: Path) -> None:
    used = {
        "song.html": '{% extends "base.html" %}{% import "parts/credits.html" as credits %}',
        "parts/credits.html": "",
        "theme.css": "",
        ".DS_Store": "",
    }
    for name in (*used, "pages.html", "zz"):
        write(tmp_path / "templates" / name, used.get(name, ""))
    findings = Findings()
    lint_templates(tmp_path, findings)
    assert [(warning.where, warning.hint) for warning in findings.warnings] == [
        ("templates/pages.html", "did you mean page.html?"),
        ("templates/zz", "the built-in templates are in the program's templates/"),
    ]

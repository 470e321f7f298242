"""The pages' modules as text: what browsers ask of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "pyodide_app" / "web"
MODULES = sorted(WEB.rglob("*.js"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_no_module_awaits_as_it_loads(path: Path) -> None:
    # WebKit fails to import such a module twice at once: its bug 242740.
    lines = path.read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line[:1].strip() and not line.startswith("//")]
    assert [line for line in code if re.search(r"\bawait\b", line) and "async " not in line] == []

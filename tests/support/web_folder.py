"""Where a built site has its modules: in a folder named after their content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

VERSION = re.compile(r"\bapp/[0-9a-f]{12}/")


def web_folder(dist: Path) -> Path:
    """Return the one folder of modules and style sheets below app/."""
    [folder] = [
        path
        for path in (dist / "app").iterdir()
        if VERSION.fullmatch(f"{path.relative_to(dist).as_posix()}/")
    ]
    return folder


def without_version(text: str) -> str:
    """Return a text in which addresses of modules are the same for all versions."""
    return VERSION.sub("app/version/", text)

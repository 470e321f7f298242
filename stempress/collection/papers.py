"""Background colours of a site's pages, as its style sheets define them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from stempress.core.paths import WEB
from stempress.core.text_files import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.errors import Findings

THEME_SHEET = "templates/theme.css"
_DECLARATION = re.compile(r"--(paper|paper-2):\s*([^;}]+?)\s*(?:[;}]|$)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MEDIA = re.compile(r"@media ([^{]+)\{")
_SCHEME = re.compile(r"\(prefers-color-scheme:\s*(light|dark)\)\s*")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Papers:
    """Colours, ``#rrggbb``, of the page and of panels on it, in the light and the dark scheme."""

    light: tuple[str, ...]
    dark: tuple[str, ...]


def read_papers(site: Path, findings: Findings) -> Papers:
    """Read the papers of a site; its own theme.css takes precedence over our style sheet."""
    ours = _parse_sheet(_own_sheet())
    path = site / THEME_SHEET
    text = read_text(path, THEME_SHEET, findings) if path.is_file() else None
    if text is None:
        return _merge(ours, ({}, {}))
    theirs = _parse_sheet(text)
    for values in theirs:
        for name in [name for name, value in values.items() if not _HEX.fullmatch(value)]:
            findings.warn(
                THEME_SHEET,
                "is not six hex digits, so the accent's contrast on it is not checked",
                key=f"--{name}",
                value=values.pop(name),
                hint='such as "#faf8f4"',
            )
    return _merge(ours, theirs)


def default_papers() -> Papers:
    """Return the papers of sites without a theme.css of their own."""
    return _merge(_parse_sheet(_own_sheet()), ({}, {}))


@cache
def _own_sheet() -> str:
    return (WEB / "site.css").read_text("utf-8")


def _merge(
    ours: tuple[dict[str, str], dict[str, str]], theirs: tuple[dict[str, str], dict[str, str]]
) -> Papers:
    """Apply the cascade: what a site sets without a scheme applies in both."""
    light, dark = ours[0] | theirs[0], ours[0] | ours[1] | theirs[0] | theirs[1]
    return Papers(tuple(light.values()), tuple(dark.values()))


def _parse_sheet(css: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the declared papers by name: those of any scheme, and those of the dark one.

    Other media, such as print, are left out.
    """
    css = _COMMENT.sub("", css)
    parts = {"light": "", "dark": "", "": ""}
    end = 0
    for media in _MEDIA.finditer(css):
        parts["light"] += css[end : media.start()]
        end = _block_end(css, media.end())
        scheme = _SCHEME.fullmatch(media[1])
        parts[scheme[1] if scheme else ""] += css[media.end() : end]
    parts["light"] += css[end:]
    return dict(_DECLARATION.findall(parts["light"])), dict(_DECLARATION.findall(parts["dark"]))


def _block_end(css: str, start: int) -> int:
    """Return where the block that was opened just before ``start`` ends."""
    depth = 1
    for brace in re.finditer(r"[{}]", css[start:]):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return start + brace.end()
    return len(css)

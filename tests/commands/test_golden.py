"""A whole small site through the front door, held against the one that was looked at and kept.

After a change that is meant to show, ``GOLDEN=write pytest tests/commands/test_golden.py`` keeps
the new one; the difference is then read where all changes are read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from difflib import unified_diff
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.web_folder import without_version

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GOLDEN = ROOT / "tests/golden"
TEXT = {".css", ".html", ".json", ".svg", ".txt", ".xml"}
ALIKE = re.compile(
    r"traits/(?!tier/stem/|bass/none/)|(art/)?stems/low-tide/(?!drums/brushes)|tokens/(1|2|102)/|tiers/album/"
    r"|embed/low-tide/(?:bass|drums/machine)/|(art/mixes|embed|songs)/low-tide/(?!1-1|2-0)\d|metadata/0"
)
"""What is like another file that is kept; the sitemap has their addresses."""
AUDIO = re.compile(r"\baudio/([0-9a-f]{24})(?=\.)")
SIZE = re.compile(r'(?<="bytes":)\d+|(?<= length=")\d+|(?<=<span class="meta">)\d+\u00a0kB')
MIXER = re.compile(r"(<stem-mixer[^>]*>).*?(</stem-mixer>)", re.DOTALL)
RATE, FRAMES = 44100, 4 * 44100
STEMS = {"drums": ("brushes", "machine"), "bass": ("upright", "sub")}
SHOWN = 200
"""Lines of difference that a failure shows."""


def test_the_small_site_is_pressed_as_it_was(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(GOLDEN / "site", site)
    for seed, (layer, stem) in enumerate((la, st) for la, names in STEMS.items() for st in names):
        path = site / "stems/low-tide" / layer / f"{stem}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, triangle(seed), RATE)
    assert run(["--site", str(site)], build, ROOT) == 0
    pressed = texts(site / "dist")
    if os.environ.get("GOLDEN") == "write":
        keep(pressed)
    if difference := "\n".join(compare(texts(GOLDEN / "pressed"), pressed)):
        pytest.fail(f"{difference}\n\nif it is meant to be so: GOLDEN=write", pytrace=False)


def triangle(seed: int) -> NDArray[np.int16]:
    """Return notes of a triangle wave, in whole numbers, so that every machine has the same."""
    at = np.arange(FRAMES)
    period = 200 + 40 * seed
    wave = np.abs(at % period - period // 2) * 4 - period
    level = 8 + 4 * (at // (FRAMES // 8) % (seed + 2))
    samples: NDArray[np.int16] = (wave * level).astype(np.int16)
    return samples


def texts(folder: Path) -> dict[str, str]:
    """Return the site's text by address; modules and the runtime are tested elsewhere.

    Sound files are named in the order they are met: their names and sizes are their encoder's.
    The mixer's own markup stands at mixer/ alone.
    """
    names: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        return f"audio/{names.setdefault(match[1], str(len(names) + 1))}"

    found = {}
    for path in sorted(folder.rglob("*")):
        address = path.relative_to(folder).as_posix()
        if path.suffix in TEXT and not address.startswith("app/") and not ALIKE.match(address):
            text = SIZE.sub("0", AUDIO.sub(named, without_version(path.read_text("utf-8"))))
            text = text if address.startswith("mixer/") else MIXER.sub(r"\1\2", text)
            found[address] = indented(text) if path.suffix == ".json" else text
    return found


def indented(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


def keep(pressed: dict[str, str]) -> None:
    shutil.rmtree(GOLDEN / "pressed", ignore_errors=True)
    for address, text in pressed.items():
        path = GOLDEN / "pressed" / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def compare(kept: dict[str, str], pressed: dict[str, str]) -> list[str]:
    """Return what differs, as people read it; nothing where nothing does."""
    lines = [f"only kept: {address}" for address in sorted(kept.keys() - pressed.keys())]
    lines += [f"only pressed: {address}" for address in sorted(pressed.keys() - kept.keys())]
    for address in sorted(kept.keys() & pressed.keys()):
        before, after = kept[address].splitlines(), pressed[address].splitlines()
        lines += unified_diff(
            before, after, f"kept/{address}", f"pressed/{address}", n=1, lineterm=""
        )
    left = len(lines) - SHOWN
    return lines if left <= 0 else [*lines[:SHOWN], f"... and {left} lines more"]

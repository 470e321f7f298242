"""Collections that are hard on pages, and one page of every template in each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pyodide_app.engine.model import Token
from stempress.collection.collection import read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from stempress.site.page_plan import plan_pages
from tests.support.blind_site import write_sealed_track
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNBROKEN = "Extraordinarily" * 8
BROKEN = "a title that goes on for longer than anybody would wish " * 2
PROSE = f"A paragraph with a [link](https://a.example/), `code` and *stress*.\n\n> {BROKEN}\n"
HEBREW = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{HEBREW LETTER VAV}" * 2


def write_long(folder: Path) -> None:
    """Write a site with long names without spaces to break at."""
    write_small_site(folder, UNBROKEN, body=f"{PROSE}\n{UNBROKEN}")
    write_sealed_track(folder, UNBROKEN, PROSE)


def write_wordy(folder: Path) -> None:
    """Write a site with long names of many words."""
    write_small_site(folder, BROKEN[:120].strip(), body=PROSE)
    write_sealed_track(folder, BROKEN, PROSE)


def write_one(folder: Path) -> None:
    """Write a site with one token."""
    write_small_site(folder, body=PROSE)
    keep_tokens(folder, 1)


def write_none(folder: Path) -> None:
    """Write a site without tokens."""
    write_small_site(folder, body=PROSE)
    keep_tokens(folder, 0)


def write_from_right(folder: Path) -> None:
    """Write a site in a language written from right to left."""
    write_small_site(folder, HEBREW, body=PROSE, language="he")
    write_sealed_track(folder, HEBREW, PROSE)


WRITERS: dict[str, Callable[[Path], None]] = {
    "long": write_long,
    "wordy": write_wordy,
    "one token": write_one,
    "no token": write_none,
    "right to left": write_from_right,
}
"""Functions that write each collection into a folder."""


def keep_tokens(folder: Path, count: int) -> None:
    """Leave so many tokens in a small site's ledger: those that are neither burned nor forged."""
    path = folder / "content/tokens.json"
    ledger = json.loads(path.read_text("utf-8"))
    whole = [token for token in ledger["tokens"] if token["id"] == "5"]
    path.write_text(json.dumps({"tokens": whole[:count]}), "utf-8")


def samples(site: Path) -> dict[str, str]:
    """Return the address of one page for every template, and every tier and state of tokens."""
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    plan = plan_pages(collection, Rarity(collection.songs, collection.tokens))
    outputs: dict[str, str] = {}
    for page in plan.pages:
        kind = page.template.removesuffix(".html")
        if isinstance(page.about, Token):
            kind = f"{page.about.state} {page.about.tier} token"
        outputs.setdefault(kind, page.output)
    return outputs

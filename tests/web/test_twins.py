"""The pages that other generators are measured on say what this one's say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bench.build import collection
from bench.build.export import write_facts
from bench.build.same import differences
from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TWINS = ROOT / "bench/build/templates"
SONGS, TOKENS = 3, 60


@pytest.mark.slow
def test_twins_have_the_tags_and_words_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "SONGS", SONGS)
    monkeypatch.setattr(collection, "FORGED_SONGS", 0.05)
    monkeypatch.setattr(collection, "LAYERS", collection.LAYERS[:4])
    site, ours, theirs = tmp_path / "site", tmp_path / "ours", tmp_path / "theirs"
    collection.write_collection(site, TOKENS)
    assert write_facts(site, tmp_path / "facts") == render(tmp_path / "facts", theirs)
    words = ["--site", str(site), "--out", str(ours), "--without-runtime"]
    assert run(words, build, ROOT) == 0
    assert differences(ours, theirs) == []


def render(facts: Path, out: Path) -> int:
    """Render every twin as the generators that use Jinja do; return how many there are."""
    site, pages = (
        orjson.loads((facts / f"{name}.json").read_bytes()) for name in ("site", "pages")
    )
    twins = Environment(
        loader=FileSystemLoader(TWINS), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    twins.filters["linked"] = linked
    template = twins.get_template("base.html", globals={"site": site})
    for page in pages:
        place = out / page["address"] / "index.html"
        place.parent.mkdir(parents=True)
        place.write_text(template.render(item=page), "utf-8")
    return len(pages)


def linked(data: object) -> Markup:
    """Return JSON that may stand in a page."""
    return Markup(orjson.dumps(data).decode().replace("<", "\\u003c"))  # noqa: S704 - escaped

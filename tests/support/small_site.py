"""A small site with made-up sound: just what rendering and drawing need."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import soundfile

from pyodide_app.engine.model import Variation, stem_keys
from stempress.audio.facts import Curves, Facts
from stempress.audio.results import Sounds, StemSound, WebFile
from stempress.audio.song_sound import SongSound
from stempress.collection.collection import Collection, read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings
from stempress.core.slugs import slugify
from stempress.output.output_files import flatten
from stempress.render.html_pages import render_site
from stempress.site.excerpts import Excerpts
from stempress.site.facts import App, SiteFacts
from stempress.site.page_plan import plan_pages
from stempress.views.page_keys import PageKeys
from stempress.views.shared_leaves import Leaves

if TYPE_CHECKING:
    from collections.abc import Callable

    from stempress.output.output_files import OutputFile
    from stempress.site.pages import Plan

STUB = """
{% macro fetched(root, link) %}
<p data-mix='{{ link.mix }}'>{{ link.solo }}{{ site.mixer_off }}</p>
{% endmacro %}
{% macro mixer(root, view) %}{{ fetched(root, view.link) }}{% endmacro %}
{% macro restriction(root) %}{% endmacro %}
{% macro chooser(root, songs) %}<p>{{ songs|length }}</p>{% endmacro %}
"""
OWNER = "0x" + "ab" * 20
LAYERS = {"Drums": ("Live", "Tape"), "Bass": ("Live", "Synth")}


@dataclass(frozen=True)
class SmallSite:
    """A site that has been read and planned, with made-up sound."""

    folder: Path
    collection: Collection
    plan: Plan
    rarity: Rarity
    sounds: Sounds

    def facts(self, mixer_off: str = "") -> SiteFacts:
        """Return the facts that views are made from."""
        app = App("app/web/", mixer_off)
        return SiteFacts(self.plan, self.collection, self.rarity, self.sounds, app)

    @property
    def excerpts(self) -> Excerpts:
        """The excerpts that files are made from."""
        return Excerpts(self.facts(), "")

    def render(self, mixer_off: str = "") -> dict[str, str]:
        """Render all files; return their texts by address."""
        facts = self.facts(mixer_off)
        leaves, excerpts = Leaves(facts), Excerpts(facts, "")
        page_keys = PageKeys(leaves, excerpts, "")
        files = flatten(render_site(leaves, self.folder, excerpts, page_keys))
        return {file.address: text_of(file) for file in files}


def text_of(file: OutputFile) -> str:
    """Return the text of a file that is generated, not copied."""
    content = file.produce()
    assert isinstance(content, bytes)
    return content.decode()


def xml(text: str) -> ET.Element:
    """Parse XML that the tests themselves have written."""
    return ET.fromstring(text)  # noqa: S314


def small_site(
    folder: Path, word: str = "", *, url: str = "", body: str = "Words.", cover: str = ""
) -> SmallSite:
    """Write a site and read it."""
    write_small_site(folder, word, url=url, body=body, cover=cover)
    write(folder / "templates/_mixer.html", STUB)
    return read(folder)


def write_small_site(
    folder: Path,
    word: str = "",
    *,
    url: str = "",
    body: str = "Words.",
    cover: str = "",
    language: str = "",
) -> None:
    """Write a valid site in which every name ends in ``word`` and every text is ``body``."""

    def named(name: str) -> str:
        return json.dumps(f"{name} {word}".strip(), ensure_ascii=False)

    language_line = f'language = "{language}"\n' if language else ""
    write(
        folder / "site.toml",
        f"""[site]
title = {named("Small Hours")}
artist = {named("Ada Lund")}
description = {named("Two songs.")}
url = "{url}"
{language_line}[collection]
name = {named("Small Hours")}
symbol = {named("SMALL")}
license = {named("CC BY 4.0")}
[collection.contract]
chain_id = 11155111
address = "{OWNER}"
marketplace = "https://market.example/{{address}}/{{token_id}}"
[drop]
phase = "live"
mint_url = "https://mint.example/"
[[splits]]
name = {named("Ada Lund")}
role = {named("artist")}
share = 60
[[splits]]
name = {named("Bo Ek")}
role = {named("drums")}
share = 40
[[people]]
name = {named("Bo Ek")}
url = "https://bo.example/"
about = {named("Plays the drums.")}
[[perks]]
title = {named("A tape")}
tier = "song"
tokens = "91-93, 99"
""",
    )
    write(folder / "content/index.md", f"+++\ntitle = {named('Home')}\n+++\n{body}")
    write(folder / "content/pages/about.md", f"+++\ntitle = {named('About')}\n+++\n{body}")
    write(
        folder / "content/notes/first.md",
        f'+++\ntitle = {named("First note")}\ndate = 2026-01-02\nsongs = ["one"]\n+++\n{body}',
    )
    cover_line = f'cover = "{cover}"\n' if cover else ""
    write(
        folder / "content/albums/tides/index.md",
        f'+++\ntitle = {named("Tides")}\nsongs = ["one", "two"]\n{cover_line}+++\n{body}',
    )
    for slug in ("one", "two"):
        write(folder / f"content/albums/tides/{slug}.md", _song(slug, named, body))
    for at, (slug, layer, stem) in enumerate(
        (slug, layer, stem)
        for slug in ("one", "two")
        for layer, stems in LAYERS.items()
        for stem in stems
    ):
        names = slugify(f"{layer} {word}"), slugify(f"{stem} {word}")
        write(folder / "stems" / slug / names[0] / f"{names[1]}.flac", tone(at))
    ledger = json.dumps(_ledger(word), ensure_ascii=False)
    write(folder / "content/tokens.json", re.sub(r' ?({"id")', r"\n\1", ledger))


@cache
def tone(
    seed: int = 0,
    *,
    frames: int = 8000,
    rate: int = 8000,
    channels: int = 1,
    level: float = 0.25,
    container: str = "FLAC",
) -> bytes:
    """Return an audio file: sines, one for each channel, at a pitch that depends on the seed."""
    time = np.arange(frames)[:, None] / rate
    pitches = 110 * 2 ** ((seed + 7 * np.arange(channels)) / 12)
    buffer = io.BytesIO()
    soundfile.write(buffer, level * np.sin(2 * np.pi * pitches * time), rate, format=container)
    return buffer.getvalue()


def read(folder: Path) -> SmallSite:
    """Read a site's folder, and make up its sound."""
    findings = Findings()
    settings = read_settings(folder, findings)
    collection = read_collection(folder, settings, findings)
    findings.raise_faults()
    rarity = Rarity(collection.songs, collection.tokens)
    plan = plan_pages(collection, rarity)
    return SmallSite(folder, collection, plan, rarity, made_up(collection))


def made_up(collection: Collection) -> Sounds:
    """Return sound for every stem, with a different envelope each."""
    file = WebFile("audio/x.ogg", "audio/ogg; codecs=opus", 10, Path("x.ogg"))
    stems = {
        key: StemSound(file, file, facts(envelope(index)), 0.5, 8.0)
        for index, key in enumerate(stem_keys(collection.songs))
    }
    songs = {song.slug: SongSound(48000, 384000) for song in collection.songs}
    previews = {
        Variation.from_stems(collection.song(token.song), token.stems): file
        for token in collection.tokens
        if token.tier == "song"
    }
    return Sounds(stems, songs, previews, mixes=dict.fromkeys(previews, (file,)))


def facts(
    envelope: tuple[float, ...],
    channels: int = 2,
    bands: tuple[tuple[int, ...], ...] | None = None,
) -> Facts:
    """Return the facts of a stem of 8 seconds."""
    bands = bands or tuple(
        tuple(round(5 * band * level) for level in envelope[::2]) for band in (3, 2, 1)
    )
    return Facts(
        digest="",
        frames=384000,
        rate=48000,
        channels=channels,
        bits=16,
        peak=0.5,
        true_peak=0.5,
        loudness=-20.0,
        clipped_runs=0,
        dc_offset=0.0,
        lead_in=0,
        silent_channel="",
        packed_curves=Curves(((-0.5, 0.5),) * 200, envelope, bands).pack(),
    )


def envelope(seed: int) -> tuple[float, ...]:
    """Return 96 values from 0 to 1, different for every seed."""
    return tuple(((index * (seed + 3)) % 17) / 16 for index in range(96))


def write(path: Path, content: str | bytes) -> None:
    """Write a file, creating its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _song(slug: str, named: Callable[[str], str], body: str) -> str:
    layers = "".join(
        f"[[layers]]\nname = {named(layer)}\n"
        + "".join(
            f"[[layers.stems]]\nname = {named(stem)}\nnotes = {named('Taken at night.')}\n"
            "supply = 4\n"
            for stem in stems
        )
        for layer, stems in LAYERS.items()
    )
    return f"""+++
title = {named(slug.title())}
key = {named("F# minor")}
bpm = 92
credits = [{{ name = {named("Bo Ek")}, role = {named("drums")} }}]
streaming = {{ {named("radio")} = "https://stream.example/" }}
{layers}+++
{body}
"""


def _ledger(word: str) -> dict[str, object]:
    """Return tokens of every tier and state; 7 and 8 are unrevealed."""

    def stem(song: str, layer: str, name: str) -> dict[str, str]:
        found = {"layer": slugify(f"{layer} {word}"), "stem": slugify(f"{name} {word}")}
        return {"tier": "stem", "state": "revealed", "song": song, **found}

    def song(slug: str, first: str, second: str) -> dict[str, object]:
        chosen = {"Drums": first, "Bass": second}
        stems = {slugify(f"{at} {word}"): slugify(f"{name} {word}") for at, name in chosen.items()}
        return {"tier": "song", "state": "forged", "song": slug, "stems": stems}

    forged = {"state": "forged"}
    tokens = [
        {"id": "1", **stem("one", "Drums", "Live"), **forged, "into": "91"},
        {"id": "2", **stem("one", "Bass", "Synth"), **forged, "into": "91"},
        {"id": "3", **stem("two", "Drums", "Tape"), **forged, "into": "92"},
        {"id": "4", **stem("two", "Bass", "Live"), **forged, "into": "92"},
        {"id": "5", **stem("two", "Bass", "Live")},
        {"id": "7", "tier": "stem", "state": "unrevealed"},
        {"id": "8", "tier": "stem", "state": "unrevealed"},
        {"id": "91", **song("one", "Live", "Synth"), "burned": ["1", "2"], "into": "99"},
        {"id": "92", **song("two", "Tape", "Live"), "burned": ["3", "4"], "into": "99"},
        {"id": "93", **song("two", "Tape", "Synth"), "state": "revealed", "burned": []},
        {"id": "99", "tier": "album", "state": "revealed", "album": "tides"}
        | {"burned": ["91", "92"]},
    ]
    return {"tokens": tokens, "owners": {"5": OWNER, "99": OWNER}, "block": 12}

"""A song's front matter."""

from __future__ import annotations

from pyodide_app.engine.model import LEFT_OUT, Credit, Layer, Rule, Stem
from stempress.collection.documents import split_front_matter
from stempress.collection.songs import parse_song
from stempress.core.errors import Findings

FULL = """+++
title = "Undertow"
isrc = "QZ-K6P-26-00001"
bpm = 92
key = "F# minor"
bars = 16
streaming = { spotify = "https://stream.example/1" }
credits = [{ name = "Ines Roy", role = "vocals" }]
[[layers]]
name = "Drums"
[[layers.stems]]
name = "Amen"
supply = 40
notes = "Recorded in one take."
[[layers.stems]]
name = "Brushes"
supply = 10
[[layers]]
name = "Lead Voice"
[[layers.stems]]
name = "Choir"
weight = 1
[[layers.stems]]
name = "Solo"
weight = 2.5
[[rules]]
if = { drums = "amen" }
exclude = { lead-voice = ["choir"] }
[[rules]]
if = { lead-voice = "choir" }
require = { drums = ["brushes"] }
+++
The story.
"""
LAYER = '[[layers]]\nname = "{}"\n[[layers.stems]]\nname = "A"\n[[layers.stems]]\nname = "B"\n'


def read(text: str) -> tuple[Findings, tuple[Layer, ...]]:
    """Return the findings of a song, and its layers."""
    findings = Findings()
    table, story = split_front_matter(f'+++\ntitle = "T"\n{text}\n+++\n', "s.md", findings)
    return findings, parse_song("s", "a", table, story, pad=False).layers


def test_every_key_of_a_song_is_read() -> None:
    findings = Findings()
    song = parse_song("undertow", "tides", *split_front_matter(FULL, "s.md", findings), pad=True)
    assert (findings.faults, findings.warnings) == ([], [])
    assert (song.title, song.isrc, song.bpm, song.key, song.bars) == (
        "Undertow",
        "QZK6P2600001",
        92,
        "F# minor",
        16,
    )
    assert song.layers == (
        Layer(
            "drums",
            "Drums",
            (
                Stem("amen", "Amen", 40, None, "Recorded in one take."),
                Stem("brushes", "Brushes", 10),
            ),
        ),
        Layer(
            "lead-voice",
            "Lead Voice",
            (Stem("choir", "Choir", None, 1.0), Stem("solo", "Solo", None, 2.5)),
        ),
    )
    assert song.rules == (
        Rule({"drums": ("amen",)}, {"lead-voice": ("choir",)}, {}),
        Rule({"lead-voice": ("choir",)}, {}, {"drums": ("brushes",)}),
    )
    assert song.credits == (Credit("Ines Roy", "vocals"),)
    assert (song.album, song.story, song.pad) == ("tides", "The story.", True)


def test_stems_without_supply_or_weight_are_equally_likely() -> None:
    findings, layers = read(LAYER.format("Drums"))
    assert findings.faults == []
    assert [stem.target_weight for stem in layers[0].stems] == [1.0, 1.0]


def test_a_stem_that_rules_never_permit_is_a_warning() -> None:
    rule = '[[rules]]\nif = { y = "a" }\nexclude = { x = "b" }\n'
    other = '[[rules]]\nif = { y = "b" }\nrequire = { x = "a" }\n'
    findings, _ = read(LAYER.format("X") + LAYER.format("Y") + rule + other)
    assert findings.faults == []
    assert [warning.message for warning in findings.warnings] == [
        "permit no variation with x = 'b'"
    ]


def test_rules_of_faulty_layers_are_not_checked() -> None:
    rule = '[[rules]]\nif = { drums = "a" }\nexclude = { bass = "z" }\n'
    for name in ("Drums", "?!"):
        findings, layers = read(LAYER.format("Drums") + LAYER.format(name) + rule)
        assert len(findings.faults) == 1
        assert layers == ()


def test_an_isrc_from_the_future_is_a_warning() -> None:
    for year, warned in (("00", 0), ("26", 0), ("60", 1)):
        findings, _ = read(f'isrc = "QZ-K6P-{year}-00001"\n' + LAYER.format("X"))
        assert len(findings.warnings) == warned


def test_stems_whose_names_differ_by_a_sign_have_slugs_of_their_own() -> None:
    findings, (layer,) = read(
        LAYER.format("Pads").replace('"A"', '"Pad C"').replace('"B"', '"Pad C#"')
    )
    assert not findings.faults
    assert [stem.slug for stem in layer.stems] == ["pad-c", "pad-c-sharp"]


def test_names_that_windows_reserves_are_named() -> None:
    findings, (layer,) = read(LAYER.format("Aux").replace('"A"', '"Con"'))
    assert layer.slug == "aux"
    assert [(warning.key, warning.value) for warning in findings.warnings] == [
        ("layers[0].name", "Aux"),
        ("layers[0].stems[0].name", "Con"),
    ]


OPTIONAL = """[[layers]]
name = "Drums"
stems = [{ name = "Amen" }]
[[layers]]
name = "FX"
empty = { weight = 3 }
stems = [{ name = "Hiss", weight = 1 }]
"""


def test_a_layer_may_be_left_out() -> None:
    findings, (drums, effects) = read(OPTIONAL)
    assert findings.faults == []
    assert drums.empty is None
    assert effects.empty == Stem("", "", weight=3)
    assert effects.odds == (0.25, 0.75)
    assert list(effects.choices) == [0, LEFT_OUT]


def test_leaving_a_layer_out_has_a_weight_beside_stems_without_one() -> None:
    findings, layers = read(OPTIONAL.replace(", weight = 1", ""))
    assert findings.faults == []
    assert layers[1].odds == (0.25, 0.75)

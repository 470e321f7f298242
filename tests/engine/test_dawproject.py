"""Mixes as projects of audio workstations, held against the format's schema."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.dawproject import LAYER_COLOURS, AudioTrack, DawProject
from pyodide_app.engine.mix import RowSettings
from pyodide_app.engine.model import Section
from pyodide_app.engine.tags import Tags
from tests.support.dawproject_schema import faults

TRACKS = (
    AudioTrack("Drums", "Amen", 0, 2, "audio/a.wav", RowSettings(6, -1, mute=True)),
    AudioTrack("Lead", 'Choir "A" & B', 9, 1, "audio/b.wav", RowSettings(-60, 0.5, solo=True)),
)
TAGS = Tags("Ebb", "Mara", "Landfall", isrc="QZK6P2600022", date="2026-03-20", bpm=92, mix="1-2")
PROJECT = DawProject(TAGS, TRACKS, -3, (Section("Verse", 1), Section("Chorus", 17)), 48000, 96000)


def parse(xml: bytes) -> ET.Element:
    root = ET.fromstring(xml)  # noqa: S314 - our own
    assert not faults(root)
    return root


def found(root: ET.Element, path: str) -> ET.Element:
    element = root.find(path)
    assert element is not None
    return element


@pytest.mark.parametrize("bpm", [0.0, 92.0, 15.0])
@pytest.mark.parametrize("tracks", [TRACKS, ()])
def test_projects_are_valid(bpm: float, tracks: tuple[AudioTrack, ...]) -> None:
    project = replace(PROJECT, tags=replace(TAGS, bpm=bpm), tracks=tracks)
    parse(project.project_xml)
    parse(project.metadata_xml)


@given(st.text(max_size=20), st.text(max_size=20))
def test_names_of_any_characters_are_read_back(name: str, layer: str) -> None:
    track = replace(TRACKS[0], layer=layer, stem=name)
    tags = replace(TAGS, title=name, license=layer)
    project = replace(PROJECT, tracks=(track,), tags=tags, sections=(Section(name, 1),))
    kept = re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", name)
    root = parse(project.project_xml)
    assert found(root, ".//Clip").get("name") == kept
    assert found(root, ".//Marker").get("name") == kept
    title = parse(project.metadata_xml).findtext("Title")
    assert (title or "") == kept


def test_tracks_have_names_colours_levels_and_their_files() -> None:
    root = parse(PROJECT.project_xml)
    drums, lead, master = root.findall("Structure/Track")
    assert drums.get("name") == "Drums: Amen"
    assert (drums.get("color"), lead.get("color")) == (LAYER_COLOURS[0], LAYER_COLOURS[1])
    assert found(drums, "Channel/Volume").get("value") == "1.995262"
    assert found(drums, "Channel/Pan").get("value") == "0.000000"
    assert found(drums, "Channel/Mute").get("value") == "true"
    assert found(lead, "Channel").get("solo") == "true"
    assert found(lead, "Channel/Volume").get("value") == "0.000000"
    assert found(lead, "Channel/Pan").get("value") == "0.750000"
    assert found(master, "Channel/Volume").get("value") == "0.707946"
    assert found(drums, "Channel").get("destination") == found(master, "Channel").get("id")
    files = [file.get("path") for file in root.findall(".//File")]
    assert files == ["audio/a.wav", "audio/b.wav"]
    lanes = [lane.get("track") for lane in root.findall("Arrangement/Lanes/Lanes")]
    assert lanes == [drums.get("id"), lead.get("id")]


def test_times_are_in_quarters_at_the_tempo() -> None:
    root = parse(PROJECT.project_xml)
    assert found(root, "Transport/Tempo").get("value") == "92.000000"
    assert found(root, "Arrangement/Lanes").get("timeUnit") == "beats"
    assert found(root, ".//Clip").get("duration") == "3.066667"  # of 2 s
    assert found(root, ".//Audio").get("duration") == "2.000000"
    assert [mark.get("time") for mark in root.findall(".//Marker")] == ["0.000000", "64.000000"]


def test_without_a_tempo_times_are_in_seconds() -> None:
    root = parse(replace(PROJECT, tags=replace(TAGS, bpm=0)).project_xml)
    assert root.find("Transport/Tempo") is None
    assert found(root, "Arrangement/Lanes").get("timeUnit") == "seconds"
    assert found(root, ".//Clip").get("duration") == "2.000000"
    assert root.find(".//Marker") is None


def test_metadata_says_what_the_mix_is() -> None:
    root = parse(PROJECT.metadata_xml)
    assert [(field.tag, field.text) for field in root] == [
        ("Title", "Ebb"),
        ("Artist", "Mara"),
        ("Album", "Landfall"),
        ("Year", "2026"),
        ("Comment", "mix 1-2, ISRC QZK6P2600022"),
    ]


def test_colours_are_those_of_pages() -> None:
    css = Path("pyodide_app/web/site.css").read_text(encoding="utf-8")
    assert re.findall(r"--layer-\d: (#\w+);", css)[: len(LAYER_COLOURS)] == list(LAYER_COLOURS)

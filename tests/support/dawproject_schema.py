"""What the published schemas of DAWproject 1.0 allow: Project.xsd and MetaData.xsd.

Written down from https://github.com/bitwig/dawproject, for the elements that a mix needs: the order
of children, and the types of attributes. An element that is not listed is a fault.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Iterator

STRING, INT, BOOL, ID, REF = r"[\s\S]*", r"[+-]?\d+", "true|false|0|1", r"[A-Za-z_][\w.-]*", "ref"
DOUBLE = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN"
UNIT = "linear|normalized|percent|decibel|hertz|semitones|seconds|beats|bpm"
TIME_UNIT = "beats|seconds"
ROLE = "regular|master|effect|submix|vca"
CONTENT = "audio|automation|notes|video|markers|tracks"
CONTENTS = rf"(({CONTENT})( ({CONTENT}))*)?"

NAMEABLE = {"name": STRING, "color": STRING, "comment": STRING}
REFERENCEABLE = NAMEABLE | {"id": ID}
PARAMETER = REFERENCEABLE | {"parameterID": INT}
REAL = PARAMETER | {"max": STRING, "min": STRING, "unit!": UNIT, "value": STRING}
BOOLEAN = PARAMETER | {"value": BOOL}
TIMELINE = REFERENCEABLE | {"timeUnit": TIME_UNIT, "track": REF}
ANY_TIMELINE = "(Lanes|Notes|Clips|ClipSlot|markers|Warps|Audio|Video|Points)"
METADATA = (
    "Title? Artist? Album? OriginalArtist? Composer? Songwriter? Producer? Arranger? Year? "
    "Genre? Copyright? Website? Comment?"
)

ELEMENTS = {
    "Project": ("Application Transport? Structure? Arrangement? Scenes?", {"version!": STRING}),
    "Application": ("", {"name!": STRING, "version!": STRING}),
    "Transport": ("Tempo? TimeSignature?", {}),
    "Tempo": ("", REAL),
    "TimeSignature": ("", PARAMETER | {"denominator!": INT, "numerator!": INT}),
    "Structure": ("(Track|Channel)*", {}),
    "Track": ("Channel? Track*", REFERENCEABLE | {"contentType": CONTENTS, "loaded": BOOL}),
    "Channel": (
        "Devices? Mute? Pan? Sends? Volume?",
        REFERENCEABLE | {"audioChannels": INT, "destination": REF, "role": ROLE, "solo": BOOL},
    ),
    "Mute": ("", BOOLEAN),
    "Pan": ("", REAL),
    "Volume": ("", REAL),
    "Arrangement": ("Lanes? Markers? TempoAutomation? TimeSignatureAutomation?", REFERENCEABLE),
    "Lanes": (f"{ANY_TIMELINE}*", TIMELINE),
    "Markers": ("Marker+", TIMELINE),
    "Marker": ("", NAMEABLE | {"time!": DOUBLE}),
    "Clips": ("Clip*", TIMELINE),
    "Clip": (
        f"{ANY_TIMELINE}?",
        NAMEABLE
        | {"time!": DOUBLE, "duration": DOUBLE, "contentTimeUnit": TIME_UNIT}
        | {"playStart": DOUBLE, "playStop": DOUBLE, "loopStart": DOUBLE, "loopEnd": DOUBLE}
        | {"fadeTimeUnit": TIME_UNIT, "fadeInTime": DOUBLE, "fadeOutTime": DOUBLE}
        | {"enable": BOOL, "reference": REF},
    ),
    "Audio": (
        "File",
        TIMELINE | {"duration!": DOUBLE, "algorithm": STRING, "channels!": INT, "sampleRate!": INT},
    ),
    "File": ("", {"path!": STRING, "external": BOOL}),
    "MetaData": (METADATA, {}),
    **{name: ("", {}) for name in ("Title", "Artist", "Album", "Year", "Genre")},
    **{name: ("", {}) for name in ("Copyright", "Comment")},
}
"""Children, as a pattern, and attributes; those with "!" are required."""
TEXTS = {"Title", "Artist", "Album", "Year", "Genre", "Copyright", "Comment"}


def faults(root: ET.Element) -> list[str]:
    """Return all that the schema forbids."""
    every = list(root.iter())
    identifiers = [element.get("id", "") for element in every if element.get("id")]
    found = [f"{name} twice" for name in identifiers if identifiers.count(name) > 1]
    for element in every:
        found += _faults_of(element, set(identifiers))
    return found


def _faults_of(element: ET.Element, identifiers: set[str]) -> Iterator[str]:
    if element.tag not in ELEMENTS:
        yield f"{element.tag}: unknown"
        return
    children, attributes = ELEMENTS[element.tag]
    pattern = re.sub(r"[A-Za-z]+", lambda match: f"({match[0]},)", children).replace(" ", "")
    shown = "".join(f"{child.tag}," for child in element)
    if not re.fullmatch(pattern, shown):
        yield f"{element.tag}: contains {shown}"
    if element.tag not in TEXTS and (element.text or "").strip():
        yield f"{element.tag}: contains text"
    types = {name.rstrip("!"): kind for name, kind in attributes.items()}
    for name in (name[:-1] for name in attributes if name.endswith("!")):
        if name not in element.attrib:
            yield f"{element.tag}: without {name}"
    for name, value in element.attrib.items():
        if name not in types:
            yield f"{element.tag}: has {name}"
        elif types[name] == REF and value not in identifiers:
            yield f"{element.tag}: {name} refers to {value}"
        elif types[name] != REF and not re.fullmatch(types[name], value):
            yield f"{element.tag}: {name} is {value}"

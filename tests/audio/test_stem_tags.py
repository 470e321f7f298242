"""Stems as visitors download them: tagged in every format, with the same sound."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

import mutagen
import numpy as np
import pytest
import soundfile

from pyodide_app.engine.tags import Tags
from stempress.audio.encode import encode
from stempress.audio.ogg_pages import page_offsets
from stempress.audio.sound import Sound
from stempress.audio.tags import tag
from stempress.collection.settings import CODECS
from tests.support.music import notes

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.collection.audio_formats import Codec

TAGS = Tags(
    "Ebb (Drums: Amén)", "Mara", "Landfall", "Mara", "2/7", isrc="QZK6P2600022", bpm=92, key="Am"
)
EXPECTED = {
    "TIT2": ("title", "Ebb (Drums: Amén)"),
    "TPE1": ("artist", "Mara"),
    "TALB": ("album", "Landfall"),
    "TSRC": ("isrc", "QZK6P2600022"),
    "TBPM": ("bpm", "92"),
    "TKEY": ("initialkey", "Am"),
}


@pytest.mark.parametrize("codec", CODECS)
def test_files_of_every_format_have_tags_and_sound_as_before(codec: Codec, tmp_path: Path) -> None:
    samples = np.ascontiguousarray(notes(1, seconds=2).T.astype(np.float32))
    plain = encode(Sound(samples, 48000, 16), codec, 0 if codec == "flac" else 128)
    tagged = tag(plain, codec, TAGS)
    before, after = (soundfile.read(io.BytesIO(data), dtype="float32") for data in (plain, tagged))
    assert before[1] == after[1]
    assert np.array_equal(before[0], after[0])
    file = mutagen.File(io.BytesIO(tagged))
    for frame, (comment, text) in EXPECTED.items():
        found = file[frame].text if codec == "mp3" else file[comment]
        assert [str(each) for each in found] == [text]
    assert len(tagged) - len(plain) < 600
    if codec in ("opus", "vorbis"):
        path = tmp_path / "stem.ogg"
        path.write_bytes(tagged)
        offsets = page_offsets(path, (0.5, 1, 1.5))
        assert all(first < second for first, second in pairwise(offsets))

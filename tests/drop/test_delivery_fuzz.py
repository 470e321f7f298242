"""Folders of stems with any names are read whole: nothing is lost without a word."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import strategies as st

from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Findings, SiteError
from stempress.core.progress import Progress
from stempress.drop.delivery import read_delivery
from stempress.drop.name_guess import Layout
from stempress.drop.scaffold import Answers, create_site
from tests.support.fuzzing import fuzzed
from tests.support.small_site import tone

WORDS = st.sampled_from(
    """
    Kick Bass drums Lead Vox Tide Wave mix Master bip (Freeze) 01 2 v2 120bpm Am A B L R copy - _
    24bit 2026-03-01 [2026-03-01 120312] Stems stem Pad C# Köln Ko\u0308ln パス мои बास con aux ._x
    .hidden Click #1 take' \u202e % &
    """.split()  # noqa: SIM905 - such a list reads better
)
TEXTS = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), max_size=12)
NAMES = st.lists(WORDS | TEXTS, min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from([" ", "_", "-", " - ", ""]).map(lambda gap: gap.join(words))
)
PARTS = NAMES.filter(lambda name: name.strip(". ") and len(name.encode()) < 100)
SUFFIXES = st.sampled_from([".wav", ".WAV", ".flac", ".mp3", ".m4a", ".txt", ".mid", ".png", ""])
PATHS = st.tuples(st.lists(PARTS, min_size=1, max_size=4), SUFFIXES)
FILES = st.lists(PATHS, min_size=1, max_size=6)


def write_files(folder: Path, paths: list[tuple[list[str], str]]) -> set[Path]:
    """Write the files that the disk takes."""
    written = set()
    for number, (parts, suffix) in enumerate(paths):
        path = folder.joinpath(*parts[:-1], parts[-1] + suffix)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tone(number, frames=2000, container="WAV"))
        except OSError:
            continue
        written.add(path.relative_to(folder))
    return written


@fuzzed(FILES, examples=60)
def test_every_file_of_a_delivery_is_a_stem_or_left_out_with_a_reason(
    paths: list[tuple[list[str], str]],
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "Delivery"
        written = write_files(folder, paths)
        try:
            delivery = read_delivery(folder)
        except SiteError:
            return
        named = {Path(path) for path in (*delivery.stems, *delivery.left_out)}
        assert named <= written
        unnamed = {path for path in written - named if path.suffix.lower() in {".wav", ".m4a"}}
        assert all(
            any(part.startswith((".", "__MACOSX")) for part in path.parts) for path in unnamed
        )


@fuzzed(FILES, st.none() | st.sampled_from(Layout), examples=60)
def test_a_site_of_any_delivery_can_be_read_again(
    paths: list[tuple[list[str], str]], layout: Layout | None
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder, site = Path(scratch) / "Delivery", Path(scratch) / "site"
        write_files(folder, paths)
        try:
            delivery = read_delivery(folder)
            create_site(folder, site, Progress(quiet=True), Answers(layout=layout))
        except SiteError:
            return
        findings = Findings()
        collection = read_collection(site, read_settings(site, findings), findings)
        assert [str(fault) for fault in findings.faults] == []
        stems = [stem for song in collection.songs for layer in song.layers for stem in layer.stems]
        assert len(stems) == len(delivery.stems)

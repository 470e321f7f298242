"""Takes as WAV files and digests, rendered by the same engine as in the browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.offline import Bounce, MixDigest
from pyodide_app.engine.performance import perform
from pyodide_app.engine.take import TakeError
from pyodide_app.engine.take_format import parse_take
from pyodide_app.engine.timeline import Bars
from stempress.audio.check import check_song
from stempress.audio.mix_tags import song_tags
from stempress.audio.sample_blocks import join_blocks
from stempress.audio.stem_blocks import stem_blocks
from stempress.audio.stem_facts import measure_stems
from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.collection.song_faults import raise_faults_below, raise_song_faults
from stempress.collection.takes import SUFFIX, TAKES
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.workers import start_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyodide_app.engine.mix import Stem
    from pyodide_app.engine.model import Song
    from pyodide_app.engine.pcm import Bits
    from pyodide_app.engine.performance import Performance
    from pyodide_app.engine.tags import Tags
    from pyodide_app.engine.take import Take
    from stempress.audio.song_sound import SongSound
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress

_NAME = re.compile(r"[a-z0-9-]{1,40}")  # texts of takes have capitals
_WHAT = f"a link to a take, its text, a file *{SUFFIX}, or the name of one in content/takes/"


@dataclass(frozen=True, slots=True)
class OpenTake:
    """A take that can be rendered: at its sound's rate. ``files`` are stems by layer and slug."""

    take: Take
    song: Song
    sound: SongSound
    files: Mapping[tuple[str, str], Path]
    tags: Tags


def open_take(site: Path, text: str, progress: Progress) -> OpenTake:
    """Read a take of a song of a site.

    ``text`` is a link, the text of a take, a file with it, or a slug of content/takes/.
    """
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    raise_faults_below(f"{TAKES}{text}.", findings)
    take, song = _find(collection, text)
    raise_song_faults([song], findings)
    findings = Findings()
    files = {key: path for key, path in collection.files.audio.items() if key[0] == song.slug}
    with start_workers() as workers:
        facts = measure_stems(files, findings, progress, workers)
    sound = check_song(song, facts, files, findings)
    findings.raise_faults()
    used = {(layer, stem): files[song.slug, layer, stem] for _, layer, stem in files}
    try:
        scaled = take.at_rate(sound.rate, sound.frames)
    except TakeError as error:
        hint = "restore the stems it was recorded with, or record it again"
        raise SiteError([Fault("take", str(error), hint=hint)]) from None
    return OpenTake(scaled, song, sound, used, song_tags(collection, song.slug).of_take())


def take_wav(opened: OpenTake, bits: Bits) -> Iterator[bytes]:
    """Yield a WAV file of a take, piece by piece."""
    bounce = Bounce(play_take(opened), bits, opened.tags)
    yield bounce.header()
    while bounce.progress < 1:
        yield bounce.step()


def take_digest(opened: OpenTake) -> str:
    """Return the SHA-256 of a take's samples of 24 bits."""
    digest = MixDigest(play_take(opened), 24)
    while digest.progress < 1:
        digest.step()
    return digest.hexdigest()


def play_take(opened: OpenTake) -> Performance:
    """Return the performance of a take; its stems are decoded when they are first heard."""
    take, song, sound = opened.take, opened.song, opened.sound
    bars = Bars.from_song(
        frames=sound.frames, rate=sound.rate, bars=song.bars or 0, bpm=song.bpm or 0
    )
    mixer = Mixer(rate=sound.rate, frames=sound.frames, rows=len(take.layers), bars=bars)
    decoded: dict[Path, Stem] = {}

    def find_stem(row: int, slug: str) -> Stem:
        path = opened.files[take.layers[row].slug, slug]
        if path not in decoded:
            decoded[path] = StemAudio.from_float(join_blocks(stem_blocks(path, sound)))
        return decoded[path]

    return perform(take, mixer, find_stem)


def _find(collection: Collection, text: str) -> tuple[Take, Song]:
    published = {take.slug: take.take for take in collection.takes}
    songs = {song.slug: song for song in collection.songs}
    if text in songs and text not in published:
        number = "-".join("1" for _ in songs[text].layers)
        hint = f"such as {number}, or a link copied from the mixer"
        raise SiteError([Fault("mix", "the song's mix number is missing", value=text, hint=hint)])
    if text not in published and _NAME.fullmatch(text):
        hint = suggestion(text, {*published, *songs})
        raise SiteError([Fault("mix", "there is no such song or take", value=text, hint=hint)])
    try:
        take = published.get(text) or parse_take(_read(text, published))
        if take.song not in songs:
            hint = suggestion(take.song, songs)
            raise SiteError([Fault("take", "there is no such song", value=take.song, hint=hint)])
        return take.for_song(songs[take.song]), songs[take.song]
    except TakeError as error:
        raise SiteError([Fault("take", str(error), value=text, hint=_WHAT)]) from None


def _read(text: str, published: Mapping[str, Take]) -> str:
    """Return what a file contains if the text is a path, else the text."""
    path = Path(text)
    if path.suffix != SUFFIX:
        return text
    if not path.is_file():
        hint = suggestion(path.stem, published)
        raise SiteError([Fault("take", "there is no such file", value=text, hint=hint)])
    return path.read_text("utf-8-sig", errors="replace")

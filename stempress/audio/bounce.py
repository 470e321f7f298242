"""Bounce of a variation to a WAV file, mixed by the same engine as in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.riff import Tags, wav_file
from stempress.audio.check import check_song
from stempress.audio.decode import join_blocks, stem_blocks
from stempress.audio.mix_links import parse_mix
from stempress.audio.stem_facts import measure_stems
from stempress.collection.collection import read_collection
from stempress.collection.settings_parser import read_settings
from stempress.core.errors import Fault, Findings, SiteError, suggestion
from stempress.core.workers import start_workers

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from pyodide_app.engine.pcm import Bits
    from stempress.audio.mix_links import MixSettings
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress


def bounce(site: Path, slug: str, text: str, bits: Bits, progress: Progress) -> bytes:
    """Return a mix of a song, through the limiter, as a WAV file.

    ``text`` is a mix number, for a mix at unity gain, or a link to a mix.
    """
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    findings.raise_faults()
    song, mix = _parse(collection, slug, text)
    files = {key: path for key, path in collection.files.audio.items() if key[0] == slug}
    with start_workers() as workers:
        facts = measure_stems(files, findings, progress, workers)
    sound = check_song(song, facts, files, findings)
    findings.raise_faults()
    mixer = Mixer(rate=sound.rate, frames=sound.frames, rows=len(song.layers))
    mixer.set_master(mix.master_db)
    for row, nth in mix.variation.chosen():
        layer = song.layers[row]
        path = files[slug, layer.slug, layer.stems[nth].slug]
        samples = join_blocks(stem_blocks(path, sound))
        mixer.place(row, StemAudio.from_float(samples))
        mixer.adjust(row, mix.rows[row])
    tags = Tags(
        title=song.title,
        artist=song.artist,
        album=collection.album(song.album).title,
        isrc=song.isrc,
        mix=mix.variation.mix_number,
    )
    return wav_file(mixer.render(0, sound.frames), sound.rate, bits, tags)


def _parse(collection: Collection, slug: str, text: str) -> tuple[Song, MixSettings]:
    songs = {song.slug: song for song in collection.songs}
    if slug not in songs:
        raise SiteError(
            [Fault("mix", "there is no such song", "song", slug, suggestion(slug, songs))]
        )
    try:
        return songs[slug], parse_mix(songs[slug], text)
    except ValueError as error:
        raise SiteError([Fault("mix", str(error), "mix number")]) from None

"""A variation as one WAV file, mixed by the engine as the browser mixes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.model import Variation
from pyodide_app.engine.wav import wav_bytes
from stempress.catalog import read_collection
from stempress.checks import check_song
from stempress.errors import Fault, Findings, SiteError, nearest
from stempress.measure import measure_stems
from stempress.reading import joined, stem_pieces
from stempress.settings import read_settings
from stempress.workers import workers

if TYPE_CHECKING:
    from pathlib import Path

    from pyodide_app.engine.model import Song
    from pyodide_app.engine.wav import Bits
    from stempress.catalog import Collection
    from stempress.progress import Progress


def bounce(site: Path, slug: str, mix_number: str, bits: Bits, progress: Progress) -> bytes:
    """Return a variation of a site's song as a WAV file, at unity gain, through the limiter."""
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    findings.raise_faults()
    song, variation = _find(collection, slug, mix_number)
    files = {key: path for key, path in collection.files.audio.items() if key[0] == slug}
    with workers() as cores:
        facts = measure_stems(files, findings, progress, cores)
    sound = check_song(song, facts, files, findings)
    findings.raise_faults()
    mixer = Mixer(rate=sound.rate, frames=sound.frames, rows=len(song.layers))
    for row, (layer, stem) in enumerate(variation.by_layer(song).items()):
        samples = joined(stem_pieces(files[slug, layer, stem], sound))
        mixer.place(row, StemAudio.from_float(samples))
    return wav_bytes(mixer.render(0, sound.frames), sound.rate, bits)


def _find(collection: Collection, slug: str, mix_number: str) -> tuple[Song, Variation]:
    songs = {song.slug: song for song in collection.songs}
    if slug not in songs:
        raise SiteError([Fault("mix", "there is no such song", "song", slug, nearest(slug, songs))])
    try:
        return songs[slug], Variation.parse(songs[slug], mix_number)
    except ValueError as error:
        raise SiteError([Fault("mix", str(error), "mix number")]) from None

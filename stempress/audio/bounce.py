"""Bounce of a variation to a WAV file, mixed by the same engine as in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyodide_app.engine.mix import Mixer, StemAudio
from pyodide_app.engine.riff import wav_file
from stempress.audio.check import check_song
from stempress.audio.mix_links import parse_mix
from stempress.audio.mix_tags import mix_tags
from stempress.audio.sample_blocks import join_blocks
from stempress.audio.stem_blocks import stem_blocks
from stempress.audio.stem_facts import measure_stems
from stempress.collection.song_faults import read_songs
from stempress.core.errors import Fault, Findings, SiteError
from stempress.core.workers import start_workers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from pyodide_app.engine.pcm import Bits
    from pyodide_app.engine.tags import Tags
    from stempress.audio.facts import Facts
    from stempress.audio.mix_links import MixSettings
    from stempress.audio.song_sound import SongSound
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress


@dataclass(frozen=True, slots=True)
class OpenMix:
    """A mix that can be rendered: the song and its sound, the settings.

    ``facts`` are those of all stems of the song; ``files`` has a path for each layer that plays.
    """

    collection: Collection
    song: Song
    settings: MixSettings
    sound: SongSound
    facts: Mapping[StemKey, Facts]
    files: Mapping[int, Path]

    @property
    def tags(self) -> Tags:
        """What files of the mix state."""
        return mix_tags(self.collection, self.settings.variation)


def bounce(mix: OpenMix, bits: Bits) -> bytes:
    """Return a mix, through the limiter, as a WAV file."""
    samples = fill_mixer(mix).render(0, mix.sound.frames)
    return wav_file(samples, mix.sound.rate, bits, mix.tags)


def open_mix(site: Path, slug: str, text: str, progress: Progress) -> OpenMix:
    """Read a mix of a song of a site: ``text`` is a mix number, or a link to a mix."""
    findings = Findings()
    collection, (song,) = read_songs(site, slug)
    settings = _parse(song, text)
    files = {key: path for key, path in collection.files.audio.items() if key[0] == slug}
    with start_workers() as workers:
        facts = measure_stems(files, findings, progress, workers)
    sound = check_song(song, facts, files, findings)
    findings.raise_faults()
    chosen = {
        row: files[slug, song.layers[row].slug, song.layers[row].stems[nth].slug]
        for row, nth in settings.variation.chosen()
    }
    return OpenMix(collection, song, settings, sound, facts, chosen)


def fill_mixer(mix: OpenMix) -> Mixer:
    """Return a mixer with the stems of a mix, decoded, and its settings."""
    mixer = Mixer(rate=mix.sound.rate, frames=mix.sound.frames, rows=len(mix.song.layers))
    mixer.set_master(mix.settings.master_db)
    for row, path in mix.files.items():
        mixer.place(row, StemAudio.from_float(join_blocks(stem_blocks(path, mix.sound))))
        mixer.adjust(row, mix.settings.rows[row])
    return mixer


def _parse(song: Song, text: str) -> MixSettings:
    try:
        return parse_mix(song, text)
    except ValueError as error:
        raise SiteError([Fault("mix number", str(error))]) from None

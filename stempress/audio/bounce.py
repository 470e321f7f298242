"""Bounce of a variation to a WAV file, mixed by the same engine as in the browser."""

from __future__ import annotations

from dataclasses import dataclass
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
    from collections.abc import Mapping
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from pyodide_app.engine.pcm import Bits
    from stempress.audio.facts import Facts
    from stempress.audio.mix_links import MixSettings
    from stempress.audio.song_sound import SongSound
    from stempress.collection.collection import Collection
    from stempress.core.progress import Progress


@dataclass(frozen=True, slots=True)
class OpenMix:
    """A mix that can be rendered: the song and its sound, the settings, the stems in a mixer.

    ``facts`` are those of all stems of the song.
    """

    collection: Collection
    song: Song
    settings: MixSettings
    sound: SongSound
    facts: Mapping[StemKey, Facts]
    mixer: Mixer

    @property
    def tags(self) -> Tags:
        """What files of the mix state."""
        return Tags(
            title=self.song.title,
            artist=self.song.artist,
            album=self.collection.album(self.song.album).title,
            isrc=self.song.isrc,
            mix=self.settings.variation.mix_number,
        )


def bounce(site: Path, slug: str, text: str, bits: Bits, progress: Progress) -> bytes:
    """Return a mix of a song, through the limiter, as a WAV file.

    ``text`` is a mix number, for a mix at unity gain, or a link to a mix.
    """
    mix = open_mix(site, slug, text, progress)
    samples = mix.mixer.render(0, mix.sound.frames)
    return wav_file(samples, mix.sound.rate, bits, mix.tags)


def open_mix(site: Path, slug: str, text: str, progress: Progress) -> OpenMix:
    """Read a mix of a song of a site: ``text`` is a mix number, or a link to a mix."""
    findings = Findings()
    collection = read_collection(site, read_settings(site, findings), findings)
    findings.raise_faults()
    song, settings = _parse(collection, slug, text)
    files = {key: path for key, path in collection.files.audio.items() if key[0] == slug}
    with start_workers() as workers:
        facts = measure_stems(files, findings, progress, workers)
    sound = check_song(song, facts, files, findings)
    findings.raise_faults()
    mixer = fill_mixer(song, settings, sound, files)
    return OpenMix(collection, song, settings, sound, facts, mixer)


def fill_mixer(
    song: Song, settings: MixSettings, sound: SongSound, files: Mapping[StemKey, Path]
) -> Mixer:
    """Return a mixer with the stems of a mix, decoded, and its settings."""
    mixer = Mixer(rate=sound.rate, frames=sound.frames, rows=len(song.layers))
    mixer.set_master(settings.master_db)
    for row, nth in settings.variation.chosen():
        layer = song.layers[row]
        path = files[song.slug, layer.slug, layer.stems[nth].slug]
        mixer.place(row, StemAudio.from_float(join_blocks(stem_blocks(path, sound))))
        mixer.adjust(row, settings.rows[row])
    return mixer


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

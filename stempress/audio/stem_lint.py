"""Advice on stems, as a mastering engineer would give it; warnings only."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from pyodide_app.engine.portable_math import to_db
from stempress.audio.song_sound import bar_seconds
from stempress.collection.audio_formats import web_rate
from stempress.core.units import format_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.facts import Facts
    from stempress.audio.song_sound import SongSound
    from stempress.collection.audio_formats import Codec
    from stempress.core.errors import Findings

MIN_SECONDS = 0.5
MIN_RATE = 44100
MAX_DC_OFFSET = 0.002  # of full scale: -54 dBFS
LATE_SECONDS = (0.005, 0.12)
"""A stem that starts this much later than the others of its layer was padded, not played late."""
MAX_LEVEL_DIFFERENCE_DB = 12.0
PHONE_BYTES = 500_000_000
"""What memory.js allows for decoded stems on a phone."""
_BYTES_PER_SAMPLE = 4


def lint_stem(where: str, facts: Facts, findings: Findings) -> None:
    """Warn about problems of a single stem."""
    _lint_format(where, facts, findings)
    _lint_peaks(where, facts, findings)
    if facts.silent_channel:
        findings.warn(
            where,
            f"has a silent {facts.silent_channel} channel",
            hint="export it in mono, or check the channel",
        )
    if facts.dc_offset > MAX_DC_OFFSET:
        findings.warn(
            where,
            f"has a DC offset of {100 * facts.dc_offset:.1f}% of full scale: it clicks where it "
            "starts, and wastes headroom",
            hint="remove the DC offset, or cut below 20 Hz",
        )


def _lint_format(where: str, facts: Facts, findings: Findings) -> None:
    seconds = facts.frames / facts.rate
    if seconds < MIN_SECONDS:
        findings.warn(
            where, f"lasts only {seconds:.2f} s", hint="export the full length of the song"
        )
    if facts.rate < MIN_RATE:
        findings.warn(
            where,
            f"has a sample rate of {facts.rate} Hz: nothing above {facts.rate // 2} Hz is in it",
            hint="export at 44100 or 48000 Hz",
        )


def _lint_peaks(where: str, facts: Facts, findings: Findings) -> None:
    if facts.clipped_runs:
        times = "once" if facts.clipped_runs == 1 else f"{facts.clipped_runs} times"
        findings.warn(
            where,
            f"is clipped: it stays at full scale {times}",
            hint="turn it down before exporting, not after",
        )
    elif facts.true_peak > 1.0:
        peak_db = to_db(facts.true_peak)
        findings.warn(
            where,
            f"has a true peak of {peak_db:+.1f} dBTP: it will clip when converted",
            hint=f"turn it down by {floor(peak_db) + 1} dB",
        )


def lint_layers(
    song: Song, facts: Mapping[StemKey, Facts], files: Mapping[StemKey, Path], findings: Findings
) -> None:
    """Warn about stems that do not match the others of their layer, and layers that do not."""
    _lint_padding(song, files, findings)
    for layer in song.layers:
        keys = [(song.slug, layer.slug, stem.slug) for stem in layer.stems]
        usable = [key for key in keys if key in facts]
        for key in usable:
            others = [facts[other] for other in usable if other != key]
            if others:
                where = f"stems/{'/'.join(key[:2])}/{files[key].name}"
                _lint_start(where, facts[key], others, findings)
                _lint_level(where, facts[key], others, findings)


def _lint_padding(song: Song, files: Mapping[StemKey, Path], findings: Findings) -> None:
    """Warn of layers of MP3 beside others: encoders add silence, and not all of them say so."""
    suffixes = {
        layer.slug: {
            files[key].suffix.lower()
            for stem in layer.stems
            if (key := (song.slug, layer.slug, stem.slug)) in files
        }
        for layer in song.layers
    }
    padded = [slug for slug, found in suffixes.items() if found == {".mp3"}]
    others = [slug for slug, found in suffixes.items() if found and ".mp3" not in found]
    if padded and others:
        findings.warn(
            f"stems/{song.slug}/{padded[0]}/",
            f"is MP3, and {others[0]} is not: MP3 may start some 25 ms late",
            value=padded,
            hint="export all stems of a song as WAV or FLAC",
        )


def _lint_start(where: str, facts: Facts, others: list[Facts], findings: Findings) -> None:
    low, high = LATE_SECONDS
    seconds = facts.lead_in / facts.rate
    if low < seconds < high and all(other.lead_in / other.rate < low / 5 for other in others):
        findings.warn(
            where,
            f"starts {1000 * seconds:.1f} ms later than the other stems of its layer",
            value=facts.lead_in,
            hint=f"if it sounds late, cut the first {facts.lead_in} frames, which an encoder or a "
            "plug-in may have added",
        )


def _lint_level(where: str, facts: Facts, others: list[Facts], findings: Findings) -> None:
    usual = median([other.loudness for other in others])
    difference = facts.loudness - usual
    if abs(difference) >= MAX_LEVEL_DIFFERENCE_DB:
        comparison, turn = ("louder", "down") if difference > 0 else ("quieter", "up")
        findings.warn(
            where,
            f"is {abs(difference):.0f} dB {comparison} than the other stems of its layer",
            hint=f"turn it {turn} to within {MAX_LEVEL_DIFFERENCE_DB:.0f} dB of {usual:.0f} LUFS",
        )


def median(values: Sequence[float]) -> float:
    """Return the median; importing ``statistics`` would take much longer."""
    ordered, half = sorted(values), len(values) // 2
    return (ordered[half] + ordered[~half]) / 2


def lint_mix(where: str, mix_number: str, true_peak: float, findings: Findings) -> None:
    """Warn if the loudest variation of a song would clip without the limiter."""
    peak_db = to_db(true_peak)
    if peak_db > 0:
        findings.warn(
            where,
            f"mix {mix_number} reaches {peak_db:+.1f} dBTP, so the limiter turns it down",
            hint=f"turn all stems of the song down by {floor(peak_db) + 1} dB, so that no mix "
            "needs limiting",
        )


def lint_sections(song: Song, sound: SongSound, findings: Findings) -> None:
    """Warn of sections that begin after the end of the sound: the mixer leaves them out."""
    bar = bar_seconds(song, sound) or 0
    for nth, section in enumerate(song.sections):
        if (section.bar - 1) * bar >= sound.seconds:
            findings.warn(
                f"content/albums/{song.album}/{song.slug}.md",
                f"is after the end of the song, so {section.name!r} is left out",
                key=f"sections[{nth}].bar",
                value=section.bar,
                hint=f"1 to {ceil(sound.seconds / bar)}, or another bpm",
            )


def lint_lyrics(song: Song, sound: SongSound, findings: Findings) -> None:
    """Warn of lyrics that go on after the end of the sound: the page leaves them out."""
    lines = song.lyrics.lines if song.lyrics else ()
    late = [line for line in lines if line.text and (line.time or 0.0) >= sound.seconds]
    if late:
        findings.warn(
            f"content/albums/{song.album}/{song.slug}.lrc",
            f"has lines after the end of the song, at {sound.seconds:.1f} s: "
            "its page leaves them out",
            value=[line.text for line in late],
            hint="correct their times, or [offset:...], which is in milliseconds",
        )


def lint_memory(
    song: Song, facts: Mapping[StemKey, Facts], sound: SongSound, codec: Codec, findings: Findings
) -> None:
    """Warn if phones cannot hold a song's largest mix: MP3 is not streamed, but decoded at once."""
    channels = sum(
        max(facts[song.slug, layer.slug, stem.slug].channels for stem in layer.stems)
        for layer in song.layers
    )
    size = round(sound.seconds * web_rate(codec, sound.rate)) * channels * _BYTES_PER_SAMPLE
    if codec == "mp3" and size > PHONE_BYTES:
        findings.warn(
            f"stems/{song.slug}/",
            f"is too large for phones: as MP3 its mixes take up to {format_size(size)} of memory, "
            f"and {format_size(PHONE_BYTES)} are allowed",
            hint='stream = "opus" in [audio] of site.toml: such songs are streamed',
        )

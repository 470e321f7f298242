"""What an engineer would say about stems before a drop. All of it is advice."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from pyodide_app.engine.portable_math import to_db

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyodide_app.engine.model import Song, StemKey
    from stempress.audio.facts import Facts
    from stempress.core.errors import Findings

SHORTEST_SECONDS = 0.5
LOWEST_RATE = 44100
OFFSET = 0.002  # of full scale: -54 dBFS
LATE_SECONDS = (0.005, 0.12)
"""A stem that begins this much later than its layer's others was padded, not played late."""
APART_DB = 12.0


def lint_stem(where: str, facts: Facts, findings: Findings) -> None:
    """Note what is odd about a stem on its own."""
    seconds = facts.frames / facts.rate
    if seconds < SHORTEST_SECONDS:
        findings.warn(where, f"lasts {seconds:.2f} s", hint="export the whole song's length")
    if facts.rate < LOWEST_RATE:
        findings.warn(
            where,
            f"has {facts.rate} Hz: nothing above {facts.rate // 2} Hz is in it",
            hint="export at 44100 or 48000 Hz",
        )
    if facts.clipped:
        times = "once" if facts.clipped == 1 else f"{facts.clipped} times"
        findings.warn(
            where,
            f"is clipped: it stays at full scale {times}",
            hint="turn it down before the export, not after",
        )
    elif facts.true_peak > 1.0:
        over = to_db(facts.true_peak)
        findings.warn(
            where,
            f"has a true peak of {over:+.1f} dBTP: it clips when it is converted",
            hint=f"turn it down by {floor(over) + 1} dB",
        )
    if facts.dead:
        findings.warn(
            where, f"has nothing in its {facts.dead} channel", hint="export it in mono, or check it"
        )
    if facts.offset > OFFSET:
        findings.warn(
            where,
            f"has a DC offset of {100 * facts.offset:.1f} % of full scale: it clicks where it "
            "begins, and takes room",
            hint="remove the DC offset, or cut below 20 Hz",
        )


def lint_layers(
    song: Song, facts: Mapping[StemKey, Facts], files: Mapping[StemKey, Path], findings: Findings
) -> None:
    """Note stems that do not fit in with the others of their layer."""
    for layer in song.layers:
        keys = [(song.slug, layer.slug, stem.slug) for stem in layer.stems]
        known = [key for key in keys if key in facts]
        for key in known:
            others = [facts[other] for other in known if other != key]
            if others:
                where = f"stems/{'/'.join(key[:2])}/{files[key].name}"
                _lint_start(where, facts[key], others, findings)
                _lint_level(where, facts[key], others, findings)


def _lint_start(where: str, facts: Facts, others: list[Facts], findings: Findings) -> None:
    low, high = LATE_SECONDS
    lead = facts.lead / facts.rate
    if low < lead < high and all(other.lead / other.rate < low / 5 for other in others):
        findings.warn(
            where,
            f"begins {1000 * lead:.1f} ms later than the layer's other stems",
            value=facts.lead,
            hint=f"if it sounds late: cut the first {facts.lead} frames, which an encoder or a "
            "plug-in may have put there",
        )


def _lint_level(where: str, facts: Facts, others: list[Facts], findings: Findings) -> None:
    usual = median([other.loudness for other in others])
    apart = facts.loudness - usual
    if abs(apart) >= APART_DB:
        way, turn = ("louder", "down") if apart > 0 else ("quieter", "up")
        findings.warn(
            where,
            f"is {abs(apart):.0f} dB {way} than its layer's other stems",
            hint=f"turn it {turn} until it is within {APART_DB:.0f} dB of {usual:.0f} LUFS",
        )


def median(values: Sequence[float]) -> float:
    """Return what half of the values are below; to import ``statistics`` takes far longer."""
    ordered, half = sorted(values), len(values) // 2
    return (ordered[half] + ordered[~half]) / 2


def lint_mix(where: str, mix_number: str, true_peak: float, findings: Findings) -> None:
    """Note the loudest variation of a song, if it would clip."""
    over = to_db(true_peak)
    if over > 0:
        findings.warn(
            where,
            f"mix {mix_number} reaches {over:+.1f} dBTP before the limiter, which turns it down",
            hint=f"turn all stems of the song down by {floor(over) + 1} dB and no mix is limited "
            "for clipping",
        )

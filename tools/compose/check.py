"""Measure the rendered collection and refuse what is off: `python tools/compose/check.py`.

With `--harmony` it also prints, for each song, where the energy lies among the twelve pitch
classes, and the strongest bass note of every bar.
"""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
import soundfile

from catalogue import ROOT, Choice, described, layers_of, rules_of, variations
from effects import eq, stereo
from levels import db, k_weight, loudness
from render import SONGS, song
from score import RATE, Audio, Song

NAMES = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
}
LIMIT_BYTES = 95_000_000
Stems = dict[str, dict[str, Audio]]


def load(work: Song, layers: dict[str, list[str]], faults: list[str]) -> Stems:
    """Read every stem, and check each by itself."""
    stems: Stems = {}
    for layer, names in layers.items():
        stems[layer] = {}
        for name in names:
            path = ROOT / "stems" / work.slug / layer / f"{name}.flac"
            label = f"{work.slug}/{layer}/{name}"
            info = soundfile.info(path)
            data, rate = soundfile.read(path, dtype="float64")
            x: Audio = data.T
            steps = np.abs(np.diff(x, axis=-1))
            seam = float(np.max(np.abs(x[..., 0] - x[..., -1])))
            usual = float(np.quantile(steps, 0.999)) + 2 / 32768
            tests = {
                "rate": rate == RATE,
                "16 bits": info.subtype == "PCM_16",
                "length": x.shape[-1] == work.clock.samples,
                "peak": 0.02 < float(np.abs(x).max()) < 0.6,
                "DC": float(np.abs(x.mean(axis=-1)).max()) < 0.0002,
                "seam": seam <= usual,
                "silent": loudness(x) > -36,
            }
            faults += [f"{label}: {test}" for test, good in tests.items() if not good]
            stems[layer][name] = x
    return stems


def likeness(a: Audio, b: Audio) -> float:
    """The highest normalised correlation of two stems at any lag up to 50 ms."""
    one, two = stereo(a).mean(axis=0), stereo(b).mean(axis=0)
    spectrum = np.fft.rfft(one) * np.conj(np.fft.rfft(two))
    found = np.fft.irfft(spectrum, len(one))
    lag = RATE // 20
    near = np.concatenate([found[:lag], found[-lag:]])
    return float(np.abs(near).max() / np.sqrt(np.sum(one**2) * np.sum(two**2)))


def mixes(stems: Stems, choices: list[Choice]) -> tuple[float, str, float, float]:
    """Worst peak and which mix has it, quietest and loudest mix."""
    plain = {k: {n: stereo(x) for n, x in v.items()} for k, v in stems.items()}
    heard = {k: {n: k_weight(x) for n, x in v.items()} for k, v in plain.items()}
    worst, where, low, high = -99.0, "", 99.0, -99.0
    hop = RATE // 10
    order = list(stems)
    for choice in choices:
        total = sum((plain[k][choice[k]] for k in order[1:]), plain[order[0]][choice[order[0]]])
        peak = db(max(float(total.max()), -float(total.min())))
        if peak > worst:
            places = [str(list(stems[k]).index(choice[k]) + 1) for k in order]
            worst, where = peak, "-".join(places)
        loud = sum((heard[k][choice[k]] for k in order[1:]), heard[order[0]][choice[order[0]]])
        power = np.einsum("cn,cn->n", loud, loud)
        sums = power[: len(power) // hop * hop].reshape(-1, hop).sum(axis=1)
        blocks = (sums + np.roll(sums, -1) + np.roll(sums, -2) + np.roll(sums, -3)) / (4 * hop)
        gate = blocks > np.mean(blocks) / 10
        level = float(-0.691 + 10 * np.log10(np.mean(blocks[gate])))
        low, high = min(low, level), max(high, level)
    return worst, where, low, high


def harmony(work: Song, stems: Stems, key: str) -> None:
    """Print the chroma of the tonal layers, and the bass note of every bar."""
    tonic_name, mode = key.split()
    tonic = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[tonic_name[0]]
    tonic = (tonic + {"#": 1, "b": -1}.get(tonic_name[1:2], 0)) % 12
    scale = {(tonic + step) % 12 for step in SCALES[mode]}
    for layer, group in stems.items():
        if layer == "drums":
            continue
        for name, x in group.items():
            chroma = pitch_classes(stereo(x).mean(axis=0), 50, 2500)
            inside = sum(chroma[i] for i in scale)
            best = " ".join(NAMES[i] for i in np.argsort(chroma)[::-1][:5])
            print(f"    {layer}/{name:12} {inside:5.0%} in {key}; most: {best}")
    low = stems.get("bass") or stems.get("keys") or stems["hands"]
    bar = work.clock.samples / work.clock.bars
    for name, x in low.items():
        notes = []
        flat = eq(stereo(x).mean(axis=0), hp=30, lp=260)
        for i in range(work.clock.bars):
            part = flat[round(i * bar) : round((i + 1) * bar)]
            notes.append(NAMES[int(np.argmax(pitch_classes(part, 36, 200)))])
        print(f"    bass of {name:12} {' '.join(notes)}")


def pitch_classes(x: Audio, low: float, high: float) -> Audio:
    """Share of energy per pitch class."""
    size = 1 << 15
    window = np.hanning(size)
    power = np.zeros(size // 2 + 1)
    for start in range(0, max(1, len(x) - size), size // 2):
        piece = x[start : start + size]
        power += np.abs(np.fft.rfft(np.pad(piece, (0, size - len(piece))) * window)) ** 2
    freq = np.fft.rfftfreq(size, 1 / RATE)
    use = (freq > low) & (freq < high)
    classes = np.round(69 + 12 * np.log2(freq[use] / 440)).astype(int) % 12
    chroma = np.bincount(classes, power[use], 12)
    return np.asarray(chroma / chroma.sum())


def judge(work: Song, faults: list[str]) -> int:
    """Check one song, print what was measured, and return how many stems it has."""
    facts = described(work.slug)
    layers = layers_of(facts)
    if layers != {layer: list(group.parts) for layer, group in work.layers.items()}:
        faults.append(f"{work.slug}: content and score disagree about layers and stems")
    if (facts["bpm"], facts["bars"]) != (work.clock.bpm, work.clock.bars):
        faults.append(f"{work.slug}: content and score disagree about tempo or bars")
    stems = load(work, layers, faults)
    choices = variations(layers, rules_of(facts))
    worst, where, low, high = mixes(stems, choices)
    if worst > -1.5:
        faults.append(f"{work.slug}: mix {where} peaks at {worst:.2f} dBFS")
    if not -20 <= low <= high <= -15:
        faults.append(f"{work.slug}: mixes from {low:.1f} to {high:.1f} LUFS")
    spread, alike = compare(work, stems, faults)
    print(
        f"{work.slug}: {work.clock.bpm} bpm, {facts['key']}, {work.clock.bars} bars, "
        f"{work.clock.samples / RATE:.2f} s, {len(choices)} mixes, worst peak {worst:.2f} dBFS "
        f"({where}), {low:.1f} to {high:.1f} LUFS, spread {spread:.1f} dB, likeness {alike:.2f}"
    )
    if "--harmony" in sys.argv:
        harmony(work, stems, facts["key"])
    return sum(map(len, layers.values()))


def compare(work: Song, stems: Stems, faults: list[str]) -> tuple[float, float]:
    """The widest spread of levels and the closest likeness within a layer."""
    spread, alike = 0.0, 0.0
    for layer, group in stems.items():
        levels = [loudness(x) for x in group.values()]
        apart = max(levels) - min(levels)
        closest = max((likeness(a, b) for a, b in combinations(group.values(), 2)), default=0.0)
        if apart > 3:
            faults.append(f"{work.slug}/{layer}: levels {apart:.1f} dB apart")
        if closest > 0.5:
            faults.append(f"{work.slug}/{layer}: stems too alike, {closest:.2f}")
        spread, alike = max(spread, apart), max(alike, closest)
    return spread, alike


def main() -> None:
    """Check every song; exit 1 with the faults, if any."""
    faults: list[str] = []
    count = sum(judge(song(module), faults) for module in SONGS)
    size = sum(path.stat().st_size for path in (ROOT / "stems").rglob("*.flac"))
    print(f"{count} stems, {size / 1e6:.2f} MB")
    if size >= LIMIT_BYTES:
        faults.append(f"{size} bytes of FLAC")
    print("\n".join(faults) or "no faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

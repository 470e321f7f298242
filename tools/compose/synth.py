"""Instruments: the sound font, and what the sound font cannot do."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import soundfile

from effects import eq, pan, stereo
from score import RATE, Audio, Clock, Note, Rng, Take, human

SOUNDFONT = Path(os.environ.get("SOUNDFONT", "/usr/share/sounds/sf2/FluidR3_GM.sf2"))
CACHE = Path(tempfile.gettempdir()) / "stempress-compose"
TAIL = 6.0
TICKS = 9600


def hertz(pitch: float) -> float:
    """Frequency of a MIDI pitch."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))


def add(loop: Audio, start: int, sound: Audio) -> None:
    """Add a sound into a loop, wrapping past its end."""
    n = loop.shape[-1]
    done = 0
    while done < sound.shape[-1]:
        place = (start + done) % n
        size = min(n - place, sound.shape[-1] - done)
        loop[..., place : place + size] += sound[..., done : done + size]
        done += size


def _varlen(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | value & 0x7F)
    return bytes(reversed(out))


def midi(
    clock: Clock, notes: Iterable[Note], channel: int, program: int, controls: Mapping[int, int]
) -> bytes:
    """A one-track MIDI file, TICKS ticks a second; a note ends before its pitch is struck again."""
    events: list[tuple[int, int, bytes]] = [(0, 0, bytes([0xC0 | channel, program]))]
    for number, value in controls.items():
        events.append((0, 0, bytes([0xB0 | channel, number, value])))
    loop = clock.samples / RATE
    again: dict[int, int] = {}
    timed = [(round(note.beat * clock.beat_seconds % loop * TICKS), note) for note in notes]
    for on, note in sorted(timed, key=lambda pair: -pair[0]):
        off = on + max(60, round(note.length * clock.beat_seconds * TICKS))
        off = max(on + 60, min(off, again.get(note.pitch, off) - 40))
        again[note.pitch] = on
        events.append((on, 2, bytes([0x90 | channel, note.pitch, note.velocity])))
        events.append((off, 1, bytes([0x80 | channel, note.pitch, 0])))
    end = round((clock.samples / RATE + TAIL) * TICKS)
    track, now = bytearray(), 0
    for when, _, data in sorted(events):
        track += _varlen(when - now) + data
        now = when
    track += _varlen(max(0, end - now)) + b"\xff\x2f\x00"
    head = struct.pack(">4sIHHH", b"MThd", 6, 0, 1, TICKS // 2)
    return head + struct.pack(">4sI", b"MTrk", len(track)) + bytes(track)


def gm(
    take: Take,
    program: int,
    notes: Iterable[Note],
    loose: float = 0.006,
    touch: float = 5.0,
    drums: bool = False,
    controls: Mapping[int, int] | None = None,
) -> Audio:
    """A General MIDI instrument played by fluidsynth, its tail folded into the start."""
    played = human(take, notes, loose, touch)
    data = midi(take.clock, played, 9 if drums else 0, program, controls or {})
    CACHE.mkdir(exist_ok=True)
    name = CACHE / hashlib.sha256(data).hexdigest()[:24]
    wav = name.with_suffix(".wav")
    if not wav.exists():
        score, fresh = name.with_suffix(".mid"), name.with_suffix(".part")
        score.write_bytes(data)
        command = ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.6", "-r", str(RATE)]
        command += ["-T", "wav", "-O", "float", "-F", str(fresh), str(SOUNDFONT), str(score)]
        subprocess.run(command, check=True, capture_output=True)
        fresh.rename(wav)
    sound, rate = soundfile.read(wav, dtype="float64", always_2d=True)
    if rate != RATE:
        raise ValueError(f"fluidsynth wrote {rate} Hz")
    loop = np.zeros((2, take.clock.samples))
    add(loop, 0, sound.T)
    return loop


def envelope(held: int, attack: float, decay: float, sustain: float, release: float) -> Audio:
    """Attack, decay, sustain, release, for `held` samples and then the release."""
    t = np.arange(held + int(release * RATE)) / RATE
    body = np.minimum(1, t / max(attack, 1e-4))
    fall = sustain + (1 - sustain) * np.exp(-np.maximum(0, t - attack) / max(decay, 1e-3))
    level = body * fall
    after = np.arange(len(t) - held) / max(1, len(t) - held)
    level[held:] = level[held - 1] * (1 - after) ** 2.2
    return level


def _tables(freq: float, shape: str, cutoffs: Audio, resonance: float) -> Audio:
    """One cycle per cut-off; band-limited."""
    count = max(1, int(min(9500, RATE * 0.4) / freq))
    k = np.arange(1, count + 1)
    if shape == "saw":
        amps = 1 / k
    elif shape == "square":
        amps = (k % 2) / k * 1.2
    elif shape == "pulse":
        amps = np.sin(np.pi * k * 0.22) / k * 1.3
    else:
        amps = (k % 2) / k**2 * 1.4
    ratio = k * freq / cutoffs[:, None]
    gain = 1 / np.sqrt(1 + ratio**6)
    gain *= 1 + resonance * np.exp(-((np.log2(ratio) / 0.28) ** 2))
    spectrum = np.zeros((len(cutoffs), 2049), dtype=np.complex128)
    used = min(count, 2040)
    spectrum[:, 1 : used + 1] = -1j * (amps * gain)[:, :used] * 2048
    return np.fft.irfft(spectrum, 4096, axis=1)


def poly(
    take: Take,
    notes: Iterable[Note],
    shape: str = "saw",
    cutoff: float = 1500.0,
    sweep: float = 1.5,
    sweep_time: float = 0.25,
    resonance: float = 0.4,
    adsr: tuple[float, float, float, float] = (0.01, 0.4, 0.7, 0.2),
    detune: Sequence[float] = (-6.0, 6.0),
    spread: float = 0.5,
    vibrato: float = 0.0,
    loose: float = 0.004,
    touch: float = 4.0,
    track: Audio | None = None,
) -> Audio:
    """A polyphonic analogue-style synthesiser.

    The filter opens `sweep` octaves above `cutoff` and falls back with `sweep_time`;
    `track`, octaves over the loop, moves it further. `detune` is in cents, one oscillator each.
    """
    clock = take.clock
    loop = np.zeros((2, clock.samples))
    levels: Audio = np.geomspace(90, 9000, 28, dtype=np.float64)
    span = np.log2(levels[-1] / levels[0])
    for note in human(take, notes, loose, touch):
        held = max(240, clock.at(note.length))
        level = envelope(held, *adsr) * (note.velocity / 100) ** 1.4
        n = len(level)
        t = np.arange(n) / RATE
        start = clock.at(note.beat)
        octaves = np.log2(cutoff / levels[0]) + sweep * np.exp(-t / sweep_time)
        octaves = octaves + (note.velocity - 90) / 60
        if track is not None:
            octaves = octaves + track[(start + np.arange(n)) % clock.samples]
        row = np.clip(octaves / span, 0, 1) * (len(levels) - 1.001)
        row_low = row.astype(np.int64)
        row_part = row - row_low
        tables = _tables(hertz(note.pitch), shape, levels, resonance).ravel()
        bend = vibrato * np.minimum(1, t / 0.6) * np.sin(2 * np.pi * 5.1 * t)
        for i, cents in enumerate(detune):
            freq = hertz(note.pitch + cents / 100) * (1 + bend)
            phase = (np.cumsum(freq) / RATE + float(take.rng.random())) % 1 * 4096
            low = phase.astype(np.int64)
            part = phase - low
            nxt = (low + 1) % 4096
            base = row_low * 4096
            near = tables[base + low] * (1 - part) + tables[base + nxt] * part
            far = tables[base + 4096 + low] * (1 - part) + tables[base + 4096 + nxt] * part
            sound = (near * (1 - row_part) + far * row_part) * level / len(detune)
            side = 0.0 if len(detune) == 1 else spread * (2 * i / (len(detune) - 1) - 1)
            add(loop, start, pan(sound, side))
    return loop


def bells(
    take: Take,
    notes: Iterable[Note],
    ratio: float = 3.5,
    index: float = 2.0,
    decay: float = 1.2,
    spread: float = 0.5,
    attack: float = 0.002,
    bright: float = 0.35,
) -> Audio:
    """Two-operator FM: bells, glass, electric plucks."""
    clock = take.clock
    loop = np.zeros((2, clock.samples))
    for note in human(take, notes, 0.004, 5):
        length = min(TAIL, decay * 5)
        t = np.arange(int(length * RATE)) / RATE
        freq = hertz(note.pitch)
        loud = (note.velocity / 100) ** 1.5
        mod = index * loud * np.exp(-t / (decay * bright)) * np.sin(2 * np.pi * freq * ratio * t)
        tone = np.sin(2 * np.pi * freq * t + mod)
        shape = np.minimum(1, t / attack) * np.exp(-t / decay) * np.minimum(1, (length - t) / 0.05)
        add(loop, clock.at(note.beat), pan(tone * shape * loud, spread * take.rng.uniform(-1, 1)))
    return loop


def glide(
    take: Take,
    notes: Sequence[Note],
    portamento: float = 0.09,
    vibrato: float = 0.006,
    partials: Sequence[float] = (1.0, 0.18, 0.06),
    attack: float = 0.07,
    release: float = 0.18,
) -> Audio:
    """A single gliding voice: theremin, whistle, mono lead, sub bass."""
    clock = take.clock
    n = clock.samples
    ordered = sorted(human(take, notes, 0.004, 4), key=lambda x: x.beat)
    target: Audio = np.full(n, float(ordered[-1].pitch))
    gate = np.zeros(n)
    since = np.zeros(n)
    for i, note in enumerate(ordered):
        start = max(0, clock.at(note.beat))
        target[start:] = note.pitch
        stop = clock.at(note.beat + note.length)
        if i + 1 < len(ordered):
            stop = min(stop, clock.at(ordered[i + 1].beat))
        where = np.arange(start, max(start + 1, stop)) % n
        gate[where] = (note.velocity / 100) ** 1.3
        since[where] = np.arange(len(where)) / RATE
    target = _follow(target, portamento)
    level = _follow(gate, attack, release)
    beat = 2 * np.pi * np.arange(n) / RATE
    speed = round(5.2 * n / RATE) * RATE / n
    bend = vibrato * np.clip((since - 0.15) / 0.5, 0, 1) * np.sin(beat * speed)
    cycles = np.cumsum(440 * 2 ** ((target - 69) / 12) * (1 + bend)) / RATE
    cycles *= round(cycles[-1]) / cycles[-1]
    parts = [a * np.sin(2 * np.pi * cycles * (k + 1)) for k, a in enumerate(partials)]
    return np.asarray(np.sum(parts, axis=0) * level)


def _follow(x: Audio, up: float, down: float | None = None) -> Audio:
    """A circular one-pole follower, at 1/32 of the rate."""
    step = 32
    coarse = x[::step]
    rise = 1 - np.exp(-step / RATE / max(up / 2.5, 1e-4))
    fall = rise if down is None else 1 - np.exp(-step / RATE / max(down / 2.5, 1e-4))
    out = np.zeros_like(coarse)
    value = float(coarse[-1])
    for _ in range(2):
        for i, goal in enumerate(coarse.tolist()):
            value += (goal - value) * (rise if goal > value else fall)
            out[i] = value
    ext = np.append(out, out[0])
    return np.asarray(np.interp(np.arange(len(x)) / step, np.arange(len(ext)), ext))


VOWELS: dict[str, list[tuple[float, float, float]]] = {
    "ah": [(700, 15, 3.5), (1150, 12, 5), (2700, 10, 6), (300, -4, 1)],
    "oh": [(450, 14, 3.5), (800, 11, 5), (2600, 6, 6), (1600, -6, 2)],
    "oo": [(330, 12, 3), (720, 8, 5), (2400, 3, 6), (1500, -8, 1.5)],
    "mm": [(260, 10, 2.5), (1100, -8, 1), (2200, -4, 3)],
}


def choir(
    take: Take,
    notes: Sequence[Note],
    vowels: tuple[str, str] = ("oo", "ah"),
    morph: Audio | None = None,
    singers: int = 3,
    attack: float = 0.14,
    release: float = 0.35,
) -> Audio:
    """Sung vowels: saws with vibrato through formants; `morph` moves from one vowel to the next."""
    detune = [float(c) for c in np.linspace(-9, 9, singers)]
    raw = poly(
        take,
        notes,
        cutoff=2600,
        sweep=0,
        resonance=0,
        adsr=(attack, 1.0, 0.85, release),
        detune=detune,
        spread=0.55,
        vibrato=0.0045,
        loose=0.016,
    )
    first = eq(raw, hp=120, lp=3800, bells=VOWELS[vowels[0]])
    if morph is None:
        return first
    second = eq(raw, hp=120, lp=3800, bells=VOWELS[vowels[1]])
    second *= np.sqrt(np.mean(first**2) / np.mean(second**2))
    return first * (1 - morph) + second * morph


def _kick(rng: Rng, low: float = 47, snap: float = 1.0, length: float = 0.34) -> Audio:
    t = np.arange(int(length * RATE)) / RATE
    freq = low + 150 * snap * np.exp(-t / 0.016) + 40 * np.exp(-t / 0.06)
    body = np.sin(2 * np.pi * np.cumsum(freq) / RATE) * np.exp(-t / (length * 0.42))
    click = rng.normal(size=len(t)) * np.exp(-t / 0.002) * 0.12 * snap
    return np.asarray(np.tanh((body + click) * 1.3) * np.minimum(1, (length - t) / 0.03))


def _snare(rng: Rng, tone: float = 190, length: float = 0.2, noise: float = 0.8) -> Audio:
    t = np.arange(int((length + 0.1) * RATE)) / RATE
    body = np.sin(2 * np.pi * (tone * t + 6 * (1 - np.exp(-t / 0.012)))) * np.exp(-t / 0.07)
    hiss = eq(rng.normal(size=len(t)), hp=900, lp=7000) * np.exp(-t / (length * 0.4))
    return np.asarray((body * 0.6 + hiss * noise) * np.minimum(1, (t[-1] - t) / 0.02))


def _clap(rng: Rng, length: float = 0.16) -> Audio:
    t = np.arange(int((length + 0.12) * RATE)) / RATE
    shape = np.exp(-np.maximum(0, t - 0.03) / (length * 0.4)) * (t > 0.03)
    for burst in (0.0, 0.011, 0.021):
        shape += (t >= burst) * np.exp(-np.maximum(0, t - burst) / 0.004) * 0.7
    sound = eq(rng.normal(size=len(t)), hp=700, lp=5500, bells=[(1150, 8, 1.5)])
    return np.asarray(sound * shape * np.minimum(1, (t[-1] - t) / 0.02))


def _hat(rng: Rng, length: float = 0.04) -> Audio:
    t = np.arange(int((length * 4 + 0.02) * RATE)) / RATE
    metal = sum(np.sign(np.sin(2 * np.pi * f * t)) for f in (2051, 3043, 3701, 4129, 5393, 6151))
    sound = eq(np.asarray(metal) * 0.16 + rng.normal(size=len(t)) * 0.5, hp=5200, lp=10500)
    return np.asarray(sound * np.exp(-t / length) * np.minimum(1, (t[-1] - t) / 0.01))


def _rim(rng: Rng) -> Audio:
    t = np.arange(int(0.09 * RATE)) / RATE
    tone = np.sin(2 * np.pi * 1680 * t) + 0.7 * np.sin(2 * np.pi * 820 * t)
    click = rng.normal(size=len(t)) * 0.1 * np.exp(-t / 0.003)
    return np.asarray(tone * np.exp(-t / 0.012) * 0.8 + click)


def _shaker(rng: Rng, length: float = 0.05) -> Audio:
    t = np.arange(int(0.14 * RATE)) / RATE
    shape = np.minimum(1, t / 0.018) * np.exp(-np.maximum(0, t - 0.018) / length)
    return np.asarray(
        eq(rng.normal(size=len(t)), hp=3800, lp=8500) * shape * np.minimum(1, (0.14 - t) / 0.02)
    )


def _tom(rng: Rng, low: float = 95) -> Audio:
    t = np.arange(int(0.42 * RATE)) / RATE
    freq = low * (1 + 0.5 * np.exp(-t / 0.03))
    body = np.sin(2 * np.pi * np.cumsum(freq) / RATE) * np.exp(-t / 0.13)
    skin = rng.normal(size=len(t)) * np.exp(-t / 0.006) * 0.15
    return np.asarray((body + skin) * np.minimum(1, (t[-1] - t) / 0.05))


DRUMS: dict[str, Callable[[Rng], Audio]] = {
    "kick": lambda r: _kick(r),
    "soft": lambda r: _kick(r, 50, 0.45, 0.3),
    "boom": lambda r: _kick(r, 43, 0.7, 0.62),
    "snare": lambda r: _snare(r),
    "gate": lambda r: _snare(r, 175, 0.34, 0.7),
    "tick": lambda r: _snare(r, 260, 0.07, 0.6),
    "clap": lambda r: _clap(r),
    "hat": lambda r: _hat(r),
    "open": lambda r: _hat(r, 0.13),
    "rim": lambda r: _rim(r),
    "shaker": lambda r: _shaker(r),
    "tom": lambda r: _tom(r),
    "high tom": lambda r: _tom(r, 140),
}


def machine(
    take: Take, drum: str, notes: Iterable[Note], gain: float = 1.0, side: float = 0.0
) -> Audio:
    """A drum machine voice; every hit is drawn again, so no two are the same."""
    loop = np.zeros((2, take.clock.samples))
    for note in human(take, notes, 0.0025, 5):
        sound = DRUMS[drum](take.rng) * (note.velocity / 100) ** 1.7 * gain
        add(loop, take.clock.at(note.beat), pan(sound, side))
    return loop


def noise(take: Take, hp: float, lp: float, shape: Audio, wide: float = 0.4) -> Audio:
    """Band-passed noise under an automation curve."""
    raw = take.rng.normal(size=(2, take.clock.samples))
    both = raw[0] * np.ones((2, 1))
    both[1] = both[0] * (1 - wide) + raw[1] * wide
    return eq(both, hp=hp, lp=lp, steep=2) * shape


def blend(*parts: tuple[float, Audio]) -> Audio:
    """Add parts, each first brought to the same RMS and then to its own gain in dB."""
    total: Audio | None = None
    for gain, part in parts:
        both = stereo(part)
        loud = float(np.sqrt(np.mean(both**2))) + 1e-12
        sound = both / loud * 10 ** (gain / 20)
        total = sound if total is None else total + sound
    if total is None:
        raise ValueError("nothing to blend")
    return total

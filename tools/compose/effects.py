"""Effects on whole loops. All of them are circular: the end runs on into the start."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from score import RATE, Audio, Clock, Rng


def _response(x: Audio, curve: npt.NDArray[np.complex128]) -> Audio:
    return np.fft.irfft(np.fft.rfft(x, axis=-1) * curve, x.shape[-1], axis=-1)


def eq(
    x: Audio,
    hp: float = 0.0,
    lp: float = 0.0,
    bells: Iterable[tuple[float, float, float]] = (),
    steep: int = 1,
) -> Audio:
    """High-pass, low-pass (12 dB/octave, times `steep`) and bells (Hz, dB, Q)."""
    s = 1j * np.fft.rfftfreq(x.shape[-1], 1 / RATE)
    curve = np.ones_like(s)
    for _ in range(steep):
        if hp:
            curve *= s**2 / (s**2 + s * hp * 1.414 + hp**2)
        if lp:
            curve *= lp**2 / (s**2 + s * lp * 1.414 + lp**2)
    for freq, gain, q in bells:
        a = 10 ** (gain / 40)
        curve *= (s**2 + s * freq * a / q + freq**2) / (s**2 + s * freq / a / q + freq**2)
    return _response(x, curve)


def stereo(x: Audio) -> Audio:
    """Two channels from one."""
    return x if x.ndim == 2 else np.stack([x, x])


def mono(x: Audio) -> Audio:
    """One channel from two."""
    return x if x.ndim == 1 else np.asarray(x.mean(axis=0))


def pan(x: Audio, where: float) -> Audio:
    """Equal-power pan, -1 left to 1 right."""
    angle = (where + 1) * np.pi / 4
    gains = np.array([[np.cos(angle)], [np.sin(angle)]]) * 2**0.5
    return stereo(x) * gains


def width(x: Audio, amount: float) -> Audio:
    """Scale the side signal."""
    mid, side = (x[0] + x[1]) / 2, (x[0] - x[1]) / 2 * amount
    return np.stack([mid + side, mid - side])


def drive(x: Audio, amount: float = 1.0) -> Audio:
    """Tape-like saturation; the level is measured first, so `amount` means the same anywhere."""
    level = 3.2 * float(np.sqrt(np.mean(x**2))) + 1e-9
    return np.tanh(x / level * amount) * level / amount


def impulse(rng: Rng, seconds: float, damp: float, low: float = 250.0) -> Audio:
    """A stereo room: decaying noise whose treble dies first."""
    n = int(RATE * seconds * 1.3)
    t = np.arange(n) / RATE
    noise = rng.normal(size=(2, n))
    noise[1] = 0.35 * noise[0] + 0.94 * noise[1]
    dark = eq(noise, lp=damp / 3) * 1.6 * np.exp(-6.9 * t / seconds)
    light = (eq(noise, lp=damp) - eq(noise, lp=damp / 3)) * np.exp(-11 * t / seconds)
    room = eq((dark + light) * np.minimum(1, t / 0.012), hp=low)
    return np.asarray(room / np.sqrt(np.sum(room**2) / 2))


def reverb(
    x: Audio,
    rng: Rng,
    mix: float = 0.2,
    seconds: float = 1.6,
    damp: float = 4500.0,
    predelay: float = 0.015,
) -> Audio:
    """Circular convolution with a room; `mix` is the level of the room against the dry sound."""
    x = stereo(x)
    n = x.shape[1]
    room = np.zeros((2, n))
    tail = impulse(rng, seconds, damp)[:, :n]
    room[:, : tail.shape[1]] = tail
    wet = _response(x, np.fft.rfft(np.roll(room, int(predelay * RATE), axis=1), axis=1))
    return x + wet * mix


def delay(
    x: Audio,
    clock: Clock,
    beats: float = 0.75,
    feedback: float = 0.45,
    mix: float = 0.35,
    lp: float = 3000.0,
    pingpong: bool = True,
    hp: float = 250.0,
) -> Audio:
    """Echoes, each darker than the last."""
    x = stereo(x)
    out, echo, gain = x.copy(), x, mix
    while gain > 0.012:
        echo = eq(np.roll(echo, clock.at(beats), axis=1), hp=hp, lp=lp)
        if pingpong:
            echo = np.stack([0.25 * echo[0] + 0.85 * echo[1], 0.85 * echo[0] + 0.25 * echo[1]])
            echo = echo if gain < mix else pan(echo.mean(axis=0), -0.45)
        out = out + echo * gain
        gain *= feedback
    return out


def lfo(n: int, cycles: int, phase: float = 0.0) -> Audio:
    """A sine that fits the loop: a whole number of cycles."""
    return np.sin(2 * np.pi * (np.arange(n) / n * cycles + phase))


def wobble(x: Audio, curve: Audio) -> Audio:
    """Read the loop at moving positions: `curve` in seconds."""
    x = stereo(x)
    n = x.shape[1]
    place = np.arange(n) - curve * RATE
    low = np.floor(place).astype(np.int64)
    part = place - low
    return x[:, low % n] * (1 - part) + x[:, (low + 1) % n] * part


def chorus(x: Audio, cycles: int, depth: float = 0.0022, mix: float = 0.5) -> Audio:
    """Two moving copies, one a side."""
    x = stereo(x)
    n = x.shape[1]
    left = wobble(x, 0.011 + depth * lfo(n, cycles))[0]
    right = wobble(x, 0.013 + depth * lfo(n, cycles, 0.31))[1]
    return x * (1 - 0.4 * mix) + np.stack([left, right]) * mix


def wow(x: Audio, cycles: int, depth: float = 0.0009) -> Audio:
    """A tired tape."""
    n = x.shape[-1]
    return wobble(x, depth * (lfo(n, cycles) + 0.35 * lfo(n, cycles * 5 + 1, 0.2)))


def tremolo(x: Audio, cycles: int, depth: float = 0.4, spread: float = 0.5) -> Audio:
    """Level moving from side to side; spread 0 moves both sides together."""
    x = stereo(x)
    n = x.shape[1]
    both = np.stack([lfo(n, cycles), lfo(n, cycles, spread)])
    return x * (1 - depth / 2 + both * depth / 2)


def curve(clock: Clock, points: Iterable[tuple[float, float]]) -> Audio:
    """A circular automation curve from (beat, value) points."""
    pairs = sorted(points)
    total = clock.total_beats
    xs = [pairs[-1][0] - total, *(p[0] for p in pairs), pairs[0][0] + total]
    ys = [pairs[-1][1], *(p[1] for p in pairs), pairs[0][1]]
    n = clock.samples
    return np.interp(np.arange(n) / n * total, xs, ys)


def duck(
    x: Audio, clock: Clock, beats: Iterable[float], depth: float = 0.5, beats_long: float = 0.6
) -> Audio:
    """Make room for the kick at the given beats."""
    n = clock.samples
    gain = np.ones(n)
    span = clock.at(beats_long)
    ramp = np.linspace(0, 1, span)
    dip = 1 - depth * (1 - ramp) ** 1.6 * np.minimum(1, ramp * 40)
    for beat in beats:
        where = (clock.at(beat) + np.arange(span)) % n
        gain[where] = np.minimum(gain[where], dip)
    return x * gain


def _smooth(x: Audio, seconds: float) -> Audio:
    n = len(x)
    freq = np.fft.rfftfreq(n, 1 / RATE)
    return _response(x, np.exp(-2 * (np.pi * freq * seconds) ** 2).astype(np.complex128))


def squeeze(x: Audio, ratio: float = 2.5, over: float = 2.0, seconds: float = 0.02) -> Audio:
    """A slow compressor; the threshold sits `over` dB above the mean level."""
    power = _smooth(np.mean(np.atleast_2d(x) ** 2, axis=0), seconds)
    level = 10 * np.log10(np.maximum(power, 1e-10))
    loud = 10 * np.log10(float(np.mean(power)) + 1e-12) + over
    gain = -np.maximum(0, level - loud) * (1 - 1 / ratio)
    return np.asarray(x * 10 ** (gain / 20))


def limit(x: Audio, ceiling: float, seconds: float = 0.0012) -> Audio:
    """A look-ahead peak limiter; `ceiling` is linear."""
    peak = np.max(np.abs(np.atleast_2d(x)), axis=0)
    if float(peak.max()) <= ceiling:
        return x
    step = 48
    n = len(peak)
    padded = np.pad(peak, (0, -n % step))
    blocks = padded.reshape(-1, step).max(axis=1)
    reach = 3
    held = np.max([np.roll(blocks, k) for k in range(-reach, reach + 1)], axis=0)
    for _ in range(2):
        release = 0.88
        for i in range(len(held)):
            fall = held[i - 1] * release
            if fall > held[i] and fall > ceiling:
                held[i] = fall
    gain = np.repeat(np.minimum(1, ceiling / np.maximum(held, 1e-9)), step)[:n]
    out = x * _smooth(gain, seconds)
    return np.clip(out, -ceiling, ceiling)

"""Loudness and peaks."""

from __future__ import annotations

import numpy as np

from score import RATE, Audio


def k_weight(x: Audio) -> Audio:
    """The K filter of BS.1770, applied in the frequency domain to a loop."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(x.shape[-1]))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    low = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.fft.irfft(np.fft.rfft(x, axis=-1) * shelf * low, x.shape[-1], axis=-1)


def loudness(x: Audio) -> float:
    """Integrated, gated loudness in LUFS; a mono file counts as both speakers."""
    both = x if x.ndim == 2 else np.stack([x, x])
    power = np.sum(k_weight(both) ** 2, axis=0)
    hop = RATE // 10
    sums = np.add.reduceat(power, np.arange(0, len(power) - hop + 1, hop))[: len(power) // hop]
    blocks = (sums + np.roll(sums, -1) + np.roll(sums, -2) + np.roll(sums, -3)) / (4 * hop)
    level = -0.691 + 10 * np.log10(blocks + 1e-15)
    loud = blocks[level > -70]
    if not len(loud):
        return -np.inf
    gate = -0.691 + 10 * np.log10(np.mean(loud)) - 10
    return float(-0.691 + 10 * np.log10(np.mean(blocks[level > gate])))


def db(value: float) -> float:
    """Decibels of a linear level."""
    return float(20 * np.log10(value + 1e-12))

"""Measured properties of a stem."""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field
from typing import NamedTuple

from stempress.core.cache import MARSHAL_VERSION


class Curves(NamedTuple):
    """A stem over time.

    ``bins`` are (lowest, highest) samples; ``envelope`` is RMS values, scaled so that the loudest
    is 1; ``bands`` are the low, middle and high band as integer levels up to ``bands.TOP``.
    """

    bins: tuple[tuple[float, float], ...]
    envelope: tuple[float, ...]
    bands: tuple[tuple[int, ...], ...]

    def pack(self) -> bytes:
        """Serialise the curves."""
        return marshal.dumps(tuple(self), MARSHAL_VERSION)


@dataclass(frozen=True, slots=True)
class Facts:
    """Measured properties of an audio file, identified by its ``digest``.

    Levels are linear (full scale = 1), ``loudness`` is in LUFS. ``clipped_runs`` counts runs of
    samples at full scale; ``dc_offset`` is the mean sample, of the channel with the larger one;
    ``lead_in`` is the number of frames before the first sound; ``silent_channel`` is "left",
    "right" or empty.
    """

    digest: str
    frames: int
    rate: int
    channels: int
    bits: int
    peak: float
    true_peak: float
    loudness: float
    clipped_runs: int
    dc_offset: float
    lead_in: int
    silent_channel: str
    packed_curves: bytes = field(repr=False)
    """Serialised ``Curves``, unpacked on demand: most builds draw none of them."""

    @property
    def curves(self) -> Curves:
        """The stem over time."""
        return Curves(*marshal.loads(self.packed_curves))  # noqa: S302 - written by ``Curves.pack``

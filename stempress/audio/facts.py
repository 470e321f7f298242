"""Facts of a stem, as measured."""

from __future__ import annotations

import marshal
from dataclasses import dataclass, field
from typing import NamedTuple

from stempress.core.cache import MARSHAL_VERSION


class Course(NamedTuple):
    """How a stem goes over time.

    ``bins`` are lowest and highest samples; ``envelope`` effective values, the loudest being 1;
    ``bands`` levels, low, middle and high, whole numbers up to ``spectrum.TOP``.
    """

    bins: tuple[tuple[float, float], ...]
    envelope: tuple[float, ...]
    bands: tuple[tuple[int, ...], ...]

    def packed(self) -> bytes:
        """Return it as bytes."""
        return marshal.dumps(tuple(self), MARSHAL_VERSION)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sound file.

    Levels are factors of full scale, ``loudness`` is in LUFS, ``lead`` in frames before the first
    sound; ``clipped`` counts runs of samples at full scale; ``offset`` is the mean sample of the
    channel that has more of it; ``dead`` names a channel without sound. All of it follows from the
    ``digest`` of the file.
    """

    digest: str
    frames: int
    rate: int
    channels: int
    bits: int
    peak: float
    true_peak: float
    loudness: float
    clipped: int
    offset: float
    lead: int
    dead: str
    packed: bytes = field(repr=False)
    """Its course: of hundreds of stems, most builds draw none."""

    @property
    def course(self) -> Course:
        """How the stem goes over time."""
        return Course(*marshal.loads(self.packed))  # noqa: S302 - packed by a ``Course``

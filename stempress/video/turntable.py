"""A record that turns, and whose rings move with their stems' levels.

The record is drawn once, and unrolled: a row for every half pixel of the radius, a column for every
angle. A frame looks every pixel up there, so that a turn is a shift of columns, and the movement
of a ring a shift of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL.ImageFilter import GaussianBlur

from stempress.art.record_geometry import LABEL_RADIUS, RECORD_RADIUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    type Pixels = NDArray[np.uint32]
    """Colours as red, green and blue from the lowest byte up, and a fourth byte."""

TURN_FRAMES = 240
"""Frames of a turn."""
ANGLES = TURN_FRAMES * 16
"""Columns: so many that a frame's turn is a whole number of them."""
OUTER_EDGE = 418.0
"""The radius from which on nothing moves, inside the jewels of the rim."""
STRIDE = 2 * ANGLES
"""Columns of a row in memory: a turn may begin at any angle without wrapping around."""
MAX_SHIFT = 16.0
"""How far a ring moves outwards at most, in units of the record."""
STEPS = 64
"""Between the edges of a ring, movements are interpolated in so many steps."""
DIMMEST, BRIGHTEST = 150, 240
"""Brightness of a silent ring and of the loudest, of 256: leaves room for the light."""
STILL = 255
"""The number of what is no ring, in the fourth byte of a colour."""
LIGHT = 15
"""How much brighter the record is where light falls on it, of 255."""
BEAM = 0.24
"""Half the angle of a beam of light, in radians."""


@dataclass(frozen=True, slots=True, eq=False)
class Turntable:
    """The lookup tables of a record in frames of a given width.

    ``positions`` are those of its pixels in a frame, ``samples`` where they are looked up before
    any turn, ``light`` is added to them. ``colours`` is the unrolled record, with the index of the
    ring in the fourth byte; ``zones`` says for every point between which rings it is, and where.
    ``shifts`` is how far each ring moves at most, in rows.
    """

    positions: NDArray[np.intp]
    samples: NDArray[np.intp]
    light: Pixels
    colours: Pixels
    zones: NDArray[np.uint16]
    shifts: NDArray[np.float32]

    def draw(self, pixels: Pixels, frame: int, levels: NDArray[np.float32]) -> None:
        """Draw the record into a flat frame; ``levels`` are those of its rings, 0 to 1."""
        samples = self.samples + (-frame % TURN_FRAMES) * (ANGLES // TURN_FRAMES)
        # "clip" is the quickest mode: every index is valid.
        zones = self.zones.take(samples, mode="clip")
        samples -= self._movements(levels).take(zones, mode="clip")
        colours = self.colours.take(samples, mode="clip")
        brightness = np.full(256, BRIGHTEST, dtype=np.uint32)
        brightness[: len(levels)] = DIMMEST + levels * (BRIGHTEST - DIMMEST)
        factors = brightness.take(colours >> 24, mode="clip")
        # Red and blue are multiplied at once: neither reaches the other's bits.
        red_blue = ((colours & 0xFF00FF) * factors >> 8) & 0xFF00FF
        green = ((colours & 0x00FF00) * factors >> 8) & 0x00FF00
        pixels[self.positions] = (red_blue | green) + self.light

    def _movements(self, levels: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return how far away samples are, by zone: multiples of a whole row."""
        edges = np.concatenate(([0], self.shifts * levels, [0])).astype(np.float32)
        inwards = np.linspace(0, 1, STEPS, dtype=np.float32)
        rows = edges[1:, None] + (edges[:-1] - edges[1:])[:, None] * inwards
        still = np.zeros(STEPS, dtype=np.float32)
        moved: NDArray[np.intp] = np.rint(np.concatenate((rows.ravel(), still))).astype(np.intp)
        return moved * STRIDE


def place_record(
    picture: Image, outlines: Sequence[Sequence[float]], centre: tuple[int, int], width: int
) -> Turntable:
    """Return the tables of a record, given a square picture of it in twice the size of the video.

    ``outlines`` are its rings' corners, outermost first; ``centre`` and ``width`` those of the
    record and of frames, in pixels.
    """
    diameter = picture.width // 2
    radii = (np.arange(diameter) + 0.5) / diameter * RECORD_RADIUS
    edges = _visible_edges(outlines)
    zones, steps = _zones(radii, edges)
    rings = np.where((zones > 0) & (radii[:, None] > LABEL_RADIUS), zones - 1, STILL)
    rings[radii > OUTER_EDGE] = STILL
    still = (radii > OUTER_EDGE) | (radii < LABEL_RADIUS)
    zones[still] = len(edges) - 1
    means = edges.mean(axis=1)
    shifts = np.minimum((means[1:-1] - means[2:]) * 0.45, MAX_SHIFT).clip(min=0)
    colours = _unroll(picture) | (rings.astype(np.uint32) << 24)
    return Turntable(
        *_look_ups(diameter, centre, width),
        np.tile(colours, 2).ravel(),
        np.tile((zones * STEPS + steps).astype(np.uint16), 2).ravel(),
        (shifts / RECORD_RADIUS * diameter).astype(np.float32),
    )


def _visible_edges(outlines: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    """Return the outer edges of what is seen, by angle: of what is still, of all rings, the label.

    A ring covers those outside it: its edge is hidden where one further in reaches further out.
    """
    angles = np.arange(ANGLES) / ANGLES
    edges = [np.full(ANGLES, OUTER_EDGE), *(_outline_at(angles, each) for each in outlines)]
    edges.append(np.full(ANGLES, LABEL_RADIUS))
    visible = np.maximum.accumulate(edges[::-1], axis=0)[::-1]
    shown: NDArray[np.float32] = np.minimum(visible, OUTER_EDGE).astype(np.float32)
    return shown


def _outline_at(angles: NDArray[np.float64], outline: Sequence[float]) -> NDArray[np.float64]:
    corners = np.arange(len(outline)) / len(outline)
    return np.interp(angles, corners, outline, period=1)


def _zones(
    radii: NDArray[np.float64], edges: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the zone of each radius at each angle, and how far out in it, in ``STEPS`` steps.

    Zone 0 is outside all rings, zone 1 in the outermost.
    """
    zones = np.zeros((len(radii), ANGLES), dtype=np.intp)
    for edge in edges[1:-1]:
        zones += radii[:, None] < edge
    columns = np.arange(ANGLES)
    outer, inner = edges[zones, columns], edges[zones + 1, columns]
    shares = (radii[:, None] - inner) / np.maximum(outer - inner, 0.001)
    return zones, np.rint(shares.clip(0, 1) * (STEPS - 1)).astype(np.intp)


def _unroll(picture: Image) -> Pixels:
    """Return a picture as rows from its centre outwards, and columns clockwise from the top."""
    size = picture.width
    # Frames take single samples of it, so it may have no detail smaller than their pixels.
    soft = picture.convert("RGB").filter(GaussianBlur(1.1))
    source = np.asarray(soft, dtype=np.uint32)
    packed = source[..., 0] | source[..., 1] << 8 | source[..., 2] << 16
    radii = np.arange(size // 2, dtype=np.float32)[:, None] + 0.5
    angles = np.arange(ANGLES, dtype=np.float32) * np.float32(2 * np.pi / ANGLES)
    columns = (size / 2 + radii * np.sin(angles)).astype(np.intp).clip(0, size - 1)
    rows = (size / 2 - radii * np.cos(angles)).astype(np.intp).clip(0, size - 1)
    unrolled: Pixels = packed[rows, columns]
    return unrolled


def _look_ups(
    diameter: int, centre: tuple[int, int], width: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Pixels]:
    """Return positions, samples and light of all pixels but the rim, which looks the same."""
    offsets = np.arange(diameter) - (diameter - 1) / 2
    rows, columns = np.nonzero(np.hypot(offsets[:, None], offsets) < diameter / 2 - 2)
    x, y = offsets[columns], offsets[rows]
    radii = (np.hypot(x, y) * 2).astype(np.intp)
    turns = np.arctan2(x, -y) / (2 * np.pi) % 1
    angles = np.rint(turns * ANGLES).astype(np.intp) % ANGLES
    left, top = centre[0] - diameter // 2, centre[1] - diameter // 2
    positions = (rows + top) * width + columns + left
    # Two beams, upwards and downwards, with soft edges.
    away = np.abs((turns * 2 + 0.5) % 1 - 0.5) * np.pi
    amount = ((BEAM - away) * diameter / 4).clip(0, 1) * LIGHT
    return positions, radii * STRIDE + angles, np.rint(amount).astype(np.uint32) * 0x010101

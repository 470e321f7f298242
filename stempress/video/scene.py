"""The frames of a video. Each is a function of its number alone, whatever was drawn before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from stempress.art.raster import rasterise
from stempress.art.record_geometry import LABEL_RADIUS, RECORD_RADIUS
from stempress.art.templates import render_svg
from stempress.video.lettering import is_right_to_left, line_image
from stempress.video.levels import waveform_mask
from stempress.video.turntable import place_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stempress.video.shapes import Box, Shape
    from stempress.video.turntable import Turntable
    from stempress.video.view import VideoView

    type Pixels = NDArray[np.uint32]
    type Planar = NDArray[np.float32]

INK, SOFT_INK = (244, 238, 226), (170, 162, 154)
PLAYED, AHEAD = 0xE2EEF4, 0x5F5A57
"""Colours of the waveform, blue, green and red from the highest byte down."""
PLAYHEAD = 3
"""Width of the playhead in pixels."""


class Line(NamedTuple):
    """A line of text: its top and its size in pixels, and its colour."""

    text: str
    top: int
    size: int
    ink: tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that is prepared once for the frames of a video.

    ``background`` has everything that stands still; ``wave`` is the waveform, where it is drawn;
    ``levels`` are those of the rings, shape (frames, rings).
    """

    shape: Shape
    background: Pixels
    wave: NDArray[np.bool_]
    turntable: Turntable
    levels: NDArray[np.float32]

    @property
    def frames(self) -> int:
        """The number of frames."""
        return len(self.levels)

    def draw(self, number: int) -> NDArray[np.uint8]:
        """Return a frame: red, green, blue and a byte without meaning; shape (height, width, 4)."""
        pixels = self.background.copy()
        self.turntable.draw(pixels.reshape(-1), number, self.levels[number])
        left, top, width, height = self.shape.wave
        played = round(number / max(1, self.frames - 1) * (width - PLAYHEAD))
        wave = pixels[top : top + height, left : left + width]
        np.copyto(wave[:, :played], PLAYED, where=self.wave[:, :played])
        wave[:, played : played + PLAYHEAD] = PLAYED
        return pixels.view(np.uint8).reshape(*pixels.shape, 4)


def set_scene(view: VideoView, samples: Planar, levels: NDArray[np.float32]) -> Scene:
    """Return the scene of a view; ``samples`` are the sound, shape (2, frames)."""
    shape = view.shape
    record = _record(view)
    left, top, width, height = shape.sleeve
    centre = left + width // 2, top + height // 2
    background = _background(view, record, centre)
    wave = waveform_mask(samples, shape.wave.width, shape.wave.height)
    pixels = np.asarray(background, dtype=np.uint8).view(np.uint32)[..., 0].copy()
    left, top, width, height = shape.wave
    pixels[top : top + height, left : left + width][wave] = AHEAD
    turntable = place_record(record, view.outlines, centre, shape.width)
    return Scene(shape, pixels, wave, turntable, levels)


def _record(view: VideoView) -> Image.Image:
    """Draw the record in twice its size, with the artist's pictures on the label."""
    size = 2 * view.shape.diameter
    record = rasterise(view.record, size)
    ground = Image.new("RGBA", record.size, view.sleeves[0])
    ground.alpha_composite(record)
    if view.label:
        label = rasterise(view.label, round(size * (LABEL_RADIUS - 10) / RECORD_RADIUS))
        corner = (size - label.width) // 2, (size - label.height) // 2
        ground.paste(label, corner, _disc(label.width))
    return ground


def _background(view: VideoView, record: Image.Image, centre: tuple[int, int]) -> Image.Image:
    """Draw the sleeve, the record's rim and the text."""
    shape = view.shape
    svg = render_svg("video.svg.jinja", shape=shape, sleeves=view.sleeves, spine=view.spine)
    frame = rasterise(svg, shape.width, shape.height)
    small = record.resize((shape.diameter, shape.diameter), Image.Resampling.LANCZOS)
    corner = centre[0] - shape.diameter // 2, centre[1] - shape.diameter // 2
    frame.paste(small, corner, _disc(shape.diameter))
    top = shape.wave.top - shape.lead
    title = Line(view.title, top, shape.title, INK)
    byline = Line(view.byline, top + shape.title * 5 // 4, shape.byline, SOFT_INK)
    for line in (title, byline):
        _write(frame, line, shape.wave)
    return frame


def _disc(diameter: int) -> Image.Image:
    large = Image.new("L", (diameter * 4, diameter * 4))
    ImageDraw.Draw(large).ellipse((2, 2, diameter * 4 - 3, diameter * 4 - 3), 255)
    return large.resize((diameter, diameter), Image.Resampling.BOX)


def _write(frame: Image.Image, line: Line, box: Box) -> None:
    """Write a line as wide as a box, at the side where its script begins."""
    mask = line_image(line.text, line.size, box.width)
    indent = box.width - mask.width if is_right_to_left(line.text) else 0
    frame.paste(line.ink, (box.left + indent, line.top - line.size // 2), mask)

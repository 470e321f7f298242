"""Everything the engine computes, as digests; run here and in the browser, they must be the same.

The last expression is a JSON object: what was computed -> SHA-256 of its bytes, or its numbers.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from pyodide_app.engine import loudness, pcm, portable_math, riff
from pyodide_app.engine.archive import Piece
from pyodide_app.engine.forge import cheapest_completion, forging_loss, information, largest_batch
from pyodide_app.engine.holdings import SongHolding
from pyodide_app.engine.levels import MASTER_READINGS
from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.model import Layer, Rule, Section, Song, Stem
from pyodide_app.engine.ramps import gain, pan_gains
from pyodide_app.engine.stem_package import PackagedStem, StemPackage
from pyodide_app.engine.tags import Tags
from pyodide_app.engine.timeline import Bars
from pyodide_app.engine.weighting import KWeighting
from pyodide_app.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    type Planar = NDArray[np.float32]
    type Played = tuple[Planar, list[float]]

RATE = 44100
FRAMES = 3 * RATE
SIZES = (2048, 1, 777, 4096, 64, 30011, 333)


def words(
    seed: int, channels: int = 2, frames: int = FRAMES, level: int = 9000
) -> NDArray[np.int16]:
    """Return 16-bit noise that swells and fades, computed with integers only."""
    at = np.arange(channels * frames, dtype=np.uint64) + np.uint64(seed * 1_000_003)
    mixed = (at * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    noise = (mixed % np.uint64(2 * level)).astype(np.int64) - level
    swell = np.abs(np.arange(channels * frames) % 40_000 - 20_000)
    drawn: NDArray[np.int16] = (noise * swell // 20_000).astype(np.int16)
    return drawn.reshape(channels, frames)


def floats(seed: int, channels: int = 2, frames: int = FRAMES, level: int = 9000) -> Planar:
    """Return the same noise with full scale at 1.0."""
    return words(seed, channels, frames, level).astype(np.float32) * np.float32(1 / 32768)


def stem(seed: int, channels: int = 2, level: int = 9000) -> StemAudio:
    return StemAudio(words(seed, channels, level=level))


def fine(seed: int) -> StemAudio:
    """Return a stem of 24 bits."""
    return StemAudio.from_float(floats(seed) + floats(seed + 1) * np.float32(1 / 256))


def mixer(level: int = 9000) -> Mixer:
    made = Mixer(
        rate=RATE, frames=FRAMES, rows=4, bars=Bars.from_song(frames=FRAMES, rate=RATE, bars=3)
    )
    for row, audio in enumerate((stem(1, level=level), stem(2, 1, level), fine(3), stem(4))):
        made.place(row, audio)
    return made


def played(made: Mixer, changes: Sequence[tuple[Any, ...]] = (), frames: int = FRAMES) -> Played:
    """Render in blocks of all sizes; ``changes`` are (frame, method, arguments)."""
    waiting, frame = sorted(changes, key=lambda change: int(change[0])), 0
    blocks: list[Planar] = []
    lowest: list[float] = []
    while frame < frames:
        while waiting and waiting[0][0] <= frame:
            _, method, *arguments = waiting.pop(0)
            getattr(made, method)(*arguments, frame=frame)
        size = SIZES[len(blocks) % len(SIZES)]
        blocks.append(made.render(frame, size))
        lowest.append(made.lowest_gain)
        frame += size
    return np.concatenate(blocks, axis=1), lowest


class Buffer:
    """Stands for a JavaScript Float32Array."""

    def __init__(self, samples: Planar) -> None:
        self.samples = samples

    @property
    def length(self) -> int:
        return self.samples.size

    def assign(self, source: Planar, /) -> None:
        self.samples[:] = source

    def assign_to(self, target: Planar, /) -> None:
        target[:] = self.samples


SETTINGS = [
    RowSettings(-3.21, 0.37),
    RowSettings(2.5, -0.81),
    RowSettings(-17.77, 1),
    RowSettings(6, 0.05),
]


def settings() -> Played:
    made = mixer()
    for row, each in enumerate(SETTINGS):
        made.adjust(row, each)
    made.set_master(-4.04)
    return played(made)


def moves() -> Played:
    return played(
        mixer(),
        [
            (3000, "adjust", 0, RowSettings(-7.3, -0.6)),
            (3100, "adjust", 0, RowSettings(1.7, 0.6)),
            (9000, "adjust", 1, RowSettings(mute=True)),
            (20000, "adjust", 2, RowSettings(solo=True)),
            (30000, "adjust", 2, RowSettings()),
            (40000, "set_master", -20.02),
        ],
    )


def swaps() -> Played:
    return played(mixer(), [(5000, "place", 0, stem(7)), (5100, "place", 0, stem(8, 1))])


def swap_on_the_bar() -> tuple[Planar, list[int], int]:
    made = mixer()
    made.render(0, 50_000)
    made.place(1, fine(9), frame=50_000, due="bar")
    made.locate(70_000, frame=52_000)
    return made.render(50_000, 60_000), made.pending_swaps(50_000), made.next_bar(60_000)


def swap_on_a_frame() -> tuple[Planar, list[int]]:
    made = mixer()
    made.render(0, 50_000)
    made.place(1, fine(9), frame=50_000, due=71_000)
    made.locate(70_000, frame=52_000)
    return made.render(50_000, 60_000), made.pending_swaps(52_000)


def loops_and_seeks() -> Played:
    return played(
        mixer(),
        [
            (2000, "set_loop", (1000, 9000)),
            (30000, "locate", 8000),
            (30100, "locate", 100),
            (60000, "set_loop", (90, 120)),
            (70000, "set_loop", None),
        ],
        frames=FRAMES + 50_000,
    )


def limiter() -> Played:
    made = mixer(level=32000)
    made.set_master(6)
    return played(made)


def limiter_turned() -> Played:
    changes = [(9000, "adjust", 0, RowSettings(mute=True)), (25000, "adjust", 0, RowSettings(6))]
    return played(mixer(level=32000), [*changes, (30000, "locate", 0)])


def meters(rate: int, channels: int) -> list[float]:
    signal = np.tile(floats(5, channels), 4)
    meter, peaks = loudness.LoudnessMeter(rate, channels), loudness.TruePeakMeter(channels)
    for at in range(0, signal.shape[1], 2400):
        meter.add(signal[:, at : at + 2400])
        peaks.add(signal[:, at : at + 2400])
    figures = ("momentary", "short_term", "integrated", "range", "max_momentary")
    whole = loudness.integrated_loudness(signal, rate), loudness.loudness_range(signal, rate)
    return [*(getattr(meter, figure) for figure in figures), peaks.true_peak, *whole]


def session() -> tuple[object, ...]:
    """Use the session as the worker does: a late change, a pause, levels, a digest, a survey."""
    made = Session(RATE, FRAMES, 2, 0, 93.5)
    for key, seed in (("a", 1), ("b", 2), ("c", 3)):
        planar = words(seed, level=20000)
        scaled = np.where(planar > 0, planar / np.float32(32767), planar / np.float32(32768))
        made.load(key, [Buffer(channel) for channel in scaled.astype(np.float32)])
    made.apply_commands(json.dumps([["place", 0, "a"], ["place", 1, "b"], ["master", 3]]), 0)
    block, figures, heard = Buffer(np.zeros(4096, np.float32)), Buffer(np.zeros(10, np.float32)), []
    for frame in range(0, 40 * 2048, 2048):
        made.render(frame, block)
        heard.append(block.samples.copy())
        if frame == 10 * 2048:
            made.apply_commands(
                json.dumps([["place", 1, "c", "bar"], ["adjust", 0, -2, 0.3, False, False]]), frame
            )
            made.reapply(frame + 2048)
        if frame == 20 * 2048:
            made.rebase(frame)
        made.levels(frame, figures)
        heard.append(figures.samples.copy())
    digest, measurement = made.digest(16, ["a", "c"]), made.measure(["a", "c"])
    while digest.progress < 1:
        digest.step()
        measurement.step()
    measured = measurement.integrated, measurement.range, measurement.true_peak
    return heard, len(MASTER_READINGS), digest.hexdigest(), measured, made.pending_swaps(0)


def variations() -> tuple[Song, list[str], int]:
    layers = [
        Layer(
            name,
            name,
            tuple(Stem(f"{name}{n}", "", weight=n + 0.7) for n in range(3)),
            Stem("", "", weight=1.3) if name == "c" else None,
        )
        for name in "abc"
    ]
    song = Song("s", "", tuple(layers), (Rule({"a": ("a0",)}, {"b": ("b1",)}),))
    mixes = [variation.mix_number for variation in song.variations()]
    return song, mixes, song.count_permitted()


def forging() -> tuple[object, ...]:
    song = variations()[0]
    copies = {a: {f"{a}{n}": {str(ord(a) + n): 1 + n} for n in range(3)} for a in "abc"}
    holding = SongHolding(song, copies)
    rarest = list(holding.forgeable())
    weighed = forging_loss(holding, rarest[0])
    prices = {("s", a, f"{a}{n}"): 0.1 * n + 0.37 for a in "abc" for n in range(3)}
    bought = cheapest_completion(SongHolding(song, {}), prices)
    assert bought is not None
    return (
        [variation.mix_number for variation in rarest],
        [information(song, variation) for variation in rarest],
        largest_batch(holding).total,
        weighed.combinations_after,
        bought.variation.mix_number,
        bought.cost,
    )


def tagged() -> bytes:
    tags = Tags("Ébb", "Mara", "Landfall", isrc="QZK6P2600022", key="F# minor", bpm=92, mix="1-2")
    return riff.wav_file(floats(6, 1, 999) * np.float32(0.9), RATE, 16, tags)


def packaged() -> bytes:
    """Return an archive of two stems; its files are left out."""
    tags = Tags("Ébb & <Flow>", "Mara", isrc="QZK6P2600022", key="Bb", mix="1-0-2")
    settings = (RowSettings(-7.35, 0.3), RowSettings(2.5, -1, mute=True))
    stems = tuple(
        PackagedStem("Pad", f"Glass\u0301 {place}", place, 2, row)
        for place, row in enumerate(settings)
    )
    package = StemPackage(tags, stems, RATE, FRAMES, 24, -3, 4, (Section("Verse", 2),))
    pieces = package.archive_pieces([Piece(0, 1000, 7), Piece(1, 999, 8)])
    heads = b"".join(piece.content for piece in pieces if isinstance(piece.content, bytes))
    return package.archive_name.encode() + package.writer(1).header + heads


def logarithms() -> list[list[float]]:
    values = (words(7, 1, 5000, 30000)[0].astype(np.float64) + 31000).tolist()
    return [
        [portable_math.log10(value) for value in values],
        [portable_math.log2(value) for value in values],
        [portable_math.tan(value / 80000) for value in values],
    ]


COMPUTED: dict[str, Callable[[], object]] = {
    "gains": lambda: [float(gain(step / 100)) for step in range(-6001, 602)],
    "pans": lambda: [float(side) for step in range(-100, 101) for side in pan_gains(step / 100)],
    "logarithms and tangents": logarithms,
    "gains, pans and master": settings,
    "mute, solo and ramps": moves,
    "swaps now": swaps,
    "swap on the next bar": swap_on_the_bar,
    "swap on a frame of the song": swap_on_a_frame,
    "loops and seeks": loops_and_seeks,
    "limiter at work": limiter,
    "limiter at work while it changes": limiter_turned,
    "row peaks": lambda: mixer().row_peaks(5000, 20000),
    "bar lines": lambda: [Bars(RATE * 240 / 93.7).start(bar) for bar in range(500)],
    "dither": lambda: pcm.dither(123_456_789, 5000),
    "words of 16 bits": lambda: pcm.pcm_bytes(settings()[0], 16, 99),
    "words of 24 bits": lambda: pcm.pcm_bytes(settings()[0], 24),
    "a tagged file": tagged,
    "the archive of stems": packaged,
    "peak": lambda: loudness.sample_peak(settings()[0]),
    "true peak": lambda: loudness.true_peak(limiter()[0]),
    "true peaks": lambda: loudness.true_peaks(settings()[0]),
    "K-weighting": lambda: [KWeighting(rate, 2).powers(settings()[0]) for rate in (44100, 48000)],
    "meters at 44.1 kHz": lambda: meters(44100, 2),
    "meters at 48 kHz": lambda: meters(48000, 1),
    "meters at 96 kHz": lambda: meters(96000, 2),
    "what the worker asks for": session,
    "variations": lambda: variations()[1:],
    "forging": forging,
}


def digest(value: object) -> object:
    """Return the SHA-256 of arrays and bytes, and numbers and texts exactly."""
    if isinstance(value, bytes):
        return sha256(value).hexdigest()
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, (list, tuple)):
        parts = [digest(part) for part in value]
        return parts if len(parts) < 20 else sha256(json.dumps(parts).encode()).hexdigest()
    return value


ANSWER = json.dumps({name: digest(compute()) for name, compute in COMPUTED.items()})
ANSWER  # noqa: B018 - the browser's answer is the last expression

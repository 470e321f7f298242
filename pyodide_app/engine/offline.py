"""What is rendered from beginning to end, faster than real time: WAV files, digests, loudness."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from pyodide_app.engine.loudness import LoudnessMeter, TruePeakMeter
from pyodide_app.engine.pcm import pcm_bytes
from pyodide_app.engine.riff import wav_header
from pyodide_app.engine.stem_package import mix_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pyodide_app.engine.pcm import Bits
    from pyodide_app.engine.performance import Performance
    from pyodide_app.engine.tags import Tags

    type Planar = NDArray[np.float32]

BLOCK_FRAMES = 1 << 16


class OfflineRender:
    """Renders a mix or a take block by block, faster than real time."""

    def __init__(self, performance: Performance) -> None:
        """Take a performance whose mixer is in its state at frame 0."""
        self._performance = performance
        self._frame = 0

    @property
    def frame(self) -> int:
        """The song frame with which the next block begins."""
        return self._performance.song_frame(self._frame) or 0

    @property
    def progress(self) -> float:
        """Fraction rendered so far, from 0 to 1."""
        return self._frame / self._performance.frames

    def _next_block(self) -> tuple[int, Planar]:
        """Render the next block; return its first frame and its samples."""
        frame = self._frame
        count = self._performance.run(frame, BLOCK_FRAMES)
        block = self._performance.render(frame, count)  # NotArrivedError: again, later
        self._frame += count
        return frame, block


class Bounce(OfflineRender):
    """Renders a mix to a WAV file of 16 or 24 bits."""

    def __init__(self, performance: Performance, bits: Bits, tags: Tags) -> None:
        """Take what is rendered, and what the file states."""
        super().__init__(performance)
        self._bits, self._tags = bits, tags

    @property
    def name(self) -> str:
        """The file's name."""
        return mix_name(self._tags, ".wav")

    def header(self) -> bytes:
        """Return the bytes of the file before its samples."""
        frames, rate = self._performance.frames, self._performance.rate
        return wav_header(frames=frames, channels=2, rate=rate, bits=self._bits, tags=self._tags)

    def step(self) -> bytes:
        """Render the next block; return its samples, little-endian and interleaved."""
        frame, samples = self._next_block()
        return pcm_bytes(samples, self._bits, frame)


class MixDigest(OfflineRender):
    """SHA-256 of a mix's PCM samples."""

    def __init__(self, performance: Performance, bits: Bits) -> None:
        """Take what is rendered."""
        super().__init__(performance)
        self._bits = bits
        self._digest = sha256()

    def step(self) -> None:
        """Hash the next block."""
        frame, samples = self._next_block()
        self._digest.update(pcm_bytes(samples, self._bits, frame))

    def hexdigest(self) -> str:
        """Return the SHA-256 of the samples so far."""
        return self._digest.hexdigest()


class Measurement(OfflineRender):
    """Loudness and true peak of a mix, covering the part rendered so far."""

    def __init__(self, performance: Performance) -> None:
        """Take what is rendered."""
        super().__init__(performance)
        self._loudness, self._true_peak = LoudnessMeter(performance.rate), TruePeakMeter()

    def step(self) -> None:
        """Measure the next block."""
        _, samples = self._next_block()
        self._loudness.add(samples)
        self._true_peak.add(samples)

    @property
    def integrated(self) -> float:
        """Integrated loudness in LUFS; -inf for silence."""
        return self._loudness.integrated

    @property
    def range(self) -> float:
        """Loudness range in LU."""
        return self._loudness.range

    @property
    def true_peak(self) -> float:
        """Largest 4x oversampled magnitude; full scale is 1."""
        return self._true_peak.true_peak

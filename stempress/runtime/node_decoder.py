"""The browser's own decoders, run in Node: they give the samples that visitors get, to the bit."""

# ruff: noqa: PLC0415 - most builds have all digests

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from stempress.core.cache import digest, file_digest
from stempress.core.errors import Fault, SiteError
from stempress.core.paths import WEB
from stempress.runtime.decoders import CODECS, prepare_decoder
from stempress.runtime.node import NodeError, node_version, run_script

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from stempress.audio.song_sound import SongSound
    from stempress.audio.stream_decoder import EncodedStem
    from stempress.collection.audio_formats import Codec
    from stempress.collection.settings import Audio
    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress

    type Planar = NDArray[np.float32]

SCRIPT = Path(__file__).with_name("decode_stems.mjs")
MODULES = (WEB / "codecs", WEB / "streaming")
"""The browser's modules that decode."""
FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class NodeDecoder:
    """Decodes files of a codec; ``wasm`` is its WebAssembly module."""

    codec: Codec
    wasm: Path

    @property
    def key(self) -> str:
        """A hash of what the samples depend on, beside the files."""
        sources = [path for folder in MODULES for path in sorted(folder.glob("*.js"))]
        return digest(*map(file_digest, (SCRIPT, self.wasm, *sources)))

    def decode(
        self, stems: Sequence[EncodedStem], sound: SongSound, window: int
    ) -> Iterator[list[Planar]]:
        """Yield the next ``window`` frames of all stems, shape (channels, frames) each.

        Raises SiteError.
        """
        from concurrent.futures import ThreadPoolExecutor

        order = {
            "modules": str(MODULES[0]),
            "codec": self.codec,
            "decoder": str(self.wasm),
            **asdict(sound),
            "window": window,
            "stems": [{"path": str(stem.path), "channels": stem.channels} for stem in stems],
        }
        readable, writable = os.pipe()
        with ThreadPoolExecutor(1) as thread, os.fdopen(readable, "rb") as output:
            script = thread.submit(_run, order, writable)
            for first in range(0, sound.frames, window):
                frames = min(window, sound.frames - first)
                try:
                    samples = [_read(output, stem.channels, frames) for stem in stems]
                except EOFError:
                    break  # the script says why
                yield samples
            output.close()
            script.result()


def find_decoder(audio: Audio, options: BuildOptions, progress: Progress) -> NodeDecoder | None:
    """Return what decodes lossy stems as browsers do; None without such stems, or without Node."""
    codec = audio.stream
    if audio.has_lossless or codec not in CODECS or options.without_runtime:
        return None
    try:
        node_version()
    except NodeError as error:
        progress.log(f"warning: mixes of {codec} files cannot be verified: {error}")
        return None
    return NodeDecoder(codec, prepare_decoder(codec, options.runtime_from, progress.log))


def _read(output: BinaryIO, channels: int, frames: int) -> Planar:
    """Return the next samples, shape (channels, frames); raise EOFError if there are too few."""
    import numpy as np

    data = output.read(FLOAT_BYTES * channels * frames)
    if len(data) < FLOAT_BYTES * channels * frames:
        raise EOFError
    return np.frombuffer(data, np.float32).reshape(channels, frames)


def _run(order: dict[str, object], writable: int) -> None:
    try:
        run_script(SCRIPT, order, output=writable, timeout=None)
    except NodeError as error:
        raise SiteError([Fault(SCRIPT.name, str(error))]) from None
    finally:
        os.close(writable)

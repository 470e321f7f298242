"""Browser side of the mix benchmark: loads stems once, then mixes and returns the seconds taken."""

import json
from time import perf_counter

import numpy as np
from js import XMLHttpRequest

from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio


def fetch(address: str) -> bytes:
    """Fetch a file synchronously."""
    request = XMLHttpRequest.new()
    request.open("GET", address, False)  # noqa: FBT003 - not asynchronous
    request.responseType = "arraybuffer"
    request.send()
    content: bytes = request.response.to_bytes()
    return content


def load(files: list[str], rate: int, volume_db: float) -> Mixer:
    """Return a mixer of raw 16-bit files, with all left samples before the right ones."""
    stems = [StemAudio(np.frombuffer(fetch(file), "<i2").reshape(2, -1)) for file in files]
    loaded = Mixer(rate=rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        loaded.place(row, stem)
        loaded.adjust(row, RowSettings(volume_db))
    return loaded


def mix(mixer: Mixer, block: int) -> float:
    """Render the whole mix; return the time in seconds."""
    started = perf_counter()
    for frame in range(0, mixer.frames, block):
        mixer.render(frame, min(block, mixer.frames - frame))
    return perf_counter() - started


options = json.loads(GIVEN)  # type: ignore[name-defined]  # noqa: F821 - defined by the page
if "files" in options:
    mixer = load(**options)
json.dumps(mix(mixer, options["block"]) if "block" in options else None)

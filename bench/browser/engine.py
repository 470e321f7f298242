"""In the browser: load nine stems once, then mix them whenever asked; answers with seconds."""

import json
from time import perf_counter

import numpy as np
from js import XMLHttpRequest

from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio


def fetch(address: str) -> bytes:
    """Fetch a file, waiting for it: workers may."""
    request = XMLHttpRequest.new()
    request.open("GET", address, False)  # noqa: FBT003 - not asynchronous
    request.responseType = "arraybuffer"
    request.send()
    content: bytes = request.response.to_bytes()
    return content


def load(files: list[str], rate: int, volume_db: float) -> Mixer:
    """Return a mixer of raw 16-bit files, all of the left before the right."""
    stems = [StemAudio(np.frombuffer(fetch(file), "<i2").reshape(2, -1)) for file in files]
    made = Mixer(rate=rate, frames=stems[0].frames, rows=len(stems))
    for row, stem in enumerate(stems):
        made.place(row, stem)
        made.adjust(row, RowSettings(volume_db))
    return made


def mix(made: Mixer, block: int) -> float:
    """Return the seconds that it takes to mix the whole."""
    started = perf_counter()
    for frame in range(0, made.frames, block):
        made.render(frame, min(block, made.frames - frame))
    return perf_counter() - started


given = json.loads(GIVEN)  # type: ignore[name-defined]  # noqa: F821 - what the page gives
if "files" in given:
    mixer = load(**given)
json.dumps(mix(mixer, given["block"]) if "block" in given else None)

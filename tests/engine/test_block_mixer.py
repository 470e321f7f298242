"""The page's own block mixer gives the engine's samples, bit for bit, until Python has loaded."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from pyodide_app.engine.mix import Mixer, RowSettings, StemAudio
from pyodide_app.engine.timeline import Bars
from stempress.core.paths import WEB
from tests.support.node import Node

RATE, FRAMES, ROWS, BLOCK = 8000, 24_000, 3, 500
BARS = 7
MIX = """async ([address, song, stems, steps]) => {
  const { Mixer } = await import(address);
  const read = (samples) => ({
    channels: samples.length,
    frames: samples[0].length,
    read: (channel, frame, target) =>
      target.set(samples[channel].slice(frame, frame + target.length)),
  });
  const sources = stems.map((channels) =>
    read(channels.map((samples) => Float32Array.from(samples))));
  const mixer = new Mixer(song);
  const out = [];
  for (const [name, ...values] of steps) {
    if (name === "render") {
      const block = new Float32Array(2 * values[1]);
      mixer.render(values[0], block);
      out.push([...block]);
    } else if (name === "place") {
      mixer.place(values[0], sources[values[1]] ?? null, values[2], values[3]);
    } else {
      mixer[name](...values);
    }
  }
  return out;
}"""


def plan(seed: int) -> list[list[Any]]:
    """Return changes of every kind at random frames, in order, with all blocks between them."""
    rng = random.Random(seed)
    steps: list[list[Any]] = [["place", row, row, 0, None] for row in range(ROWS)]
    frame = 0
    for _ in range(40):
        settings = {
            "volume": rng.choice([-70, -60, -33.333, -6.02, -0.005, 0, 0.015, 6, 9]),
            "pan": rng.choice([-1, -0.3, 0, 0.77, 1]),
            "mute": rng.random() < 0.2,
            "solo": rng.random() < 0.2,
        }
        start = rng.randrange(FRAMES - 10)
        loop = [start, min(FRAMES, start + rng.choice([3, 700, 4000]))]
        stem = rng.choice([None, 0, 1, 2, 3])
        due = rng.choice([None, "bar", rng.randrange(FRAMES)])
        steps += rng.sample(
            [
                ["adjust", rng.randrange(ROWS), settings, frame],
                ["place", rng.randrange(ROWS), stem, frame, due],
                ["setMaster", rng.choice([-12, 0, 3.3]), frame],
                ["locate", rng.randrange(FRAMES), frame],
                ["setLoop", rng.choice([None, loop]), frame],
            ],
            rng.randrange(3),
        )
        for _ in range(rng.randrange(1, 4)):
            count = rng.choice([1, 128, BLOCK])
            steps.append(["render", frame, count])
            frame += count
        if rng.random() < 0.1:
            steps.append(["rebase", frame])
            frame = 0
    return steps


def engine_blocks(stems: list[StemAudio], steps: list[list[Any]]) -> list[np.ndarray[Any, Any]]:
    """Return what the engine renders for the same steps."""
    mixer = Mixer(rate=RATE, frames=FRAMES, rows=ROWS, bars=Bars(FRAMES / BARS))
    blocks = []
    for name, *values in steps:
        match name:
            case "render":
                blocks.append(mixer.render(*values).reshape(-1))
            case "place":
                row, stem, frame, due = values
                mixer.place(row, None if stem is None else stems[stem], frame, due=due)
            case "adjust":
                row, settings, frame = values
                volume_db = settings["volume"]
                mute, solo = settings["mute"], settings["solo"]
                mixer.adjust(row, RowSettings(volume_db, settings["pan"], mute, solo), frame)
            case "setMaster":
                mixer.set_master(*values)
            case "locate":
                mixer.locate(*values)
            case "setLoop":
                loop, frame = values
                mixer.set_loop(None if loop is None else (loop[0], loop[1]), frame)
            case "rebase":
                mixer.rebase(*values)
    return blocks


@pytest.mark.parametrize("seed", range(12))
def test_both_mixers_give_the_same_samples(seed: int) -> None:
    noise = np.random.default_rng(seed)
    shapes = [(2, FRAMES), (1, FRAMES), (2, FRAMES - 5000), (1, 900)]
    planar = [(noise.standard_normal(shape) / 100).astype(np.float32) for shape in shapes]
    steps = plan(seed)
    expected = engine_blocks([StemAudio.from_float(samples) for samples in planar], steps)
    song = {"rate": RATE, "frames": FRAMES, "rows": ROWS, "bars": BARS}
    address = (WEB / "mixing/mixer.js").as_uri()
    with Node() as node:
        stems = [samples.tolist() for samples in planar]
        blocks = node.evaluate(MIX, [address, song, stems, steps])
    assert len(blocks) == len(expected) > 40
    assert any(np.abs(block).max() > 0.01 for block in expected)
    for block, reference in zip(blocks, expected, strict=True):
        np.testing.assert_array_equal(np.array(block, dtype=np.float32), reference)

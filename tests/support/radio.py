"""The radio's schedule, and what the engine makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stempress.core.paths import WEB
from tests.support.node import Node
from tests.web.test_mixer_browser import engine, load

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SET_CLOCK = "const now = Date.now.bind(Date), ahead = time - now(); Date.now = () => now() + ahead;"
"""Set a page's clock to ``time``."""
FIND_SLOT = """async ([address, radio, song, shortest]) => {
  const { Schedule } = await import(address);
  const schedule = new Schedule(radio);
  const next = (slot) => schedule.after(slot).song.slug;
  const isIt = (slot) => {
    const { song: { slug, rate }, changes: [change] } = slot;
    if (slug !== song || next(slot) === "dead-reckoning") return false;
    return change?.frame > shortest * rate;
  };
  let { slot } = schedule.at(1_800_000_000_000);
  while (!isIt(slot)) slot = schedule.after(slot);
  return [slot, schedule.after(slot)];
}"""


def find_slots(site: Path, song: str, shortest: float = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a slot of a song in which no stem changes for some seconds, and the next.

    That is of a short song.
    """
    radio = json.loads((site / "data/radio.json").read_text("utf-8"))
    address = (WEB / "radio/schedule.js").as_uri()
    with Node() as node:
        slot, after = node.evaluate(FIND_SLOT, [address, radio, song, shortest])
    return slot, after


def find_slot(site: Path, song: str, shortest: float = 0) -> dict[str, Any]:
    """Return a slot of a song in which no stem changes for some seconds."""
    return find_slots(site, song, shortest)[0]


def first_stems(song: dict[str, Any], slot: dict[str, Any]) -> list[str]:
    pairs = zip(song["layers"], slot["first"], strict=True)
    return [layer["stems"][nth]["slug"] for layer, nth in pairs]


def choice_at(slot: dict[str, Any], frame: int) -> list[int]:
    choice = list(slot["first"])
    for change in slot["changes"]:
        if change["frame"] <= frame:
            choice[change["row"]] = change["nth"]
    return choice


def mix_number(choice: list[int]) -> str:
    return "-".join(str(nth + 1) for nth in choice)


def scheduled(song: dict[str, Any], slot: dict[str, Any]) -> NDArray[np.float32]:
    """Return what the engine plays of a slot."""
    mixer = engine(song, first_stems(song, slot), {})
    for change in slot["changes"]:
        layer = song["layers"][change["row"]]
        stem = load(song["slug"], layer["slug"], layer["stems"][change["nth"]]["slug"])
        mixer.place(change["row"], stem, change["frame"])
    return mixer.render(0, song["frames"])

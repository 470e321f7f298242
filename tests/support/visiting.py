"""A visitor on a page with a mixer: presses buttons, moves faders, listens."""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from playwright.sync_api import expect

from tests.support.listening import without_silence_before

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Locator, Page

    from pyodide_app.engine.pcm import Bits


PATIENCE_SECONDS = 60


def until(page: Page, expression: str) -> None:
    """Wait until an expression holds in a page, whose policy forbids Playwright's own waiting."""
    wait_for(page, lambda: page.evaluate(expression), expression)


def wait_for(page: Page, holds: Callable[[], object], message: str) -> None:
    """Wait until a condition holds, looked at twenty times a second."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, message
        page.wait_for_timeout(50)


HOLD = """async (stems) => {
  const modules = document.querySelector("script[src$='/site.js']").src;
  const { remember, unlockedStems } = await import(new URL("tokens/ownership.js", modules));
  const { ROOT } = await import(new URL("base/root.js", modules));
  const load = async (name) => (await fetch(new URL(`data/${name}.json`, ROOT))).json();
  const { tokens } = await load("tokens");
  const forge = await load("forge");
  const held = tokens.filter(WHICH);
  remember({
    address: "0x" + "ab".repeat(20), wallet: "", source: "snapshot", block: 1,
    time: "2026-01-01T00:00:00Z", complete: true,
    tokens: new Map(held.map(({ id }) => [id, 1])),
    stems: new Set([...stems, ...held.flatMap((token) => unlockedStems(token, forge))]),
  });
}"""


def hold_stems(page: Page, *stems: str) -> None:
    """Let the browser know that the visitor holds these stems, "song/layer/stem", and no other."""
    page.evaluate(HOLD.replace("WHICH", "() => false"), list(stems))


def hold_tokens(page: Page, which: str) -> None:
    """Let the browser know that the visitor holds the tokens that a JavaScript function picks."""
    page.evaluate(HOLD.replace("WHICH", which), [])


def choose_song(page: Page, address: str, slug: str) -> None:
    """Choose a song on the mixer's page, unless it is shown, and wait for its rows."""
    chooser = page.get_by_role("combobox", name="Song", exact=True)
    if chooser.input_value() != address:
        chooser.select_option(address)
    expect(page.locator("stem-mixer")).to_have_attribute("data-slug", slug)


def short_songs(page: Page, host: Path) -> list[str]:
    """Return the addresses of the songs to choose from, less those of more than a minute.

    In FLAC a long song is not streamed: the bundled one would take 422 MB.
    """
    options = page.get_by_role("combobox", name="Song", exact=True).locator("option").all()
    addresses = [option.get_attribute("value") or "" for option in options]
    return [
        address
        for address in addresses
        if json.loads((host / address.removeprefix("../")).read_text("utf-8"))["duration"] < 60
    ]


@dataclass(frozen=True)
class Visit:
    """A page with a mixer, and the song's data."""

    page: Page
    song: dict[str, Any]

    @property
    def mixer(self) -> Locator:
        """The mixer's region."""
        return self.page.get_by_role("region", name="Mixer")

    def press(self, name: str) -> None:
        """Press a button of the transport."""
        self.mixer.get_by_role("button", name=name, exact=True).click()

    def row(self, name: str) -> Locator:
        """Return a layer's row."""
        return self.mixer.get_by_role("group", name=name, exact=True)

    def set(self, fader: Locator, value: float) -> None:
        """Move a fader."""
        fader.evaluate(
            "(it, value) => { it.value = value; it.dispatchEvent(new Event('input')); }", value
        )

    def seek(self, seconds: float) -> None:
        """Drag the playhead to a position in the song."""
        position = self.mixer.get_by_role("slider", name="Position")
        position.evaluate(
            "(it, at) => { it.value = at; it.dispatchEvent(new Event('change')); }", seconds
        )

    def says(self, text: str) -> None:
        """Wait until the status line has a text."""
        expect(self.mixer.get_by_role("status")).to_have_text(text, timeout=60_000)

    def stats(self) -> dict[str, Any]:
        """Return the mixer's statistics."""
        stats: dict[str, Any] = self.page.evaluate("document.querySelector('stem-mixer').stats")
        return stats

    def play(self, *, at_once: bool = False) -> None:
        """Press Play and record the output: once Python mixes it, or at once."""
        self.press("Play")
        if at_once:
            expect(self.page.locator("stem-mixer")).to_have_attribute("data-state", "playing")
        else:
            self.says("Playing, mixed by Python")
        root = re.split("/(?:songs|embed)/", self.page.url)[0]
        self.page.add_script_tag(url=f"{root}/sound/record.js", type="module")
        expect(self.page.locator("html")).to_have_attribute("data-recording", "on")

    def record_takeover(self) -> NDArray[np.float32]:
        """Play and record until Python has mixed for a second; nothing may be missing.

        The recorder may be there before the first block: what is returned begins with sound.
        """
        self.play(at_once=True)
        assert self.stats()["engine"] == "browser"
        self.says("Playing, mixed by Python")
        self.page.wait_for_timeout(1000)
        heard = self.recording()
        assert self.stats()["underruns"] == 0
        return without_silence_before(heard)

    def recording(self) -> NDArray[np.float32]:
        """Return the samples recorded so far, shape (2, frames)."""
        data = b64decode(self.page.evaluate("window.recording()"))
        return np.frombuffer(data, dtype="<f4").reshape(-1, 2).T

    def digest(self, bits: Bits) -> str:
        """Return the mix digest that the page's Python computes."""
        digest: str = self.page.evaluate(
            "bits => document.querySelector('stem-mixer').digest(bits)", bits
        )
        return digest

    def until_sounding(self, *, frames: int, sounding: bool = True) -> None:
        """Wait until the last frames that were played are not silent, or are."""

        def is_so() -> bool:
            heard = self.recording()[:, -frames:]
            return heard.shape[1] == frames and heard.any() == sounding

        wait_for(self.page, is_so, "sound" if sounding else "silence")

"""The mixer and the player bar in Firefox ESR: what is heard is what the engine says."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from build import build
from pyodide_app.engine.mix import RowSettings
from pyodide_app.engine.take import Control
from stempress.audio.take_files import open_take, take_wav
from stempress.commands.cli import run
from stempress.core.progress import Progress
from tests.conftest import ROOT
from tests.support.firefox import visit_in_firefox
from tests.support.listening import is_part_of
from tests.support.radio import SET_CLOCK, find_slot, scheduled
from tests.web.test_mixer_browser import engine, first_stems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.conftest import Serve

pytestmark = pytest.mark.browser


@pytest.fixture
def firefox(
    serve: Serve, host: Path, tmp_path: Path, loudspeakers: dict[str, str]
) -> Callable[[str], dict[str, Any]]:
    """Return what sends a visitor to a song's page, and tells what came of it."""

    def visit(part: str) -> dict[str, Any]:
        address = f"{serve(host)}songs/undertow/"
        told = visit_in_firefox(part, address, str(tmp_path), env=loudspeakers)
        assert told["wrong"] == []
        return told

    return visit


def recording(told: dict[str, Any]) -> NDArray[np.float32]:
    """Return what was heard, shape (2, frames)."""
    return np.frombuffer(b64decode(told["recording"]), dtype="<f4").reshape(-1, 2).T


@pytest.mark.sound
def test_firefox_records_a_take_whose_link_gives_the_engines_file(
    firefox: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    told = firefox("take")
    opened = open_take(ROOT, told["text"], Progress(quiet=True))
    assert {move.control for move in opened.take.moves} == {Control.MUTE, Control.STEM}
    mutes = [move.value for move in opened.take.moves if move.control is Control.MUTE]
    assert (mutes[0], mutes[-1]) == (1, 0)
    assert (tmp_path / told["name"]).read_bytes() == b"".join(take_wav(opened, 24))


@pytest.mark.sound
def test_firefox_plays_mutes_and_exports(
    firefox: Callable[[str], dict[str, Any]], host: Path, tmp_path: Path
) -> None:
    told = firefox("mixer")
    song = json.loads((host / "data/songs/undertow.json").read_text("utf-8"))
    heard = recording(told)
    whole = engine(song, first_stems(song), {}).render(0, song["frames"])
    second = song["rate"]
    assert heard.shape[1] > 4 * second
    assert is_part_of(heard[:, second : 2 * second], whole)
    muted = engine(song, first_stems(song), {0: RowSettings(mute=True)})
    sounding = np.flatnonzero(heard.any(axis=0))
    end = sounding[-1] - second // 4
    assert is_part_of(heard[:, end - second // 2 : end], muted.render(0, song["frames"]))

    wav = tmp_path / "mix.wav"
    link = "v=1&song=undertow&mix=1-1-1-1-1&mute=1"
    assert (
        run(["mix", "undertow", f"https://site.example/#{link}", "-o", str(wav)], build, ROOT) == 0
    )
    assert (tmp_path / told["name"]).read_bytes() == wav.read_bytes()


@pytest.mark.sound
def test_music_goes_on_from_page_to_page_in_firefox(
    firefox: Callable[[str], dict[str, Any]], host: Path
) -> None:
    told = firefox("bar")
    song = json.loads((host / "data/songs/undertow.json").read_text("utf-8"))
    mix = told["track"].rsplit("/", 1)[1].split("-")
    chosen = [
        layer["stems"][int(number) - 1]["slug"]
        for layer, number in zip(song["layers"], mix, strict=True)
    ]
    heard = recording(told)
    assert heard.shape[1] > song["rate"] / 4
    assert is_part_of(heard, engine(song, chosen, {}).render(0, song["frames"]))
    state, track = told["next"]
    assert state == "playing"
    assert track != told["track"]
    assert told["announced"] == [f"Undertow ({track.rsplit('/', 1)[1]})", "playing"]


@pytest.mark.sound
def test_firefox_plays_the_radio_through_a_change_of_stems(
    serve: Serve, host: Path, loudspeakers: dict[str, str]
) -> None:
    slot = find_slot(host, "breakwater", 9)
    song = json.loads((host / "data/songs/breakwater.json").read_text("utf-8"))
    change, second = slot["changes"][0]["frame"], song["rate"]
    order = {"clock": SET_CLOCK, "time": slot["begin"] + 1000, "until": change + second}
    address = f"{serve(host)}radio/"
    told = visit_in_firefox("radio", address, json.dumps(order), env=loudspeakers)
    assert told["wrong"] == []
    assert is_part_of(recording(told)[:, -int(1.8 * second) :], scheduled(song, slot))

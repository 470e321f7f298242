"""The mixer in Firefox ESR: it plays, mutes and exports what the engine says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from base64 import b64decode
from typing import TYPE_CHECKING

import numpy as np
import pytest

from build import build
from pyodide_app.engine.mix import RowSettings
from stempress.command import run
from tests.conftest import ROOT
from tests.test_mixer_browser import engine, first_stems, is_part_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Serve

pytestmark = pytest.mark.browser


@pytest.fixture
def loudspeakers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start what Firefox plays to, where a machine has no sound; return its environment."""
    folder = tmp_path_factory.mktemp("pulse")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    words = ["pulseaudio", "-n", "--exit-idle-time=-1"]
    modules = ["--load=module-null-sink", "--load=module-native-protocol-unix"]
    with subprocess.Popen(  # noqa: S603 - our own words
        words + modules, env=environment, stderr=subprocess.DEVNULL
    ) as server:
        for _ in range(100):
            if (folder / "pulse" / "native").exists():
                break
            time.sleep(0.1)
        yield environment
        server.terminate()


def test_firefox_plays_mutes_and_exports(
    serve: Serve, host: Path, tmp_path: Path, loudspeakers: dict[str, str]
) -> None:
    found = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    assert found, "no Firefox: `make test` installs one"
    done = subprocess.run(  # noqa: S603 - our own words
        ["node", "tests/firefox.mjs", f"{serve(host)}songs/undertow/", found, str(tmp_path)],  # noqa: S607
        check=False,
        cwd=ROOT,
        env=loudspeakers,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == []

    song = json.loads((host / "data/songs/undertow.json").read_text("utf-8"))
    heard = np.frombuffer(b64decode(told["recording"]), dtype="<f4").reshape(-1, 2).T
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

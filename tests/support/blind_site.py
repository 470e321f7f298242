"""A small site with a blind drop, and hidden tracks that wait for its tokens."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from build import build
from pyodide_app.provenance import final_hash, item_hash
from stempress.commands.cli import run
from tests.support.small_site import tone, write, write_small_site

ROOT = Path(__file__).parents[2]


def blind_site(site: Path, seed: str, *options: str) -> Path:
    """Write a site whose blind drop has been minted."""
    write_small_site(site)
    (site / "content/tokens.json").unlink()
    settings = site / "site.toml"
    settings.write_text(settings.read_text().replace('phase = "live"', "blind = true"), "utf-8")
    assert run_command(site, "mint", "--seed", seed, *options) == 0
    return site


def run_command(site: Path, command: str, *options: str) -> int:
    """Run a command on a site, and return its status."""
    return run([command, "--site", str(site), *options], build, ROOT)


def content(site: Path, name: str) -> Any:  # noqa: ANN401 - whatever is in it
    """Return a JSON file of a site."""
    return json.loads((site / name).read_text("utf-8"))


def write_hidden_track(
    site: Path, slug: str, song: str = "", *, title: str = "Below Deck", sound: bytes = b""
) -> Path:
    """Write a hidden track, by default a second of stereo; return its sound file."""
    line = f'song = "{song}"\n' if song else ""
    text = f"+++\ntitle = {json.dumps(title)}\n{line}+++\nNobody knows it.\n"
    write(site / f"content/hidden/{slug}.md", text)
    path = site / f"content/hidden/{slug}.wav"
    write(path, sound or tone(5, frames=48000, rate=48000, channels=2, container="WAV"))
    return path


def write_sealed_track(site: Path, title: str, body: str) -> None:
    """Seal a hidden track with an unrevealed token of the small site; it is no sound at all."""
    file = bytes(99)
    track = {"slug": "below", "song": "", "tokens": 1, "sha256": sha256(file).hexdigest()}
    hashes = [item_hash("salt", "one/drums/live")]
    seal = {"tokens": ["7"], "hashes": hashes, "final": final_hash(hashes, [track])}
    write(site / "content/provenance.json", json.dumps({"seals": [{**seal, "hidden": [track]}]}))
    write(site / "content/hidden/below.sealed", file)
    front = f"title = {json.dumps(title, ensure_ascii=False)}"
    write(site / "content/hidden/below.md", f"+++\n{front}\n+++\n{body}\n")

"""docs/drop.md: a whole drop of the bundled collection, with every command as documented."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.evm.chain import CHAIN, Chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ME = "0x" + "ab" * 20
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.site


def commands() -> tuple[list[str], list[list[str]]]:
    """Return the setup commands, and the arguments of every other command of the tutorial."""
    text = (ROOT / "docs/drop.md").read_text("utf-8")
    setup, *blocks = BLOCK.findall(text)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("stempress ") for line in lines)
    return setup.splitlines(), [shlex.split(line)[1:] for line in lines]


@pytest.fixture(scope="module")
def chain(contracts: dict[str, Any]) -> Iterator[Chain]:
    with Chain(contracts) as running:
        yield running


def set_contract(folder: Path, address: str, rpc: str) -> None:
    """Give a site a contract on the test's own chain."""
    settings = (folder / "site.toml").read_text("utf-8")
    settings = settings.replace("rpc = []", f'rpc = ["{rpc}"]')
    settings = re.sub(r'(?m)^address = ".*"', f'address = "{address}"', settings)
    settings = re.sub(r"(?m)^chain_id = .*", f"chain_id = {CHAIN}", settings)
    (folder / "site.toml").write_text(settings, "utf-8")


def ledger(site: Path) -> dict[str, dict[str, Any]]:
    content = json.loads((site / "content/tokens.json").read_text("utf-8"))
    return {token["id"]: token for token in content["tokens"]}


def test_the_tutorial_works_as_written(
    chain: Chain,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = chain.deploy("Copies")
    setup, steps = commands()
    shutil.copytree(ROOT / "content", tmp_path / "content")
    shutil.copy(ROOT / "site.toml", tmp_path)
    (tmp_path / "stems").symlink_to(ROOT / "stems")  # and so it is copied
    subprocess.run(["/bin/bash", "-ec", "\n".join(setup)], cwd=tmp_path, check=True)  # noqa: S603
    for name in ("ferry", "elsewhere"):
        set_contract(tmp_path / name, address, chain.address)
    monkeypatch.chdir(tmp_path)
    outputs: list[tuple[str, str]] = []
    for arguments in steps:
        if arguments[0] == "sync":
            mint = "mint(address,uint256,uint256,uint256)"
            chain.send("Copies", address, mint, ME, 1, 400, 1)
            chain.send("Copies", address, mint, ME, 1000, 1, 1)
            chain.ask("anvil_mine", hex(100))
        assert run(arguments, build, ROOT) == 0, arguments
        outputs.append((" ".join(arguments), capsys.readouterr().err))
    assert len(outputs) == 14
    tokens = ledger(tmp_path / "ferry")
    assert len(tokens) == 501
    assert {token["state"] for token in tokens.values()} == {"revealed"}
    assert tokens["1000"]["tier"] == "stem"
    owners = json.loads((tmp_path / "ferry/content/tokens.json").read_text("utf-8"))["owners"]
    assert len(owners) == 401
    assert any("200 tokens revealed, 301 still unrevealed" in output for _, output in outputs)
    builds = [output for arguments, output in outputs if arguments.startswith("--site ferry")]
    assert ["files to upload" in output for output in builds] == [False, True, True]
    assert "changed metadata: URI for 1-200\n" in builds[1]
    provenance = (tmp_path / "ferry/dist/provenance/index.html").read_text("utf-8")
    assert "501 tokens, 501 opened" in provenance
    assert ledger(tmp_path / "elsewhere") == tokens

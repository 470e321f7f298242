"""Builds by several processes: the same as by one, however the processes start."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from stempress.core import processes
from stempress.core.text_files import SECRET_FILE
from tests.commands.test_incremental import ONE, append_words, contents, edit_ledger, mint_or_burn
from tests.core.test_processes import METHODS
from tests.support.large_song import stem_tokens, write_large_song
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("method", METHODS)
def test_builds_by_two_processes_are_those_by_one(
    tmp_path: Path, press_small: Press, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    started: list[str] = []

    def start() -> str:
        started.append(method)
        return method

    monkeypatch.setattr(processes, "start_method", start)
    monkeypatch.setattr(processes, "MIN_ITEMS", {method: 1})
    sites = {"1": tmp_path / "one", "2": tmp_path / "two"}
    for jobs, site in sites.items():
        write_small_site(site, url="https://tides.example/")
        write_large_song(site)
        write(site / SECRET_FILE, json.dumps({"seed": "0123456789abcdef" * 2}))
        edit_ledger(lambda tokens, _: tokens.extend(stem_tokens()))(site, Random())
        for edit in (append_words(ONE), edit_ledger(mint_or_burn), append_words(ONE)):
            edit(site, Random(3))
            assert press_small(site, "--jobs", jobs) == 0
    assert started
    one, two = (contents(site / "dist") for site in sites.values())
    assert one == two

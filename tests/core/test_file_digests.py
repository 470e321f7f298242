"""Digests of files that are read once."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from stempress.core.cache import file_digest
from stempress.core.file_digests import content_digests

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = 1_600_000_000


@pytest.fixture(autouse=True)
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask an hour from now, with a cache of one's own."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    hence = time.time_ns() + 3_600_000_000_000
    monkeypatch.setattr("time.time_ns", lambda: hence)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the list of files that are read."""
    found: list[Path] = []
    digest = file_digest

    def noted(path: Path) -> str:
        found.append(path)
        return digest(path)

    monkeypatch.setattr("stempress.core.file_digests.file_digest", noted)
    return found


def stems(folder: Path) -> list[Path]:
    """Write two files."""
    paths = [folder / "one.wav", folder / "two.wav"]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


def test_a_file_is_read_once(tmp_path: Path, read: list[Path]) -> None:
    one, two = stems(tmp_path)
    expected = {path: sha256(path.name.encode()).hexdigest() for path in (one, two)}
    assert expected == content_digests([one, two])
    assert expected == content_digests([two, one])
    assert [one, two] == read


def test_a_file_of_the_same_size_and_time_is_another(tmp_path: Path, read: list[Path]) -> None:
    one, two = stems(tmp_path)
    os.utime(one, (LONG_AGO, LONG_AGO))
    content_digests([one, two])
    one.write_bytes(b"ONE.wav")
    os.utime(one, (LONG_AGO, LONG_AGO))
    assert content_digests([one, two])[one] == sha256(b"ONE.wav").hexdigest()
    assert [one, two, one] == read


def test_what_was_saved_just_now_is_read_again(
    tmp_path: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = stems(tmp_path)
    saved = max(path.stat().st_mtime_ns for path in (one, two))
    monkeypatch.setattr("time.time_ns", lambda: saved + 1_000_000_000)
    content_digests([one, two])
    content_digests([one, two])
    assert [one, two, one, two] == read


@pytest.mark.parametrize("spoilt", [b"", b"[]", b'{"x": 1}', b"\xff"])
def test_a_spoilt_cache_is_no_cache(tmp_path: Path, read: list[Path], spoilt: bytes) -> None:
    one, two = stems(tmp_path)
    content_digests([one, two])
    (kept,) = (tmp_path / "cache/contents").iterdir()
    kept.write_bytes(spoilt)
    assert content_digests([one, two])[two] == sha256(b"two.wav").hexdigest()
    assert [one, two, one, two] == read


def test_no_files_have_no_digests() -> None:
    assert content_digests([]) == {}

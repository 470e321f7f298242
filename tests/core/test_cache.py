"""What builds keep: it may be gone, spoilt, or nowhere to be put, and nothing is lost but time."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from stempress.core.cache import cached_text, load, save

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = sha256(b"content").digest() + b"content"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a cache of one's own."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Work:
    """Counts how often it is asked."""

    __name__ = "work"

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def __call__(self, *given: object) -> str:
        self.asked.append(given)
        return f"Ölje {given}"


def test_what_is_kept_is_found(tmp_path: Path) -> None:
    save(tmp_path / "a/b", b"content")
    assert load(tmp_path / "a/b") == b"content"


def test_nothing_is_kept_too(tmp_path: Path) -> None:
    save(tmp_path / "a", b"")
    assert load(tmp_path / "a") == b""


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"content",
        WHOLE[:10],
        WHOLE[:-1],
        WHOLE + b"\0",
        WHOLE[:-1] + b"T",
        bytes(len(WHOLE)),
    ],
)
def test_what_is_spoilt_is_not_found(tmp_path: Path, spoilt: bytes) -> None:
    save(tmp_path / "a", b"content")
    assert (tmp_path / "a").read_bytes() == WHOLE
    (tmp_path / "a").write_bytes(spoilt)
    assert load(tmp_path / "a") is None


def test_what_was_never_kept_or_is_a_folder_is_not_found(tmp_path: Path) -> None:
    assert load(tmp_path / "never") is None
    assert load(tmp_path) is None


def test_a_function_is_asked_once() -> None:
    work = Work()
    assert cached_text(work, "a", 1) == cached_text(work, "a", 1) == work("a", 1)
    assert work.asked == [("a", 1)] * 2


def test_another_question_or_version_is_asked_again() -> None:
    work = Work()
    for asked in (("a", 1), ("a", 2), ("a",)):
        cached_text(work, *asked)
    cached_text(work, "a", version="2")
    assert work.asked == [("a", 1), ("a", 2), ("a",), ("a",)]


def test_a_spoilt_answer_is_asked_again_and_mended(cache: Path) -> None:
    work = Work()
    cached_text(work, "a")
    (path,) = (cache / "work").iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    assert cached_text(work, "a") == "Ölje ('a',)"
    assert len(work.asked) == 2
    assert path.read_bytes() == whole


def test_a_cache_that_cannot_be_written_to_is_no_fault(cache: Path) -> None:
    cache.write_bytes(b"a file where the folder would be")
    work = Work()
    assert cached_text(work, "a") == cached_text(work, "a") == "Ölje ('a',)"
    assert len(work.asked) == 2

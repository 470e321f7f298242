"""Stems are measured once, for every site, whatever becomes of the cache."""

from __future__ import annotations

import marshal
import shutil
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import pytest

from stempress.audio.bands import BandMeter
from stempress.audio.decode import open_source
from stempress.audio.envelope import WaveformMeter
from stempress.audio.facts import Curves, Facts
from stempress.audio.loudness_steps import spans
from stempress.audio.measure import measure_file
from stempress.audio.stem_facts import measure_stems, site_facts
from stempress.core.cache import save
from stempress.core.errors import Findings
from stempress.core.progress import Progress
from stempress.core.workers import start_workers
from tests.support.small_site import tone, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = [("song", "layer", name) for name in ("one", "two")]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a cache of one's own."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the names of the files that are measured."""
    found: list[str] = []

    def noted(path: Path, digest: str) -> Facts | str:
        found.append(path.stem)
        return measure_file(path, digest)

    monkeypatch.setattr("stempress.audio.measure.measure_file", noted)
    yield found
    another_process()


def another_process() -> None:
    """Forget what this process has read."""
    site_facts.cache_clear()


def stems(site: Path) -> dict[tuple[str, str, str], Path]:
    """Write two stems."""
    files = {key: site / "stems" / "/".join(key[:2]) / f"{key[2]}.flac" for key in KEYS}
    for at, path in enumerate(files.values()):
        write(path, tone(at, channels=2))
    return files


def known(files: dict[tuple[str, str, str], Path]) -> dict[tuple[str, str, str], Facts]:
    """Return what a build gets to know of stems; nothing is wrong with them."""
    findings = Findings()
    with start_workers() as crew:
        found = measure_stems(files, findings, Progress(quiet=True), crew)
    findings.raise_faults()
    return found


def kinds(value: object) -> Any:  # noqa: ANN401 - types of types
    """Return what a value and all in it are."""
    return [kinds(each) for each in value] if isinstance(value, tuple) else type(value)


def test_what_is_kept_is_what_was_measured(tmp_path: Path, read: list[str]) -> None:
    files = stems(tmp_path)
    first = known(files)
    another_process()
    second = known(files)
    assert second == first
    assert read == ["one", "two"]
    for key in KEYS:
        assert kinds(astuple(second[key])) == kinds(astuple(first[key]))


def test_a_course_is_unpacked_as_it_was(tmp_path: Path) -> None:
    files = stems(tmp_path)
    outline, spectrum = WaveformMeter(8000), BandMeter(8000)
    for span in spans(open_source(files[KEYS[0]]).blocks(), 8000):
        outline.add(span)
        spectrum.add(span)
    course = known(files)[KEYS[0]].curves
    assert course.bins == tuple((round(low, 4), round(high, 4)) for low, high in outline.bins)
    assert course.envelope == outline.envelope
    assert course.bands == spectrum.bands
    assert kinds(course) == kinds(Curves(course.bins, outline.envelope, spectrum.bands))


def test_a_stem_of_another_site_is_known(tmp_path: Path, read: list[str]) -> None:
    first = known(stems(tmp_path / "a"))
    another_process()
    assert known(stems(tmp_path / "b")) == first
    assert read == ["one", "two"]


def test_a_stem_that_changes_is_measured_alone(tmp_path: Path, read: list[str]) -> None:
    files = stems(tmp_path)
    before = known(files)
    write(files[KEYS[1]], tone(7, channels=2))
    after = known(files)
    another_process()
    assert known(files) == after
    assert after[KEYS[0]] == before[KEYS[0]]
    assert after[KEYS[1]] != before[KEYS[1]]
    assert read == ["one", "two", "two"]


def test_a_process_that_builds_again_reads_nothing_twice(
    tmp_path: Path, cache: Path, read: list[str]
) -> None:
    files = stems(tmp_path)
    first = known(files)
    shutil.rmtree(cache)
    assert known(files) == first
    assert read == ["one", "two"]


@pytest.mark.parametrize("spoilt", [b"", b"[]", b"\xff" * 4000])
def test_facts_are_found_without_those_of_the_site(
    tmp_path: Path, cache: Path, read: list[str], spoilt: bytes
) -> None:
    files = stems(tmp_path)
    first = known(files)
    (site,) = (cache / "facts").glob("site-*")
    whole = site.read_bytes()
    site.write_bytes(spoilt)
    another_process()
    assert known(files) == first
    assert read == ["one", "two"]
    assert site.read_bytes() == whole


@pytest.mark.parametrize("spoilt", [b"", b"[]", b"\xff" * 4000])
def test_what_is_spoilt_is_measured_again(
    tmp_path: Path, cache: Path, read: list[str], spoilt: bytes
) -> None:
    files = stems(tmp_path)
    first = known(files)
    for path in (cache / "facts").iterdir():
        path.write_bytes(spoilt)
    another_process()
    assert known(files) == first
    assert read == ["one", "two"] * 2


def test_facts_of_another_shape_are_measured_again(
    tmp_path: Path, cache: Path, read: list[str]
) -> None:
    files = stems(tmp_path)
    first = known(files)
    for path in (cache / "facts").iterdir():
        save(path, marshal.dumps([(first[KEYS[0]].digest, 8000)]))
    another_process()
    assert known(files) == first
    assert read == ["one", "two"] * 2


def test_a_cache_that_cannot_be_written_to_is_no_fault(
    tmp_path: Path, cache: Path, read: list[str]
) -> None:
    cache.write_bytes(b"a file where the folder would be")
    files = stems(tmp_path)
    first = known(files)
    another_process()
    assert known(files) == first
    assert read == ["one", "two"] * 2

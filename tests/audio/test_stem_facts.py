"""Stems are measured once for all sites, and again if the cache is lost."""

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
from stempress.audio.stem_facts import measure_stems
from stempress.core.cache import save
from stempress.core.errors import Findings
from stempress.core.progress import Progress
from stempress.core.workers import start_workers
from tests.support.small_site import tone, write

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.audio.stem_facts import KnownFacts

KEYS = [("song", "layer", name) for name in ("one", "two")]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a separate cache."""
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def measured_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the names of the files that are measured."""
    names: list[str] = []

    def recorded(path: Path, digest: str, copy: Path | None) -> Facts | str:
        names.append(path.stem)
        return measure_file(path, digest, copy)

    monkeypatch.setattr("stempress.audio.measure.measure_file", recorded)
    return names


def stems(site: Path) -> dict[tuple[str, str, str], Path]:
    """Write two stems."""
    files = {key: site / "stems" / "/".join(key[:2]) / f"{key[2]}.flac" for key in KEYS}
    for index, path in enumerate(files.values()):
        write(path, tone(index, channels=2))
    return files


def measure(
    files: dict[tuple[str, str, str], Path], known: KnownFacts | None = None
) -> dict[tuple[str, str, str], Facts]:
    """Measure stems as a build does; all must be usable."""
    findings = Findings()
    with start_workers() as workers:
        facts = measure_stems(files, findings, Progress(quiet=True), workers, known=known)
    findings.raise_faults()
    return facts


def types_of(value: object) -> Any:  # noqa: ANN401 - types of types
    """Return the types of a value and of everything in it."""
    return [types_of(item) for item in value] if isinstance(value, tuple) else type(value)


def test_cached_facts_equal_measured_ones(tmp_path: Path, measured_names: list[str]) -> None:
    files = stems(tmp_path)
    first = measure(files)
    second = measure(files)
    assert second == first
    assert measured_names == ["one", "two"]
    for key in KEYS:
        assert types_of(astuple(second[key])) == types_of(astuple(first[key]))


def test_curves_are_unpacked_as_measured(tmp_path: Path) -> None:
    files = stems(tmp_path)
    waveform, bands = WaveformMeter(8000), BandMeter(8000)
    for span in spans(open_source(files[KEYS[0]]).blocks(), 8000):
        waveform.add(span)
        bands.add(span)
    curves = measure(files)[KEYS[0]].curves
    assert curves.bins == tuple((round(low, 4), round(high, 4)) for low, high in waveform.bins)
    assert curves.envelope == waveform.envelope
    assert curves.bands == bands.bands
    assert types_of(curves) == types_of(Curves(curves.bins, waveform.envelope, bands.bands))


def test_a_stem_measured_for_another_site_is_not_measured_again(
    tmp_path: Path, measured_names: list[str]
) -> None:
    first = measure(stems(tmp_path / "a"))
    assert measure(stems(tmp_path / "b")) == first
    assert measured_names == ["one", "two"]


def test_only_a_changed_stem_is_measured_again(tmp_path: Path, measured_names: list[str]) -> None:
    files = stems(tmp_path)
    before = measure(files)
    write(files[KEYS[1]], tone(7, channels=2))
    after = measure(files)
    assert measure(files) == after
    assert after[KEYS[0]] == before[KEYS[0]]
    assert after[KEYS[1]] != before[KEYS[1]]
    assert measured_names == ["one", "two", "two"]


def test_a_process_that_builds_twice_measures_once(
    tmp_path: Path, cache: Path, measured_names: list[str]
) -> None:
    files = stems(tmp_path)
    known: KnownFacts = {}
    first = measure(files, known)
    shutil.rmtree(cache)
    assert measure(files, known) == first
    assert measured_names == ["one", "two"]


@pytest.mark.parametrize("damaged", [b"", b"[]", b"\xff" * 4000])
def test_a_damaged_site_cache_is_rebuilt_from_the_files_cache(
    tmp_path: Path, cache: Path, measured_names: list[str], damaged: bytes
) -> None:
    files = stems(tmp_path)
    first = measure(files)
    (site,) = (cache / "facts").glob("site-*")
    intact = site.read_bytes()
    site.write_bytes(damaged)
    assert measure(files) == first
    assert measured_names == ["one", "two"]
    assert site.read_bytes() == intact


@pytest.mark.parametrize("damaged", [b"", b"[]", b"\xff" * 4000])
def test_stems_are_measured_again_if_all_caches_are_damaged(
    tmp_path: Path, cache: Path, measured_names: list[str], damaged: bytes
) -> None:
    files = stems(tmp_path)
    first = measure(files)
    for path in (cache / "facts").iterdir():
        path.write_bytes(damaged)
    assert measure(files) == first
    assert measured_names == ["one", "two"] * 2


def test_facts_of_another_shape_are_measured_again(
    tmp_path: Path, cache: Path, measured_names: list[str]
) -> None:
    files = stems(tmp_path)
    first = measure(files)
    for path in (cache / "facts").iterdir():
        save(path, marshal.dumps([(first[KEYS[0]].digest, 8000)]))
    assert measure(files) == first
    assert measured_names == ["one", "two"] * 2


def test_an_unwritable_cache_is_not_a_fault(
    tmp_path: Path, cache: Path, measured_names: list[str]
) -> None:
    cache.write_bytes(b"a file where the folder would be")
    files = stems(tmp_path)
    first = measure(files)
    assert measure(files) == first
    assert measured_names == ["one", "two"] * 2

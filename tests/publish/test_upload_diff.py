"""What a build says to do since the site was last published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from build import build
from stempress.commands.cli import run
from stempress.commands.report import metadata_events
from tests.conftest import ROOT
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press

BASE = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/"


def published(site: Path) -> int:
    return run(["published", "--site", str(site)], build, ROOT)


def files_of(dist: Path) -> dict[str, bytes]:
    paths = (path for path in dist.rglob("*") if path.is_file())
    return {path.relative_to(dist).as_posix(): path.read_bytes() for path in paths}


def test_builds_tell_what_differs_from_what_was_published(
    tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_site(tmp_path)
    assert published(tmp_path) == 1
    assert press_small(tmp_path) == 0
    assert published(tmp_path) == 0
    before = files_of(tmp_path / "dist")
    ledger = tmp_path / "content/tokens.json"
    first = ledger.read_text("utf-8")
    told = json.loads(first)
    told["tokens"][5] |= {"state": "revealed", "song": "one", "layer": "drums", "stem": "tape"}
    ledger.write_text(json.dumps(told), "utf-8")
    notes = tmp_path / "content/notes/first.md"
    words = notes.read_text("utf-8")
    notes.unlink()
    capsys.readouterr()
    for _ in range(2):  # the second build writes nothing: what is to be uploaded stays the same
        assert press_small(tmp_path) == 0
        after = files_of(tmp_path / "dist")
        upload = (tmp_path / "published/upload.txt").read_text("utf-8").split()
        assert upload == sorted(each for each in after if after[each] != before.get(each))
        said = capsys.readouterr().err
        assert f"{len(upload)} files to upload" in said
        assert f"{len(before.keys() - after.keys())} to delete" in said
        assert "changed metadata: URI for 7\n" in said
    ledger.write_text(first, "utf-8")
    notes.write_text(words, "utf-8")
    assert press_small(tmp_path) == 0
    assert "since the site was published: 0 files to upload" in capsys.readouterr().err
    assert published(tmp_path) == 0


@pytest.mark.slow
def test_a_base_uri_changes_metadata_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    site = tmp_path / "site"
    write_small_site(site, url="https://ferry.example/")
    builds = []
    for more in ([], ["--base-uri", BASE]):
        assert run(["--site", str(site), "--without-runtime", *more], build, ROOT) == 0
        builds.append(files_of(site / "dist"))
    before, after = builds
    assert before.keys() == after.keys()
    assert {each.split("/")[0] for each in before if before[each] != after[each]} == {"metadata"}
    token = json.loads(after["metadata/5.json"])
    assert token["image"].startswith(BASE)
    assert token["external_url"] == "https://ferry.example/tokens/5/"
    mended = {
        name: data.replace(BASE.encode(), b"https://ferry.example/") for name, data in after.items()
    }
    assert mended == before


@pytest.mark.parametrize("base", ["javascript:alert(1)", "ipfs://", "https://a b/", "x"])
def test_what_is_no_base_uri_is_refused(
    base: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small_site(tmp_path)
    assert run(["--site", str(tmp_path), "--base-uri", base], build, ROOT) == 1
    assert "error: --base-uri: is not a URI" in capsys.readouterr().err


def test_what_is_announced_are_ranges_or_ids() -> None:
    tokens = [1, 2, 3, 7, 9, 10]
    assert metadata_events("erc1155", tokens) == "URI for 1-3, 7, 9-10"
    assert metadata_events("erc721", tokens) == (
        "BatchMetadataUpdate(1, 3), MetadataUpdate(7), BatchMetadataUpdate(9, 10)"
    )

"""Archives: the same content gives the same bytes."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING
from zipfile import ZipFile

from stempress.runtime.wheels import (
    gzipped,
    read_archive,
    read_files,
    write_files,
    write_pure_wheel,
)

if TYPE_CHECKING:
    from pathlib import Path

MODULES = {"pack/__init__.py": b'"""A pack."""\n', "pack/one.py": b"NAMES = {'a', 'b', 'c'}\n"}


def test_a_wheel_depends_on_its_content_alone(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    backwards = dict(reversed(MODULES.items()))
    first = write_pure_wheel(tmp_path, "the-pack", "0.1", MODULES)
    again = write_pure_wheel(tmp_path / "again", "the-pack", "0.1", backwards)
    assert first.name == "the_pack-0.1-py3-none-any.whl"
    assert first.read_bytes() == again.read_bytes()
    record = read_archive(first)["the_pack-0.1.dist-info/RECORD"].decode()
    with ZipFile(first) as archive:
        assert sorted(row.split(",")[0] for row in record.splitlines()) == archive.namelist()


def test_files_are_written_and_read_by_the_same_names(tmp_path: Path) -> None:
    write_files(tmp_path, {**MODULES, "pack/notes.txt": b""}, only=".py")
    assert read_files(tmp_path) == MODULES


def test_compressed_bytes_name_no_date() -> None:
    packed = gzipped(b"sound")
    assert packed == gzipped(b"sound")
    assert gzip.decompress(packed) == b"sound"
    assert packed[4:8] == bytes(4)

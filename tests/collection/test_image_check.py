"""Pictures that browsers do not show are named for what they are."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from stempress.collection.image_check import check_picture
from stempress.core.errors import Findings

if TYPE_CHECKING:
    from pathlib import Path

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>\n'


def picture(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(buffer, form)
    return buffer.getvalue()


def warnings_on(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    findings = Findings()
    check_picture(path, path.name, findings)
    return [str(warning) for warning in findings.warnings]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", picture("PNG")),
        ("a.jpg", picture("JPEG")),
        ("a.jpeg", picture("JPEG") + b"\0\0\0\x18ftypmp42" + bytes(100_000)),
        ("a.webp", picture("WEBP")),
        ("a.svg", SVG),
    ],
)
def test_whole_pictures_get_no_warning(tmp_path: Path, name: str, content: bytes) -> None:
    assert warnings_on(tmp_path / name, content) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", picture("PNG")),
        ("a.jpg", picture("JPEG")),
        ("a.webp", picture("WEBP")),
        ("a.svg", SVG),
    ],
)
def test_pictures_that_are_cut_off_get_a_warning(tmp_path: Path, name: str, content: bytes) -> None:
    (warning,) = warnings_on(tmp_path / name, content[: len(content) * 2 // 3])
    assert f"{name}: is cut off: its end is missing" in warning


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", picture("PNG"), "it is PNG"),
        ("a.jpg", b"\0\0\0\x18ftypheic", "it is HEIC or AVIF"),
        ("a.png", b"version https://git-lfs.github.com/spec/v1", "it is a Git LFS pointer"),
        ("a.png", b"<!DOCTYPE html>", "it is a web page"),
        ("a.svg", b"\x1f\x8b\x08", "it is compressed (SVGZ)"),
        ("a.png", b"", "export it again"),
    ],
)
def test_pictures_that_are_something_else_are_named(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    (warning,) = warnings_on(tmp_path / name, content)
    assert f"is not a {name[2:].upper()} file" in warning
    assert kind in warning

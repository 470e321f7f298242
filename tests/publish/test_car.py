"""CAR files: what is written is read again, and nothing else is believed."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stempress.publish.car import CarError, encode_header, encode_section, read_car
from stempress.publish.cid import RAW, Block, BlockError, compute_cid, format_cid


def blocks_of(contents: list[bytes]) -> list[Block]:
    return [Block(compute_cid(RAW, content), content) for content in contents]


def car_of(blocks: list[Block]) -> bytes:
    root = blocks[0].cid if blocks else compute_cid(RAW, b"")
    return encode_header(root) + b"".join(map(encode_section, blocks))


CONTENTS = st.lists(st.binary(max_size=40), max_size=5)


def test_the_header_is_the_one_that_other_tools_write() -> None:
    root = compute_cid(RAW, b"hello world")
    expected = "3aa265726f6f747381d82a58250001551220"
    assert encode_header(root).hex().startswith(expected)
    assert encode_header(root).hex().endswith("6776657273696f6e01")
    assert format_cid(root) == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


@given(CONTENTS)
def test_a_car_file_is_read_as_it_was_written(contents: list[bytes]) -> None:
    blocks = blocks_of(contents)
    root, found = read_car(BytesIO(car_of(blocks)))
    assert list(found) == blocks
    assert root == (blocks[0].cid if blocks else compute_cid(RAW, b""))


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4), st.data())
def test_no_changed_byte_and_no_cut_goes_unseen(contents: list[bytes], data: st.DataObject) -> None:
    blocks = blocks_of(contents)
    car = bytearray(car_of(blocks))
    at = data.draw(st.integers(0, len(car) - 1))
    if data.draw(st.booleans()):
        car[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del car[at:]
    try:
        root, found = read_car(BytesIO(bytes(car)))
        read = root, list(found)
    except (CarError, BlockError):
        return
    assert read != (blocks[0].cid, blocks)


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\xff" * 20, b"\x03abc", b"\xff\xff\xff\xff\x07", b"\x3a"]
)
def test_what_is_no_car_file_is_refused(data: bytes) -> None:
    with pytest.raises(CarError):
        read_car(BytesIO(data))

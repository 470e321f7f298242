"""CIDs: kubo's published vectors of the profile, and another implementation."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from aleph_cid import hash_folder, read_carv1_root
from Crypto.Cipher import ChaCha20
from hypothesis import given
from hypothesis import strategies as st

from stempress.publish.car import encode_header, encode_section
from stempress.publish.cid import (
    RAW,
    Block,
    BlockError,
    compute_cid,
    encode_varint,
    format_cid,
    parse_cid,
    verify_block,
)
from stempress.publish.unixfs import CHUNK, import_file, import_folder, import_stream
from tests.conftest import ROOT

if TYPE_CHECKING:
    from stempress.publish.unixfs import Folder

EASY = "abcdefghijklmnopqrstuvwxyz01234567890-_"
FILES = {
    ("chunk-v1-seed", CHUNK): "bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta",
    (
        "chunk-v1-seed",
        CHUNK + 1,
    ): "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64",
    (
        "v1-2025-seed",
        1024 * CHUNK,
    ): "bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm",
    ("v1-2025-seed", 1024 * CHUNK + 1): (
        "bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe"
    ),
    (
        "v1-2025-seed",
        1025 * CHUNK,
    ): "bafybeihmzokxxjqwxjcryerhp5ezpcog2wcawfryb2xm64xiakgm4a5jue",
}
"""Files of pseudo-random bytes by seed and length."""
LARGE = 2 * CHUNK
FOLDERS = {
    21: "bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4",
    22: "bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu",
}
"""Folders of 4766 files by the length of the last name: one of 256 KiB, one a byte longer."""


class RandomStream:
    """ChaCha20 under a seed's SHA-256, as kubo's tests make their files."""

    def __init__(self, seed: str, size: int) -> None:
        self.left = size
        self.cipher = ChaCha20.new(key=sha256(seed.encode()).digest(), nonce=bytes(12))

    def read(self, size: int = -1, /) -> bytes:
        size = self.left if size < 0 else min(size, self.left)
        self.left -= size
        return self.cipher.encrypt(bytes(size))


def forget(_block: Block) -> None:
    """Take a block and keep nothing."""


def random_names(last: int) -> list[str]:
    stream = RandomStream("hamt-unixfs-v1-2025", CHUNK)
    lengths = [11] * 4765 + [last]
    return ["".join(EASY[byte % len(EASY)] for byte in stream.read(each)) for each in lengths]


def name_of(folder: Folder) -> str:
    return format_cid(import_folder(folder, forget).root.cid)


def test_a_small_file_is_its_own_raw_block() -> None:
    found = format_cid(import_file(b"hello world", forget).cid)
    assert found == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"


def test_the_empty_folder_has_its_known_name() -> None:
    assert name_of({}) == "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"


@pytest.mark.parametrize(
    ("seed", "size"),
    [pytest.param(*file, marks=[pytest.mark.slow] if file[1] > LARGE else []) for file in FILES],
)
def test_files_are_chunked_and_balanced_as_kubo_does(seed: str, size: int) -> None:
    node = import_stream(RandomStream(seed, size), forget)
    assert format_cid(node.cid) == FILES[seed, size]
    assert node.size == size


@pytest.mark.parametrize("last", FOLDERS)
def test_folders_become_tries_where_kubo_lets_them(last: int) -> None:
    assert name_of(dict.fromkeys(random_names(last), b"x")) == FOLDERS[last]


def test_the_order_in_which_entries_come_does_not_matter() -> None:
    names = random_names(22)
    assert name_of(dict.fromkeys(reversed(names), b"x")) == FOLDERS[22]


@pytest.mark.slow
def test_another_implementation_gives_the_same_names(tmp_path: Path) -> None:
    folder: Folder = {
        "index.html": b"<p>hello",
        "large.bin": RandomStream("large", 3 * CHUNK + 5).read(),
        "empty": b"",
        "a b": {"ü.txt": b"1", "U.txt": b"2", "deep": {"er": {"x": b"y"}}},
        "many": {f"{number:064x}.json": b"%d" % number for number in range(4000)},
    }
    write_folder(tmp_path, folder)
    told = subprocess.run(  # noqa: S603 - our own script
        ["node", ROOT / "tests/support/ipfs/import.mjs", tmp_path],  # noqa: S607
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert name_of(folder) == told.strip()


SMALL = st.dictionaries(
    st.text("abcAB.é-_ 09", min_size=1, max_size=12).filter(lambda name: not name.startswith(".")),
    st.binary(max_size=200),
    min_size=1,
    max_size=6,
)


@given(SMALL, SMALL)
def test_small_folders_are_named_as_the_older_profile_names_them(
    files: dict[str, bytes], below: dict[str, bytes]
) -> None:
    folder: Folder = {**files, "below": dict(below)}
    with TemporaryDirectory() as scratch:
        write_folder(Path(scratch), folder)
        assert name_of(folder) == hash_folder(scratch)


def test_the_root_of_a_car_file_is_read_by_others(tmp_path: Path) -> None:
    cid = compute_cid(RAW, b"hello world")
    (tmp_path / "x.car").write_bytes(
        encode_header(cid) + encode_section(Block(cid, b"hello world"))
    )
    assert read_carv1_root(tmp_path / "x.car") == format_cid(cid)


def write_folder(path: Path, folder: Folder) -> None:
    path.mkdir(exist_ok=True)
    for name, content in folder.items():
        if isinstance(content, dict):
            write_folder(path / name, content)
        else:
            assert isinstance(content, bytes)
            (path / name).write_bytes(content)


def test_blocks_are_told_leaves_first_and_sizes_add_up() -> None:
    blocks: list[Block] = []
    root = import_folder({"a": b"one", "b": {"c": b"three"}}, blocks.append).root
    assert [block.content for block in blocks if block.cid[1] == RAW] == [b"one", b"three"]
    assert blocks[-1].cid == root.cid
    assert root.total == sum(len(block.content) for block in blocks)


@given(st.binary(max_size=300))
def test_a_name_can_be_read_again_and_holds_for_these_bytes_alone(content: bytes) -> None:
    cid = compute_cid(RAW, content)
    assert parse_cid(format_cid(cid)) == cid
    assert verify_block(cid, content) == Block(cid, content)
    with pytest.raises(BlockError):
        verify_block(cid, content + b"x")


@given(st.text(max_size=70))
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a CID"):
        parse_cid(text)


@given(st.integers(0, 2**63))
def test_varints_have_seven_bits_a_byte(value: int) -> None:
    found = encode_varint(value)
    assert sum((byte & 0x7F) << 7 * at for at, byte in enumerate(found)) == value
    assert len(found) == max(1, (value.bit_length() + 6) // 7)
    assert [byte >> 7 for byte in found] == [1] * (len(found) - 1) + [0]

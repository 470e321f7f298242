"""Encryption of hidden tracks: all salts open them, and nothing less; browsers decrypt the same."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.provenance import final_hash, item_hash, verify
from stempress.drop.track_cipher import LABEL, PADDING, LockedError, Track, decrypt, encrypt
from tests.conftest import ROOT
from tests.support.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE = (ROOT / "pyodide_app/web/hidden/sealed-track.js").as_uri()
SALTS = st.lists(
    st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=5, unique=True
)
SLUGS = st.sampled_from(["below", "קרש", "a-b_c", "x" * 60])
TRACKS = st.builds(Track, st.text(), st.sampled_from(["audio/flac", "audio/mpeg"]), st.binary())
SONGS = "one", "two"


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node() as node:
        node.evaluate(f"""async () => {{ Object.assign(globalThis, await import("{MODULE}")); }}""")
        yield node


OPEN = """async ({ file, seal, track }) => {
  const bytes = Uint8Array.from(Buffer.from(file, "hex"));
  try {
    await verifyTrack(bytes, seal, track);
    const { title, type, sound } = await openTrack(bytes, seal, track);
    return [title, type, Buffer.from(sound).toString("hex")];
  } catch (error) {
    return error.reason ?? String(error);
  }
}"""


def seal_of(items: list[str], file: bytes, track: dict[str, Any]) -> dict[str, Any]:
    """Return a seal of items and a track, with all of it opened; salts are made up."""
    tokens = [str(number) for number in range(1, len(items) + 1)]
    salts = [sha256(token.encode()).hexdigest() for token in tokens]
    hashes = [*map(item_hash, salts, items)]
    hidden = [{**track, "sha256": sha256(file).hexdigest()}]
    return {
        "tokens": tokens,
        "hashes": hashes,
        "final": final_hash(hashes, hidden),
        "starting_index": 0,
        "opened": dict(zip(tokens, map(list, zip(salts, items, strict=True)), strict=True)),
        "hidden": hidden,
    }


@given(TRACKS, SALTS, SLUGS)
def test_all_salts_open_what_they_closed(track: Track, salts: list[str], slug: str) -> None:
    file = encrypt(track, salts, slug)
    assert decrypt(file, salts, slug) == track
    assert file != encrypt(track, salts, slug)
    assert len(track.sound) < 8 or track.sound not in file[len(LABEL) :]


@given(TRACKS, SALTS, SLUGS)
def test_no_other_choice_or_order_of_the_salts_opens_anything(
    track: Track, salts: list[str], slug: str
) -> None:
    file = encrypt(track, salts, slug)
    for count in range(len(salts) + 1):
        for chosen in (p for some in combinations(salts, count) for p in permutations(some)):
            if [*chosen] != salts:
                with pytest.raises(LockedError):
                    decrypt(file, chosen, slug)
    with pytest.raises(LockedError):
        decrypt(file, salts, f"{slug}x")


@given(st.binary(min_size=1, max_size=64), st.data())
def test_no_changed_or_missing_byte_is_decrypted(sound: bytes, data: st.DataObject) -> None:
    salts = ["ab" * 32]
    file = bytearray(encrypt(Track("", "audio/flac", sound), salts, "a"))
    place = data.draw(st.integers(0, len(file) - 1))
    with pytest.raises(LockedError):
        decrypt(bytes(file[:place]), salts, "a")
    file[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(LockedError):
        decrypt(bytes(file), salts, "a")


def test_a_file_is_decrypted_as_documented() -> None:
    """Written after the documentation alone, with HKDF of the standard library."""
    salts, slug = ["1f" * 32, "2e" * 32], "below"
    file = encrypt(Track("Below", "audio/mpeg", b"sound"), salts, slug)
    context = b"stempress-track-1\nbelow"
    extracted = hmac.digest(bytes(32), "".join(salts).encode(), "sha256")
    key = hmac.digest(extracted, context + b"\x01", "sha256")
    cipher = AES.new(key, AES.MODE_GCM, nonce=file[18:30])
    cipher.update(context)
    plain = cipher.decrypt_and_verify(file[30:-16], file[-16:])
    length = int.from_bytes(plain[:4], "big")
    header = json.loads(plain[4 : 4 + length])
    assert header == {"title": "Below", "type": "audio/mpeg", "bytes": 5}
    assert plain[4 + length :].rstrip(b"\0") == b"sound"


@given(st.integers(0, 4 * PADDING))
def test_sizes_of_files_tell_the_length_of_a_sound_only_roughly(length: int) -> None:
    size = len(encrypt(Track("", "audio/flac", bytes(length)), [], "a"))
    assert (size - len(LABEL) - 12 - 16) % PADDING == 0
    assert 0 < size - length < PADDING + 256


@given(
    TRACKS,
    st.lists(st.sampled_from(SONGS), min_size=1, max_size=6),
    SLUGS,
    st.sampled_from(["song", "seal"]),
)
@pytest.mark.slow
def test_browsers_open_what_the_seal_encrypts(
    node: Node, track: Track, songs: list[str], slug: str, scope: str
) -> None:
    song = songs[0] if scope == "song" else ""
    items = [f"{each}/drums/live" for each in songs]
    awaited = [n for n, item in enumerate(items) if item.startswith(song)]
    salts = [sha256(str(n + 1).encode()).hexdigest() for n in awaited]
    file = encrypt(track, salts, slug)
    entry = {"slug": slug, "song": song, "tokens": len(awaited)}
    seal = seal_of(items, file, entry)
    asked = {"file": file.hex(), "seal": seal, "track": seal["hidden"][0]}
    assert node.evaluate(OPEN, asked) == [track.title, track.type, track.sound.hex()]
    for slot in [*seal["opened"]]:
        less = {**seal, "opened": {s: p for s, p in seal["opened"].items() if s != slot}}
        closed = node.evaluate(OPEN, {**asked, "seal": less})
        assert (closed == "closed") == (int(slot) - 1 in awaited)
        if closed == "closed":  # somebody who claims that one token less is enough gets nothing
            lie = {**entry, "tokens": len(awaited) - 1}
            lying = seal_of(items, file, lie)
            lying["opened"] = less["opened"]
            asked_lying = {**asked, "seal": lying, "track": lying["hidden"][0]}
            assert node.evaluate(OPEN, asked_lying) == "locked"


def changed(seal: dict[str, Any], **values: object) -> dict[str, Any]:
    return {**seal, "hidden": [{**seal["hidden"][0], **values}]}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"song": "two"}, "hashes"),
        ({"tokens": 1}, "hashes"),
        ({"slug": "other"}, "hashes"),
        ({"sha256": "0" * 64}, "file"),
    ],
)
def test_whatever_the_seal_says_of_a_track_is_in_its_final_hash(
    node: Node, values: dict[str, object], reason: str
) -> None:
    items = ["one/drums/live", "one/drums/tape"]
    salts = [sha256(token.encode()).hexdigest() for token in "12"]
    file = encrypt(Track("Below", "audio/mpeg", b"sound"), salts, "below")
    seal = seal_of(items, file, {"slug": "below", "song": "one", "tokens": 2})
    asked = {"file": file.hex(), "seal": seal, "track": seal["hidden"][0]}
    assert node.evaluate(OPEN, asked) == ["Below", "audio/mpeg", b"sound".hex()]
    liar = changed(seal, **values)
    assert node.evaluate(OPEN, {**asked, "seal": liar, "track": liar["hidden"][0]}) == reason
    ledger = json.dumps(
        {"tokens": [{"id": str(n + 1), **fields(item)} for n, item in enumerate(items)]}
    )

    def problems(seal: dict[str, Any]) -> list[tuple[str, object]]:
        found = json.loads(verify(json.dumps({"seals": [seal]}), ledger))["problems"]
        return [(message, values) for message, values in found]

    assert problems(seal) == []
    assert problems(liar)[0][0] == "the final hash doesn't match the hashes"


def fields(item: str) -> dict[str, str]:
    return dict(zip(("song", "layer", "stem"), item.split("/"), strict=True))


def test_a_track_that_was_to_wait_for_another_number_of_tokens_is_found_out() -> None:
    items = ["one/drums/live", "two/drums/tape"]
    for tokens, found in ((1, []), (2, ["1"])):
        seal = seal_of(items, b"", {"slug": "below", "song": "one", "tokens": tokens})
        ledger = {"tokens": [{"id": str(n + 1), **fields(item)} for n, item in enumerate(items)]}
        problems = json.loads(verify(json.dumps({"seals": [seal]}), json.dumps(ledger)))["problems"]
        assert [str(values["found"]) for _, values in problems] == found


def test_seals_without_tracks_hash_to_what_they_did() -> None:
    hashes = ["a" * 64, "b" * 64]
    assert final_hash(hashes) == sha256("".join(hashes).encode()).hexdigest()

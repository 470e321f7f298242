"""Takes survive their text; texts that are hostile or damaged are rejected by name."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyodide_app.engine.model import Layer, Song, Stem
from pyodide_app.engine.take import OF_MIX, Control, Move, Take, TakeError, TakeLayer, TakeRow
from pyodide_app.engine.take_fields import MOST_BYTES
from pyodide_app.engine.take_format import format_take, parse_take
from tests.support.takes import LAYERS, takes

TAKE = Take("undertow", 48000, 480_000, 96_000, LAYERS, (TakeRow(1), TakeRow(1)))


def text_of(payload: bytes, version: int = 1) -> str:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = compressor.compress(payload) + compressor.flush()
    return urlsafe_b64encode(bytes([version]) + data).decode().rstrip("=")


def payload_of(take: Take) -> bytes:
    text = format_take(take)
    return zlib.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4))[1:], -15)


@given(takes())
def test_a_take_is_the_same_after_its_text(take: Take) -> None:
    assert parse_take(format_take(take)) == take


@given(takes(), st.data())
def test_a_text_that_was_damaged_gives_a_take_or_says_what_is_wrong(
    take: Take, data: st.DataObject
) -> None:
    payload = bytearray(payload_of(take))
    at = data.draw(st.integers(0, len(payload) - 1))
    payload[at] = data.draw(st.integers(0, 255))
    try:
        parsed = parse_take(text_of(bytes(payload)))
    except TakeError:
        return
    assert parse_take(format_take(parsed)) == parsed


@given(takes())
def test_a_take_that_was_cut_off_is_rejected(take: Take) -> None:
    payload = payload_of(take)
    for end in range(len(payload)):
        with pytest.raises(TakeError):
            parse_take(text_of(payload[:end]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not the text of a take"),
        ("not base64!", "not the text of a take"),
        ("A", "not the text of a take"),
        ("A" * 1_000_001, "more than 1,000,000 characters"),
        ("rubbish", "not the text of a take"),
        (text_of(payload_of(TAKE), version=0), "not the text of a take"),
        (text_of(payload_of(TAKE), version=32), "not the text of a take"),
        (text_of(payload_of(TAKE), version=2), "newer version of the mixer"),
        (text_of(b"\xff anything", version=31), "newer version of the mixer"),
        (text_of(payload_of(TAKE), version=2)[:-4], "damaged"),
        (format_take(TAKE)[: -(len(format_take(TAKE)) % 4) - 3], "damaged"),
        ("AQ", "damaged"),
        (text_of(b"")[:-2], "damaged"),
        (format_take(TAKE)[:-4], "damaged"),
        (text_of(payload_of(TAKE) + b"\0"), "more than it says"),
        (text_of(b"\x08undert"), "cut off"),
        (text_of(b"\x02\xff\xff"), "not UTF-8"),
        (text_of(b"\x01a" + b"\xff" * 8), "too long"),
    ],
)
def test_hostile_texts_are_rejected_by_name(text: str, words: str) -> None:
    with pytest.raises(TakeError, match=words):
        parse_take(text)


def test_a_bomb_is_not_inflated() -> None:
    bomb = text_of(bytes(50 * MOST_BYTES))
    assert len(bomb) < 1_000_000
    with pytest.raises(TakeError, match="too large"):
        parse_take(bomb)


@pytest.mark.parametrize(
    "move",
    [
        Move(0, Control.STEM, 0, 3),
        Move(0, Control.STEM, 2, 0),
        Move(0, Control.MUTE, 0, 2),
        Move(0, Control.VOLUME, 0, 601),
        Move(0, Control.PAN, 1, -1_000_001),
        Move(0, Control.MASTER, 1, 0),
        Move(0, Control.SEEK, 0, 480_000),
        Move(0, Control.LOOP, 0, 0, 480_001),
        Move(96_001, Control.MUTE, 0, 1),
    ],
    ids=lambda move: f"{move.control.name} {move.value}",
)
def test_a_move_out_of_range_is_rejected(move: Move) -> None:
    with pytest.raises(TakeError):
        parse_take(format_take(replace(TAKE, moves=(move,))))


def test_a_take_longer_than_an_hour_is_rejected() -> None:
    with pytest.raises(TakeError, match="out of 1 to 172800000"):
        parse_take(format_take(replace(TAKE, length=3600 * 48000 + 1)))


def busy_take(count: int) -> Take:
    """Return a take of faders that move without pause, and of keys that are pressed in between."""
    random = Random(1)
    moves = []
    frame = volume = 0
    for _ in range(count):
        frame += random.randrange(1024, 3072)
        volume = max(-6000, min(600, volume + random.randrange(-3, 4) * 50))
        fader = Move(frame, Control.VOLUME, random.randrange(2), volume)
        key = Move(frame, Control.MUTE, random.randrange(2), random.randrange(2))
        moves.append(fader if random.random() < 0.8 else key)
    return replace(TAKE, length=frame, moves=tuple(moves))


def test_ten_thousand_moves_fit_into_a_hundred_kilobytes() -> None:
    assert len(format_take(busy_take(10_000))) < 100_000


def test_two_minutes_of_busy_play_fit_into_a_link() -> None:
    take = busy_take(2800)
    assert take.seconds > 115
    assert len(format_take(take)) < 32_000


SONG = Song(
    "undertow",
    "Undertow",
    (
        Layer("drums", "Drums", (Stem("live", "Live"), Stem("tape", "Tape"))),
        Layer("bass", "Bass", (Stem("synth", "Synth"),)),
    ),
)


def test_a_take_fits_its_song() -> None:
    assert TAKE.for_song(SONG) == TAKE


@given(takes(), st.randoms())
def test_layers_may_come_in_another_order(take: Take, random: Random) -> None:
    layers = [
        Layer(layer.slug, layer.slug, tuple(Stem(stem, stem) for stem in layer.stems))
        for layer in take.layers
    ]
    random.shuffle(layers)
    ordered = take.for_song(Song(take.song, "", tuple(layers)))

    def by_layer(one: Take) -> tuple[object, object]:
        rows = {
            layer.slug: (layer.stems, row) for layer, row in zip(one.layers, one.rows, strict=True)
        }
        moves = [
            (replace(move, row=0), None if move.control in OF_MIX else one.layers[move.row].slug)
            for move in one.moves
        ]
        return rows, moves

    assert [layer.slug for layer in ordered.layers] == [layer.slug for layer in layers]
    assert by_layer(ordered) == by_layer(take)
    assert parse_take(format_take(ordered)) == ordered


@pytest.mark.parametrize(
    ("take", "words"),
    [
        (replace(TAKE, song="other"), "of the song 'other', not of 'undertow'"),
        (replace(TAKE, layers=LAYERS[:1]), "layers were drums; they are drums, bass"),
        (
            replace(TAKE, layers=(TakeLayer("drums", ("live", "gone")), LAYERS[1])),
            "drums has no stem 'gone'",
        ),
    ],
)
def test_a_take_of_another_song_says_what_differs(take: Take, words: str) -> None:
    with pytest.raises(TakeError, match=words):
        take.for_song(SONG)


@given(takes(rate=48000, frames=48000))
def test_at_another_rate_everything_stays_within_the_song(take: Take) -> None:
    other = take.at_rate(44100, 44100)
    assert parse_take(format_take(other)) == other
    assert abs(other.seconds - take.seconds) < 1 / 44100


def test_a_song_of_another_length_is_rejected() -> None:
    with pytest.raises(TakeError, match="s long when the take was recorded; it is"):
        TAKE.at_rate(48000, 470_000)

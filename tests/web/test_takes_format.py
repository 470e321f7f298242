"""The page and the engine read and write the same takes, and reject the same texts."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any
from zlib import compressobj

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyodide_app.engine.model import Layer, Song, Stem
from pyodide_app.engine.take import Take, TakeError, TakeLayer, TakeRow
from pyodide_app.engine.take_fields import MOST_BYTES
from pyodide_app.engine.take_format import format_take, parse_take
from tests.engine.test_take import payload_of, text_of
from tests.support.node import Node
from tests.support.takes import takes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

PARSE = """async (texts) => {
  const { formatTake, parseTake } = await import("../../pyodide_app/web/takes/format.js");
  const read = (text) => parseTake(text).catch(() => null);
  return Promise.all(texts.map(async (text) => {
    const take = await read(text);
    return take && { take, text: await formatTake(take) };
  }));
}"""
UNICODE = Take("ünder\ufefftow", 1, 1, 1, (TakeLayer("\ufeffa", ()),), (TakeRow(),))


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node() as process:
        yield process


def fields(take: Take) -> dict[str, Any]:
    """Return a take as the page has it."""
    rows = [
        {"stem": row.stem, "volume": row.volume, "pan": row.pan, "mute": row.mute, "solo": row.solo}
        for row in take.rows
    ]
    moves = [
        {
            "frame": move.frame,
            "control": int(move.control),
            "row": move.row,
            "value": move.value,
            "end": move.end,
        }
        for move in take.moves
    ]
    layers = [{"slug": layer.slug, "stems": list(layer.stems)} for layer in take.layers]
    return {
        "song": take.song,
        "rate": take.rate,
        "frames": take.frames,
        "length": take.length,
        "layers": layers,
        "rows": rows,
        "master": take.master,
        "loop": list(take.loop) if take.loop else None,
        "position": take.position,
        "moves": moves,
    }


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(takes(), min_size=1, max_size=20))
def test_the_page_reads_and_writes_what_the_engine_does(node: Node, some: list[Take]) -> None:
    found = node.evaluate(PARSE, list(map(format_take, some)))
    assert [each["take"] for each in found] == list(map(fields, some))
    assert [parse_take(each["text"]) for each in found] == some


ORDER = """async (pairs) => {
  const { formatTake, parseTake } = await import("../../pyodide_app/web/takes/format.js");
  const { orderTake } = await import("../../pyodide_app/web/takes/fit.js");
  const order = async ([text, song]) => formatTake(orderTake(await parseTake(text), song));
  return Promise.all(pairs.map(order));
}"""


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(takes(), min_size=1, max_size=20), st.randoms())
def test_the_page_orders_layers_as_the_engine_does(
    node: Node, some: list[Take], random: Random
) -> None:
    songs = []
    for take in some:
        layers = [
            Layer(layer.slug, layer.slug, tuple(Stem(stem, stem) for stem in layer.stems))
            for layer in take.layers
        ]
        random.shuffle(layers)
        songs.append(Song(take.song, "", tuple(layers)))
    data = [
        {
            "slug": song.slug,
            "layers": [
                {"slug": layer.slug, "stems": [{"slug": stem.slug} for stem in layer.stems]}
                for layer in song.layers
            ],
        }
        for song in songs
    ]
    texts = map(format_take, some)
    found = node.evaluate(ORDER, [list(pair) for pair in zip(texts, data, strict=True)])
    ordered = [take.for_song(song) for take, song in zip(some, songs, strict=True)]
    assert list(map(parse_take, found)) == ordered


def damaged(take: Take, at: int, byte: int) -> str:
    payload = bytearray(payload_of(take))
    payload[at % len(payload)] = byte
    return text_of(bytes(payload))


def is_accepted(text: str) -> bool:
    try:
        parse_take(text)
    except TakeError:
        return False
    return True


@settings(deadline=None, max_examples=20)
@given(
    st.lists(
        st.builds(damaged, takes(), st.integers(0, 999), st.integers(0, 255)),
        min_size=1,
        max_size=40,
    )
)
def test_both_reject_the_same_damaged_texts(node: Node, texts: list[str]) -> None:
    found = node.evaluate(PARSE, texts)
    assert [each is not None for each in found] == list(map(is_accepted, texts))


REJECT = """async (texts) => {
  const { parseTake } = await import("../../pyodide_app/web/takes/format.js");
  return Promise.all(texts.map((text) => parseTake(text).catch(({ message }) => message)));
}"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rubbish", "not the text of a take"),
        (text_of(payload_of(UNICODE), version=0), "not the text of a take"),
        (text_of(payload_of(UNICODE), version=32), "not the text of a take"),
        (text_of(payload_of(UNICODE), version=2), "newer version of the mixer"),
        (text_of(b"anything", version=31), "newer version of the mixer"),
        (text_of(payload_of(UNICODE), version=2)[:-4], "damaged"),
        (text_of(b"abc")[:5], "damaged"),
        ("AQ", "damaged"),
    ],
)
def test_both_tell_damage_from_a_newer_version(node: Node, text: str, words: str) -> None:
    with pytest.raises(TakeError, match=words):
        parse_take(text)
    (message,) = node.evaluate(REJECT, [text])
    assert words in message


def test_both_reject_what_is_hostile(node: Node) -> None:
    good = payload_of(UNICODE)
    texts = [
        format_take(UNICODE),
        "",
        "A",
        "AQ",
        "not base64!",
        "A" * 1_000_001,
        text_of(good, version=2),
        format_take(UNICODE)[:-2],
        *(text_of(good[:end]) for end in range(len(good))),
        text_of(good + b"\0"),
        text_of(b"\x02\xff\xff" + good[13:]),
        text_of(bytes(50 * MOST_BYTES)),
        text_of(b"\x01a" + b"\xff" * 8),
        urlsafe_b64encode(b"\x01" + compressobj().compress(b"a")).decode().rstrip("="),
    ]
    found = node.evaluate(PARSE, texts)
    assert [each is not None for each in found] == [True, *(False for _ in texts[1:])]
    assert [*map(is_accepted, texts)] == [True, *(False for _ in texts[1:])]

"""The planner's JSON interface."""

from __future__ import annotations

import json
from typing import Any

from pyodide_app.planner import Planner


def song(slug: str) -> dict[str, Any]:
    layers = [
        {
            "slug": layer,
            "name": layer.title(),
            "stems": [{"slug": stem, "name": stem.title(), "share": n} for stem, n in stems],
        }
        for layer, stems in (("drums", (("amen", 3), ("tape", 1))), ("bass", (("sub", 1),)))
    ]
    return {"slug": slug, "title": slug, "layers": layers, "rules": []}


def stem(number: int, slug: str, layer: str, name: str, **more: object) -> dict[str, Any]:
    token = {"id": str(number), "tier": "stem", "state": "revealed", "address": "ignored"}
    return {**token, "song": slug, "layer": layer, "stem": name, **more}


SONGS = {"songs": [song("one"), song("two")], "albums": [{"slug": "a", "songs": ["one", "two"]}]}
LEDGER = {
    "tokens": [
        stem(1, "one", "drums", "amen"),
        stem(2, "one", "bass", "sub", state="forged"),
        stem(3, "two", "drums", "tape"),
        {"id": "4", "tier": "stem", "state": "unrevealed"},
        {"id": "9", "tier": "song", "state": "revealed", "song": "one"}
        | {"stems": {"drums": "amen", "bass": "sub"}},
    ]
}


def planner(**counts: int) -> tuple[Planner, dict[str, Any]]:
    """Return a planner with holdings (t1=2: two of token 1), and its progress report."""
    created = Planner(json.dumps(SONGS), json.dumps(LEDGER))
    return created, json.loads(
        created.set_holdings(json.dumps({k[1:]: n for k, n in counts.items()}))
    )


def test_a_held_token_counts_although_the_ledger_lists_it_as_burned() -> None:
    _, plan = planner(t1=2, t2=1, t4=1, t77=1)
    one, two = plan["songs"]
    assert (one["held"], one["missing"], one["at_once"], one["batch"]) == (2, [], 1, [["1-1", 1]])
    assert one["stems"] == {"drums/amen": 2, "bass/sub": 1}
    assert (two["held"], two["missing"], two["combinations"]) == (0, ["drums", "bass"], 0)


def test_albums_need_a_token_of_every_song() -> None:
    _, plan = planner(t1=1, t2=1, t9=2)
    assert plan["albums"] == [
        {"slug": "a", "songs": {"one": 2, "two": 0}, "at_once": 0, "with_forging": 0}
    ]


def test_combinations_list_the_tokens_that_exist() -> None:
    plans, _ = planner(t1=1, t2=1)
    (row,) = json.loads(plans.combinations("one", 0, 12))
    assert (row["mix"], row["stems"], row["minted"]) == ("1-1", ["Amen", "Sub"], ["9"])
    assert json.loads(plans.combinations("one", 1, 12)) == []
    loss = json.loads(plans.forging_loss("one", "1-1"))
    assert loss["burned"] == {"drums": "1", "bass": "2"}
    assert (loss["combinations_after"], loss["rarer"]) == (0, None)


def test_an_album_is_completed_the_cheapest_way() -> None:
    plans, _ = planner(t3=1, t9=1)
    prices = {"two/bass/sub": 2, "two": 3.5, "one/drums/amen": 1}
    completions = json.loads(plans.cheapest_completions(json.dumps(prices)))
    assert completions["songs"]["one"] is None
    assert (completions["songs"]["two"]["cost"], completions["songs"]["two"]["buy"]) == (
        2,
        ["two/bass/sub"],
    )
    assert completions["albums"][0]["cost"] == 2
    assert [step["way"] for step in completions["albums"][0]["steps"]] == ["held", "forge"]
    dearer = json.loads(plans.cheapest_completions(json.dumps({**prices, "two/bass/sub": 9})))
    assert [step["way"] for step in dearer["albums"][0]["steps"]] == ["held", "buy"]
    unpriced = json.loads(plans.cheapest_completions("{}"))
    assert unpriced["albums"][0]["cost"] is None

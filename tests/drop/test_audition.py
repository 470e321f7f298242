"""The audition: verdicts, rules written to the song's file, and the page in a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import requests
from playwright.sync_api import expect

from build import build
from stempress.commands.cli import run
from stempress.core.errors import SiteError
from stempress.drop.audition import Audition, read_verdicts
from stempress.drop.audition_rules import with_rule
from tests.conftest import ROOT
from tests.support.auditioning import serve_audition
from tests.support.band import RATE, band, delayed, write_band
from tests.support.left_out import make_bass_optional
from tests.support.small_site import read, write_small_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

SONG = "content/albums/tides/one.md"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_small_site(tmp_path)
    return tmp_path


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Serve the site's dist/ with the audition page; return the address."""
    (site / "dist").mkdir(exist_ok=True)
    with serve_audition(site) as url:
        yield url


def post(address: str, body: object, **headers: str) -> requests.Response:
    origin = {"Origin": address.rstrip("/"), "Content-Type": "application/json"}
    return requests.post(
        f"{address}.stempress/audition",
        data=json.dumps(body),
        headers={**origin, **headers},
        timeout=10,
    )


def verdicts_by_mix(song_data: dict[str, Any]) -> dict[str, str]:
    return {variation["mix"]: variation["verdict"] for variation in song_data["variations"]}


def test_every_variation_is_offered_and_can_get_a_verdict(site: Path) -> None:
    audition = Audition(site)
    assert set(verdicts_by_mix(audition.song_data("one"))) == {"1-1", "1-2", "2-1", "2-2"}
    audition.set_verdict("one", "2-1", "rejected")
    audition.set_verdict("one", "1-2", "approved")
    audition.set_verdict("one", "1-2", "")
    assert read_verdicts(site) == {"one": {"2-1": "rejected"}}
    assert verdicts_by_mix(audition.song_data("one"))["2-1"] == "rejected"
    assert len(verdicts_by_mix(audition.song_data("one"))) == 4


def test_variations_without_a_layer_are_offered(site: Path) -> None:
    make_bass_optional(site, "one")
    audition = Audition(site)
    offered = {"1-0", "1-1", "1-2", "2-0", "2-1", "2-2"}
    assert set(verdicts_by_mix(audition.song_data("one"))) == offered
    audition.set_verdict("one", "2-0", "approved")
    assert read_verdicts(site) == {"one": {"2-0": "approved"}}
    with pytest.raises(SiteError, match="not a mix number of one: expected 2 numbers from 1-0"):
        audition.set_verdict("one", "0-1", "approved")


def write_late_arpeggio(site: Path) -> None:
    """Write a song whose arpeggio, the second of its keys, is late from bar 5 on."""
    stems, name, start = band(), ("keys", "arpeggio"), round(8 * RATE)
    late = np.concatenate((stems[name][:start], delayed(stems[name], 0.04)[start:]))
    write_band(site, {**stems, name: late})


def test_variations_that_clash_are_offered_first_and_say_why(tmp_path: Path) -> None:
    write_late_arpeggio(tmp_path)
    song_data: Any = Audition(tmp_path).song_data("one")
    assert len(song_data["variations"]) == song_data["permitted"] == 8
    first = song_data["variations"][0]
    assert first["mix"].split("-")[2] == "2"
    worst = first["clashes"][0]
    assert "ms" in worst["text"]
    assert {"keys": "arpeggio"} in worst["sides"]
    assert worst["bar"] >= 5
    assert worst["seconds"] == (worst["bar"] - 1) * 2
    for variation in song_data["variations"]:
        assert bool(variation["clashes"]) == (variation["mix"].split("-")[2] == "2")


def test_a_variation_with_a_verdict_is_not_offered_again(tmp_path: Path) -> None:
    write_late_arpeggio(tmp_path)
    audition = Audition(tmp_path)
    first = next(iter(verdicts_by_mix(audition.song_data("one"))))
    audition.set_verdict("one", first, "rejected")
    variations: Any = audition.song_data("one")["variations"]
    mixes = [variation["mix"] for variation in variations]
    assert mixes[0] == first
    assert len(mixes) == len(set(mixes)) == 8


def test_a_rule_is_added_to_the_songs_file(site: Path) -> None:
    before = (site / SONG).read_text("utf-8")
    audition = Audition(site)
    audition.add_rule("one", {"drums": "tape"}, {"bass": "synth"})
    after = (site / SONG).read_text("utf-8")
    lines = '\n[[rules]]\nif = { drums = "tape" }\nexclude = { bass = "synth" }\n'
    assert after.replace(lines, "") == before
    (rule,) = read(site).collection.song("one").rules
    assert (rule.when, rule.exclude) == ({"drums": ("tape",)}, {"bass": ("synth",)})
    song_data = audition.song_data("one")
    assert song_data["permitted"] == 3
    assert song_data["rules"] == ["with Drums tape: never Bass synth"]


def test_a_rule_that_leaves_no_variation_is_not_added(site: Path) -> None:
    audition = Audition(site)
    before = (site / SONG).read_bytes()
    for exclude in ({"bass": "sinth"}, {"base": "synth"}, {}):
        with pytest.raises(SiteError):
            audition.add_rule("one", {"drums": "live"}, exclude)
    assert (site / SONG).read_bytes() == before
    audition.add_rule("one", {"drums": "live"}, {"bass": "live"})
    audition.add_rule("one", {"drums": "live"}, {"bass": "synth"})
    audition.add_rule("one", {"drums": "tape"}, {"bass": "live"})
    with pytest.raises(SiteError, match="permit no variation"):
        audition.add_rule("one", {"drums": "tape"}, {"bass": "synth"})


def test_a_rule_that_changes_nothing_is_not_added(site: Path) -> None:
    audition = Audition(site)
    audition.add_rule("one", {"drums": "live"}, {"bass": "live"})
    before = (site / SONG).read_bytes()
    for sides in (
        ({"drums": "live"}, {"bass": "live"}),
        ({"bass": "live"}, {"drums": "live"}),
    ):
        with pytest.raises(SiteError, match="changes nothing: it is excluded already"):
            audition.add_rule("one", *sides)
    assert (site / SONG).read_bytes() == before


def test_stems_that_a_rule_would_leave_without_a_variation_are_named(address: str) -> None:
    def warnings(bass: str) -> list[str]:
        sides = {"if": json.dumps({"drums": "live"}), "exclude": json.dumps({"bass": bass})}
        url = f"{address}.stempress/audition"
        answer = requests.get(url, {"song": "one", **sides}, timeout=10)
        assert answer.status_code == 200
        return list(answer.json()["warnings"])

    assert warnings("live") == warnings("synth") == []
    assert "did you mean 'synth'" in warnings("sinth")[0]
    added = {"song": "one", "if": {"drums": "live"}, "exclude": {"bass": "live"}}
    assert post(address, added).status_code == 200
    assert "is excluded already" in warnings("live")[0]
    assert warnings("synth") == ["With this rule no variation would contain Drums: Live."]


def test_line_endings_and_the_story_are_preserved() -> None:
    text = '+++\r\ntitle = "x"\r\n+++\r\nStory\r\n+++\r\nmore'
    assert with_rule(text, {"lead-guitar": "a"}, {"b\u00e5s": "c"}) == (
        '+++\r\ntitle = "x"\r\n\r\n[[rules]]\r\nif = { lead-guitar = "a" }\r\n'
        'exclude = { "b\u00e5s" = "c" }\r\n+++\r\nStory\r\n+++\r\nmore'
    )
    with pytest.raises(SiteError, match="no front matter"):
        with_rule("words", {"a": "b"}, {"c": "d"})


def test_an_invalid_audition_file_is_reported(site: Path) -> None:
    for text in ("{", "[]", '{"one": 3}'):
        (site / "audition.json").write_text(text, "utf-8")
        with pytest.raises(SiteError, match="is not a valid audition file"):
            read_verdicts(site)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example:80", "Origin": "http://evil.example:80"},
        {"Content-Type": "text/plain"},
    ],
)
def test_other_pages_cannot_send_verdicts(
    site: Path, address: str, headers: dict[str, str]
) -> None:
    verdict = {"song": "one", "mix": "1-1", "verdict": "rejected"}
    assert post(address, verdict, **headers).status_code == 403
    assert not read_verdicts(site)
    assert post(address, verdict).status_code == 200
    assert read_verdicts(site) == {"one": {"1-1": "rejected"}}


@pytest.mark.parametrize(
    "body",
    [
        7,
        {},
        {"song": "one", "mix": "9-9", "verdict": "rejected"},
        {"song": "one", "mix": "1-1", "verdict": "liked"},
        {"song": "../x", "mix": "1-1", "verdict": "rejected"},
        {"song": "one", "if": 3, "exclude": {}},
    ],
)
def test_invalid_requests_are_answered_with_faults(site: Path, address: str, body: object) -> None:
    answer = post(address, body)
    assert answer.status_code == 400
    assert answer.json()["faults"]
    assert not (site / "audition.json").exists()


@pytest.mark.browser
def test_the_artist_listens_gives_a_verdict_and_adds_a_rule(site: Path, chromium: Browser) -> None:
    make_bass_optional(site, "one")
    assert run(["--site", str(site)], build, ROOT) == 0
    assert not list((site / "dist").rglob("audition*"))
    with serve_audition(site) as address:
        page = chromium.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.extend([line.text] * (line.type == "error")))
        page.goto(f"{address}audition/")
        page.get_by_text("6 variations are permitted").wait_for()
        page.get_by_role("button", name="1-0", exact=True).click()
        assert page.locator("stem-mixer").evaluate("mixer => mixer.choice") == [0, -1]
        page.get_by_role("button", name="2-2", exact=True).click()
        assert page.locator("stem-mixer").evaluate("mixer => mixer.choice") == [1, 1]
        page.get_by_role("button", name="Play", exact=True).click()
        expect(page.get_by_role("button", name="Pause")).to_be_enabled(timeout=30_000)
        page.get_by_role("button", name="Reject").click()
        page.get_by_text("2-2 is rejected.").wait_for()
        assert read_verdicts(site) == {"one": {"2-2": "rejected"}}
        page.get_by_role("button", name="1-2", exact=True).click()
        page.get_by_role("button", name="Make it a rule").click()
        page.get_by_text("5 variations are permitted").wait_for()
        page.get_by_text("with Drums live: never Bass synth").wait_for()
        page.close()
    assert errors == []
    assert 'exclude = { bass = "synth" }' in (site / SONG).read_text("utf-8")


@pytest.mark.browser
def test_the_audition_begins_at_the_worst_bar_and_offers_the_rule(
    tmp_path: Path, chromium: Browser
) -> None:
    write_late_arpeggio(tmp_path)
    assert run(["--site", str(tmp_path)], build, ROOT) == 0
    song_data: Any = Audition(tmp_path).song_data("one")
    worst = song_data["variations"][0]["clashes"][0]
    with serve_audition(tmp_path) as address:
        page = chromium.new_page()
        page.goto(f"{address}audition/")
        reasons = page.locator("[data-clashes] > li")
        expect(reasons.first).to_contain_text(worst["text"])
        mixer = page.locator("stem-mixer")
        assert mixer.evaluate("mixer => mixer.position") == worst["seconds"]
        reasons.first.get_by_role("button", name=f"Play from bar {worst['bar']}").click()
        expect(page.get_by_role("button", name="Pause")).to_be_enabled(timeout=30_000)
        mixer.evaluate(
            """(mixer, start) => new Promise((resolve) => {
                const check = () => {
                    if (mixer.position > start) resolve();
                    else requestAnimationFrame(check);
                };
                check();
            })""",
            worst["seconds"],
        )
        page.get_by_label("With", exact=True).select_option("keys: arpeggio")
        page.get_by_label("never", exact=True).select_option("lead: tune")
        effect = page.locator("[data-effect]")
        expect(effect).to_have_text("With this rule no variation would contain keys: arpeggio.")
        reasons.first.get_by_role("button", name="Fill in the rule").click()
        expect(effect).to_be_empty()
        page.get_by_role("button", name="Make it a rule").click()
        page.get_by_text("The rule has been added").wait_for()
        expect(reasons.first).to_contain_text("arpeggio")
        assert page.get_by_role("heading", name="What may not fit").is_visible()
        assert page.locator("[data-current]").inner_text() != song_data["variations"][0]["mix"]
        page.close()
    (rule,) = read(tmp_path).collection.song("one").rules
    sides = [rule.when, rule.exclude]
    assert sides == [{layer: (stem,)} for side in worst["sides"] for layer, stem in side.items()]

"""``stempress import``: drops made with other tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from build import build
from stempress.commands.cli import run
from stempress.core.errors import Findings
from stempress.drop.external_metadata import read_folder
from tests.conftest import ROOT
from tests.support.left_out import make_bass_optional
from tests.support.small_site import write, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Press


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_small_site(tmp_path / "site")
    (tmp_path / "site/content/tokens.json").unlink()
    return tmp_path / "site"


def import_folder(site: Path, folder: Path, *options: str) -> int:
    return run(["import", str(folder), "--site", str(site), *options], build, ROOT)


def hashlips(edition: int, **traits: str | None) -> dict[str, object]:
    """Return metadata as HashLips writes it."""
    attributes = [{"trait_type": name, "value": value} for name, value in traits.items()]
    return {
        "name": f"Drop #{edition}",
        "image": f"ipfs://x/{edition}.png",
        "dna": "d0",
        "edition": edition,
        "attributes": attributes,
        "compiler": "HashLips Art Engine",
    }


def write_json(path: Path, content: object) -> None:
    write(path, json.dumps(content))


def tokens(site: Path) -> dict[str, dict[str, Any]]:
    ledger = json.loads((site / "content/tokens.json").read_text("utf-8"))
    return {token["id"]: token for token in ledger["tokens"]}


def test_a_hashlips_drop_becomes_a_ledger_that_builds(
    site: Path, tmp_path: Path, press_small: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    drop = tmp_path / "json"
    tokens_metadata = [
        hashlips(1, Song="One", Drums="Live", Bass="Synth", Background="Blue"),
        hashlips(2, Song="Two", Drums="Tape", Bass="Live", Background="Red"),
    ]
    for metadata in tokens_metadata:
        write_json(drop / f"{metadata['edition']}.json", metadata)
    write_json(drop / "_metadata.json", tokens_metadata)
    write_json(drop / "3", {"name": "?", "image": "ipfs://hidden.png"})
    assert import_folder(site, drop) == 0
    table = site / "traits.csv"
    lines = table.read_text("utf-8").splitlines()
    assert lines[0] == "trait,value,song,layer,stem"
    assert "Song,One,one,," in lines
    assert "Drums,Live,,drums,live" in lines
    assert "Background,Blue,,," in lines
    assert import_folder(site, drop) == 1
    assert "already exists" in capsys.readouterr().err
    assert import_folder(site, drop, "--traits", str(table)) == 0
    ledger = tokens(site)
    assert ledger["1"]["stems"] == {"drums": "live", "bass": "synth"}
    assert (ledger["2"]["tier"], ledger["2"]["song"]) == ("song", "two")
    assert ledger["3"] == {"id": "3", "tier": "stem", "state": "unrevealed"}
    assert press_small(site) == 0
    assert (site / "dist/songs/two/2-1/index.html").is_file()
    assert import_folder(site, drop, "--traits", str(table)) == 1
    assert import_folder(site, drop, "--traits", str(table), "--append") == 1
    assert "is already in the ledger" in capsys.readouterr().err


def test_our_own_metadata_round_trips(site: Path, press_small: Press) -> None:
    assert run(["mint", "--site", str(site), "--seed", "a"], build, ROOT) == 0
    before = tokens(site)
    assert press_small(site) == 0
    (site / "content/tokens.json").unlink()
    assert import_folder(site, site / "dist/metadata") == 0
    assert import_folder(site, site / "dist/metadata", "--traits", str(site / "traits.csv")) == 0
    assert tokens(site) == before


@pytest.mark.parametrize(
    ("name", "content", "token_id", "traits"),
    [
        (f"{255:064x}.json", {"attributes": []}, "255", ()),
        (
            "7.json",
            {"properties": {"Drums": "Live", "Bass": {"name": "B", "value": "Sub"}}},
            "7",
            (("Drums", "Live"), ("Bass", "Sub")),
        ),
        ("x.json", {"tokenId": 12, "attributes": {"BPM": 92}}, "12", (("BPM", "92"),)),
        (
            "8",
            {"attributes": [{"value": "R"}, "?", {"trait_type": "A"}]},
            "8",
            (("", "R"),),
        ),
    ],
)
def test_metadata_of_every_kind_is_parsed(
    tmp_path: Path, name: str, content: object, token_id: str, traits: object
) -> None:
    write_json(tmp_path / name, content)
    findings = Findings()
    (token,) = read_folder(tmp_path, findings)
    assert (token.id, token.traits, findings.faults) == (token_id, traits, [])


HEAD = "trait,value,song,layer,stem\n"
TWO = {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("traits", "table", "message"),
    [
        (
            {"Drums": "Live"},
            HEAD,
            "tokens with it: 1 (got 'Drums: Live'",
        ),
        ({"Drums": "Live"}, HEAD + "Drums,*,one,drums,life\n", "did you mean 'live'?"),
        ({"Drums": "Live"}, HEAD + "Drums,Live,on,drums,live\n", "did you mean 'one'?"),
        ({"Drums": "Live"}, HEAD + "Drums,Live,one,drum,live\n", "did you mean 'drums'?"),
        ({"Drums": "Live"}, HEAD + "Drums,Live,,drums,live\n", "has traits of several songs"),
        ({"Drums": "Live"}, "trait,value\n", "must start with the column names"),
        (
            {"A": "1", "B": "2"},
            HEAD + "A,1,one,drums,live\nB,2,one,drums,tape\n",
            "two stems of one",
        ),
        ({"A": "1"}, HEAD + "A,1,one,,\nA,1,two,,\n", "gives a trait two meanings"),
        (
            {"A": "1", "B": "2"},
            HEAD + "A,1,one,drums,live\nB,2,two,,\n",
            "has traits of several songs",
        ),
    ],
)
def test_invalid_tables_are_rejected(
    site: Path,
    tmp_path: Path,
    *,
    traits: dict[str, str],
    table: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_json(tmp_path / "json/1.json", hashlips(1, **traits))
    write(tmp_path / "traits.csv", table)
    assert import_folder(site, tmp_path / "json", "--traits", str(tmp_path / "traits.csv")) == 1
    assert message in capsys.readouterr().err
    assert not (site / "content/tokens.json").exists()


def test_more_tokens_than_the_supply_are_rejected(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(5):
        write_json(tmp_path / f"json/{number}.json", hashlips(number, Drums="Live"))
    write(tmp_path / "traits.csv", HEAD + "Drums,*,one,drums,live\n")
    assert import_folder(site, tmp_path / "json", "--traits", str(tmp_path / "traits.csv")) == 1
    assert "exceed the supply of one/drums/live" in capsys.readouterr().err


def test_folders_and_files_that_are_not_a_drop_are_rejected(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop = tmp_path / "json"
    assert import_folder(site, drop) == 1
    drop.mkdir()
    assert import_folder(site, drop) == 1
    write(drop / "1.json", "{")
    write(drop / "2.json", "7")
    write_json(drop / "3.json", hashlips(3, A="1"))
    write_json(drop / f"{3:064x}.json", hashlips(3, A="2"))
    write_json(drop / "readme.json", {"name": "words"})
    assert import_folder(site, drop) == 1
    output = capsys.readouterr().err
    for message in (
        "is not a folder",
        "contains no token metadata",
        "1.json: line 1: is not valid JSON",
        "2.json: must be an object",
        "3.json: contradicts",
    ):
        assert message in output


def test_files_of_a_mac_and_zeros_before_an_id_do_not_matter(tmp_path: Path) -> None:
    write_json(tmp_path / "0001.json", {"name": "a", "attributes": []})
    write_json(tmp_path / "2.json", {"name": "b", "attributes": []})
    write(tmp_path / "._2.json", b"\0\5\x16\7")
    findings = Findings()
    assert [token.id for token in read_folder(tmp_path, findings)] == ["1", "2"]
    assert not findings.warnings


def test_an_id_in_the_content_that_contradicts_the_name_is_named(tmp_path: Path) -> None:
    for number in range(4):
        write_json(tmp_path / f"{number}.json", {"name": "a", "edition": number + 1})
    findings = Findings()
    assert [token.id for token in read_folder(tmp_path, findings)] == ["0", "1", "2", "3"]
    (warning,) = findings.warnings
    assert warning.message.endswith("than in their name: 4")
    assert warning.value == ["0.json: edition 1", "1.json: edition 2", "2.json: edition 3"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_table_may_come_from_any_spreadsheet(
    site: Path, tmp_path: Path, delimiter: str, line_end: str
) -> None:
    write_json(tmp_path / "json/1.json", hashlips(1, Drums="Live"))
    rows = ["trait,value,song,layer,stem", "Drums,Live,one,drums,live"]
    table = line_end.join([*rows, ""]).replace(",", delimiter)
    (tmp_path / "traits.csv").write_bytes(table.encode())
    assert import_folder(site, tmp_path / "json", "--traits", str(tmp_path / "traits.csv")) == 0
    assert tokens(site)["1"]["stem"] == "live"


@pytest.mark.parametrize("nothing", ["None", None])
def test_a_layer_without_a_stem_makes_no_stem_token(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], nothing: str | None
) -> None:
    write_json(tmp_path / "json/1.json", hashlips(1, Song="One", Drums="Live", Bass="Synth"))
    write_json(tmp_path / "json/2.json", hashlips(2, Song="One", Drums="Live", Bass=nothing))
    assert import_folder(site, tmp_path / "json") == 0
    assert import_folder(site, tmp_path / "json", "--traits", str(site / "traits.csv")) == 1
    printed = capsys.readouterr().err
    assert (
        f"2.json: has traits of layers without a stem (got ['Bass: {nothing or 'null'}'])"
        in printed
    )


@pytest.mark.parametrize(
    "table",
    [
        "sep=;\ntrait;value;song;layer;stem\nDrums;Live;one;drums;live\n",
        "Trait, Value, Song, Layer, Stem\nDrums,Live,one,drums,live\n",
        "trait,value,song,layer,stem,,\n,,,,,,\nDrums,Live,one,drums,live,,\n,,\n",
        "trait,value,song,layer,stem\nDRUMS,live ,one,drums,live\n",
    ],
)
def test_what_spreadsheets_add_to_a_table_does_not_matter(
    site: Path, tmp_path: Path, table: str
) -> None:
    write_json(tmp_path / "json/1.json", hashlips(1, Drums="Live"))
    (tmp_path / "traits.csv").write_text(table, "utf-8")
    assert import_folder(site, tmp_path / "json", "--traits", str(tmp_path / "traits.csv")) == 0
    assert tokens(site)["1"]["stem"] == "live"


@pytest.mark.parametrize(("value", "cell"), [(True, "TRUE"), (1.0, "1"), (1, "1"), ("1.0", "1.0")])
def test_values_that_spreadsheets_write_otherwise_are_found(
    site: Path, tmp_path: Path, value: object, cell: str
) -> None:
    write_json(tmp_path / "json/1.json", {"attributes": [{"trait_type": "Take", "value": value}]})
    table = f"trait,value,song,layer,stem\nTake,{cell},one,drums,live\n"
    (tmp_path / "traits.csv").write_text(table, "utf-8")
    assert import_folder(site, tmp_path / "json", "--traits", str(tmp_path / "traits.csv")) == 0
    assert tokens(site)["1"]["stem"] == "live"


@pytest.mark.parametrize(
    "content",
    [
        {"traits": [{"trait_type": "Drums", "value": "Live"}]},
        {"attributes": [{"traitType": "Drums", "value": "Live"}]},
        {"attributes": [{"name": "Drums", "value": "Live"}]},
    ],
)
def test_traits_by_other_keys_are_read(tmp_path: Path, content: object) -> None:
    write_json(tmp_path / "1.json", content)
    (token,) = read_folder(tmp_path, Findings())
    assert token.traits == (("Drums", "Live"),)


def test_traits_that_cannot_be_read_make_no_unrevealed_token_in_silence(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_json(tmp_path / "json/1.json", {"attributes": '[{"trait_type": "Drums"}]'})
    assert import_folder(site, tmp_path / "json") == 1
    assert "1.json: attributes: must be a list of traits" in capsys.readouterr().err
    write_json(tmp_path / "json/1.json", {"attributes": ["Live", {"trait_type": "Drums"}]})
    (tmp_path / "traits.csv").write_text("trait,value,song,layer,stem\nMood,*\n", "utf-8")
    assert import_folder(site, tmp_path / "json", "--traits", str(tmp_path / "traits.csv")) == 0
    printed = capsys.readouterr().err
    assert "warning: import: have entries that are no traits, and are ignored: 2" in printed
    (site / "content/tokens.json").unlink()
    write_json(tmp_path / "json/1.json", hashlips(1, Mood="Calm"))
    assert import_folder(site, tmp_path / "json", "--traits", str(tmp_path / "traits.csv")) == 0
    printed = capsys.readouterr().err
    assert "have traits, none of which stands for a stem: 1 are unrevealed (got ['1'])" in printed


@pytest.mark.parametrize("nothing", ["None", "none", None])
def test_a_layer_that_may_be_left_out_may_have_no_stem(
    site: Path, tmp_path: Path, press_small: Press, nothing: str | None
) -> None:
    make_bass_optional(site, "one")
    write_json(tmp_path / "json/1.json", hashlips(1, Song="One", Drums="Live", Bass="Synth"))
    write_json(tmp_path / "json/2.json", hashlips(2, Song="One", Drums="Tape", Bass=nothing))
    write_json(tmp_path / "json/3.json", hashlips(3, Song="One", Drums="Tape"))
    assert import_folder(site, tmp_path / "json") == 0
    assert f"Bass,{nothing or ''},one,bass,none" in (site / "traits.csv").read_text("utf-8")
    assert import_folder(site, tmp_path / "json", "--traits", str(site / "traits.csv")) == 0
    imported = tokens(site)
    assert imported["1"]["stems"] == {"drums": "live", "bass": "synth"}
    assert (imported["2"]["tier"], imported["2"]["stems"]) == ("song", {"drums": "tape"})
    assert imported["3"]["tier"] == "stem"  # nothing says that it is a song without bass
    assert press_small(site) == 0

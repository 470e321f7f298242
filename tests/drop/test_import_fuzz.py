"""Metadata and tables of other tools with anything in them: imported, or refused with faults."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from build import build
from stempress.collection.commitments import read_seals
from stempress.commands.cli import run
from stempress.core.crash_log import CRASHED
from stempress.core.errors import Findings
from stempress.drop.external_metadata import ID_KEYS, read_folder
from tests.conftest import ROOT
from tests.support.fuzzing import JSON, fuzzed
from tests.support.small_site import read, write, write_small_site

if TYPE_CHECKING:
    from pyodide_app.engine.model import Token

NAMES = st.sampled_from(
    ["1.json", "01.json", "2", "0x2.json", f"{3:064x}", "_metadata.json", "._1.json", "a.JSON"]
)
TRAITS = st.lists(
    st.fixed_dictionaries({"trait_type": st.just("Drums") | JSON, "value": st.just("Live") | JSON})
    | JSON,
    max_size=3,
)
TOKENS = st.dictionaries(
    st.sampled_from([*ID_KEYS, "attributes", "properties", "name"]),
    st.integers(-1, 3) | TRAITS | JSON,
    max_size=4,
)
FILES = st.dictionaries(NAMES, st.one_of(TOKENS, st.lists(TOKENS, max_size=3), JSON), max_size=4)
CELLS = st.sampled_from(["Drums", "drums", "Live", "*", "one", "two", "", "song", "None", '"', "é"])
ROWS = st.lists(st.lists(CELLS | st.text(max_size=6), max_size=6), max_size=5)
SHEETS = st.tuples(
    ROWS, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r", "\r\n"])
)


@cache
def site() -> Path:
    """Return a site without tokens, the same for all examples."""
    folder = Path(tempfile.mkdtemp()) / "site"
    write_small_site(folder)
    (folder / "content/tokens.json").unlink()
    return folder


def write_tokens(folder: Path, files: dict[str, object]) -> None:
    folder.mkdir()
    for name, content in files.items():
        write(folder / name, json.dumps(content))


@fuzzed(FILES)
def test_any_metadata_is_read_or_refused(files: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "tokens"
        write_tokens(folder, files)
        findings = Findings()
        tokens = read_folder(folder, findings)
        assert tokens or findings.faults
        for message in (*findings.faults, *findings.warnings):
            assert str(message).replace("\n", "").isprintable()


@fuzzed(FILES, SHEETS, examples=60)
def test_any_table_is_read_or_refused(
    files: dict[str, object], sheet: tuple[list[list[str]], str, str]
) -> None:
    rows, separator, line_end = sheet
    lines = [["trait", "value", "song", "layer", "stem"], *rows]
    with tempfile.TemporaryDirectory() as scratch:
        write_tokens(Path(scratch) / "tokens", files)
        table = Path(scratch) / "traits.csv"
        text = line_end.join(separator.join(cells) for cells in lines)
        table.write_bytes(text.encode(errors="replace"))
        given = ["import", str(Path(scratch) / "tokens"), "--traits", str(table)]
        assert run([*given, "--site", str(site())], build, ROOT) != CRASHED
    (site() / "content/tokens.json").unlink(missing_ok=True)


@fuzzed(
    st.fixed_dictionaries(
        {
            "seals": st.lists(
                st.dictionaries(
                    st.sampled_from(["tokens", "hashes", "final", "starting_index", "opened"]),
                    JSON
                    | st.lists(st.sampled_from(["1", "7", "8", "0" * 64, "a" * 64]), max_size=3),
                ),
                max_size=2,
            )
            | JSON
        }
    )
    | JSON
)
def test_any_provenance_is_read_or_refused(content: object) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "provenance.json"
        path.write_text(json.dumps(content), "utf-8")
        findings = Findings()
        read_seals(path, read_tokens(), findings)
        for fault in findings.faults:
            assert str(fault).replace("\n", "").isprintable()


@cache
def read_tokens() -> tuple[Token, ...]:
    """Return the tokens of the small site."""
    folder = Path(tempfile.mkdtemp())
    write_small_site(folder)
    return read(folder).collection.tokens

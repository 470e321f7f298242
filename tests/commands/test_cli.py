"""The command line."""

from __future__ import annotations

import io
import json
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soundfile

from stempress import __version__
from stempress.commands.build_command import BUILD, BuildOnceOptions
from stempress.commands.cli import COMMANDS, INTERRUPTED, parse, run
from stempress.commands.completion_command import SHELLS
from stempress.commands.help_texts import EXIT_CODES, HELP_TEXTS, HelpText
from stempress.commands.serve_command import SERVE, ServeOptions
from stempress.core.crash_log import CRASHED
from stempress.core.errors import Fault, SiteError
from stempress.output.result import BuildResult, WriteResult
from tests.conftest import ROOT
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from stempress.core.options import BuildOptions
    from stempress.core.progress import Progress

HOME = Path("/home/of/the/bundled/site")


def done(_: BuildOptions, progress: Progress, __: object) -> BuildResult:
    """Build nothing, with a warning."""
    progress.log("building")
    written = WriteResult(3, 900_000_000, ("a", "b"), 1, pages=2)
    return BuildResult(written, [Fault("site.toml", "is odd [bold]:warning:")])


def refuse(*_: object) -> BuildResult:
    """Find two faults."""
    raise SiteError([Fault("site.toml", "is wrong", "title"), Fault("content/", "is missing")])


def fail(*_: object) -> BuildResult:
    """Meet a full disk."""
    raise OSError(28, "No space left on device", "dist/index.html")


def test_the_bundled_site_is_the_default_outside_of_sites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = BuildOnceOptions(site=HOME.resolve(), out=HOME.resolve() / "dist")
    assert parse([], HOME) == parse(["build"], HOME) == (BUILD, expected)
    assert parse([], None)[1].site == tmp_path


def test_the_folder_that_has_a_site_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.toml").write_text("")
    assert parse(["mint"], HOME)[1].site == parse(["mint"], None)[1].site == tmp_path


def test_options_stand_before_or_after_the_command(tmp_path: Path) -> None:
    given = ["--site", str(tmp_path), "--without-runtime", "--runtime-from", str(tmp_path / "r")]
    expected = ServeOptions(
        site=tmp_path,
        out=tmp_path / "dist",
        runtime_from=tmp_path / "r",
        without_runtime=True,
        port=8000,
    )
    assert parse([*given, "serve"], HOME) == parse(["serve", *given], HOME) == (SERVE, expected)
    assert parse(["serve", "--port", "9"], HOME)[1].port == 9
    assert parse(["--out", str(tmp_path / "o")], HOME)[1].out == tmp_path / "o"


@pytest.mark.parametrize("given", [["press"], ["--bits", "8"], ["mix"], ["serve", "--port", "x"]])
def test_what_is_no_command_is_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(given, HOME)
    assert caught.value.code == 2


@pytest.mark.parametrize("columns", ["80", "300"])
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_help_fits_a_screen_and_has_examples(
    name: str, columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    with pytest.raises(SystemExit) as caught:
        parse([*name.split(), "--help"], HOME)
    assert caught.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 44
    assert max(map(len, lines)) < 80
    assert "examples:" in lines
    assert not name or {line[:7] for line in lines} >= {"reads: ", "writes:"}


@pytest.mark.parametrize(("name", "text"), HELP_TEXTS.items())
def test_every_example_is_a_call_that_is_understood(name: str, text: HelpText) -> None:
    assert name in COMMANDS
    for call in text.examples:
        words = shlex.split(call.partition(" > ")[0])
        assert words[0] == name
        parse(words, HOME)


def test_the_exit_codes_are_told_where_they_are_looked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"], HOME)
    printed = capsys.readouterr().out
    table = (ROOT / "docs/collection.md").read_text("utf-8")
    for code, meaning in EXIT_CODES.items():
        assert f"  {code:<4}{meaning}" in printed
        assert f"\n| {code} | {meaning} |" in table
    assert {0, 1, 2, CRASHED, INTERRUPTED} == EXIT_CODES.keys()


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--version"], HOME)
    assert capsys.readouterr().out == f"stempress {__version__}\n"


def test_a_build_is_told_to_programs_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "--json"], done, HOME) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["pages"], said["files"], said["changed"]) == (2, 3, ["a", "b"])
    assert said["warnings"] == ["site.toml: is odd [bold]:warning:"]
    assert run(["build", "--json"], refuse, HOME) == 1
    assert json.loads(capsys.readouterr().out)["errors"] == [
        {"where": "site.toml", "key": "title", "message": "is wrong"},
        {"where": "content/", "message": "is missing"},
    ]


@pytest.mark.parametrize("command", [["publish"], ["publish", "--check"], ["holders"]])
def test_faults_of_every_command_are_told_to_programs_as_json(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--json", "--site", str(tmp_path)], done, HOME) == 1
    said = capsys.readouterr()
    (fault,) = json.loads(said.out)["errors"]
    assert f"error: {fault['where']}: {fault['message']}" in said.err
    assert run([*command, "--site", str(tmp_path)], done, HOME) == 1
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "valid"),
    [
        (["new", "tape", "--layout", "foo"], ["song/layer/stem", "layer/stem", "names"]),
        (["mix", "one", "1-1", "--bits", "foo"], ["16", "24"]),
        (["mint", "--tier", "foo"], ["stem", "song"]),
        (["video", "one", "1-1", "--shape", "foo"], ["square", "upright", "wide"]),
    ],
)
def test_an_options_valid_choices_are_told(
    given: list[str], valid: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(given, HOME)
    said = capsys.readouterr().err.rpartition("error:")[2]
    assert all(word in said for word in valid), said


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_complete_commands_and_options(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["completion", shell], done, HOME) == 0
    script = capsys.readouterr().out
    assert "stempress" in script
    assert all(word in script for word in ("serve", "port", "mint", "editions"))


def test_a_build_loads_no_other_command() -> None:
    script = (
        "import sys; from pathlib import Path; from stempress.commands.cli import parse;"
        "parse(['build'], Path('.'));"
        "print(*(name for name in sys.modules if name.endswith(('_command', '_commands'))))"
    )
    loaded = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert loaded.stdout.split() == ["stempress.commands.build_command"]


def test_a_build_tells_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--site", str(tmp_path)], done, HOME) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["building", "warning: site.toml: is odd [bold]:warning:"]
    assert "2 pages, 3 files, 900.0 MB" in lines[2]
    assert lines[3].startswith("warning: 900.0 MB is close to or over GitHub Pages' limit of 1 GB")


def test_a_build_that_finds_faults_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([], refuse, HOME) == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: site.toml: title: is wrong",
        "error: content/: is missing",
        "2 errors",
        "nothing was written",
    ]


def test_a_disk_that_fails_is_told_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([], fail, HOME) == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: dist/index.html: no space left on device",
        "    -> free up disk space, then try again",
        "1 error",
    ]


def test_a_place_for_results_that_cannot_be_is_told_before_there_is_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for given, message in (
        (
            ["mix", "one", "1-1", "-o", str(tmp_path / "no/mix.wav")],
            "-o: is in a folder that does not exist",
        ),
        (["mix", "one", "1-1", "-o", str(tmp_path)], "-o: is a folder"),
        (["mix", "one", "1-1", "-o", "x.mp3"], "-o: must end in .wav (got 'x.mp3')"),
        (
            ["mint", "--csv", str(tmp_path / "no/plan.csv")],
            "--csv: is in a folder that does not exist",
        ),
        (["--runtime-from", str(file)], "--runtime-from: is not a folder"),
    ):
        assert run(["--site", str(tmp_path), *given], done, HOME) == 1
        assert message in capsys.readouterr().err
    monkeypatch.setenv("STEMPRESS_CACHE", str(file))
    assert run([], done, HOME) == 1
    assert "STEMPRESS_CACHE: is a file, not a folder" in capsys.readouterr().err


def test_the_folder_that_holds_no_site_is_named_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["mint", "--site", str(tmp_path / "nowhere")], done, HOME) == 1
    assert (
        f"{tmp_path / 'nowhere'} is not a site: pass its folder with --site"
        in capsys.readouterr().err
    )


def test_ctrl_c_ends_a_build_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> BuildResult:
        raise KeyboardInterrupt

    assert run([], interrupt, HOME) == 130
    assert capsys.readouterr().err == "stopped\n"


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["serve", "--port", port], HOME)
    assert "--port" in capsys.readouterr().err


def test_a_port_in_use_is_told_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.toml").write_text("")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(["--site", str(tmp_path), "serve", "--port", port], done, HOME) == 1
    said = capsys.readouterr().err
    assert f"serve: port: is in use by another program (got {port})" in said
    assert "building" not in said


@pytest.mark.parametrize("host", ["a" * 70, "..", "192.0.2.1"])
def test_a_host_that_is_none_is_named(
    host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.toml").write_text("")
    given = ["--site", str(tmp_path), "serve", "--port", "0", "--host", host]
    assert run(given, done, HOME) == 1
    said = capsys.readouterr().err
    assert f"--host: is not an address of this computer (got {host!r})" in said


def test_a_preview_without_anything_to_show_ends(tmp_path: Path) -> None:
    assert run(["--site", str(tmp_path), "serve"], refuse, HOME) == 1


def test_a_variation_becomes_a_wav_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    write_small_site(tmp_path / "site")
    wav = tmp_path / "mix.wav"
    mix = ["mix", "--site", str(tmp_path / "site"), "-o", str(wav), "--bits", "16"]
    assert run([*mix, "one", "2-1"], done, HOME) == 0
    assert str(wav) in capsys.readouterr().err
    sound = soundfile.info(io.BytesIO(wav.read_bytes()))
    assert (sound.frames, sound.samplerate, sound.subtype) == (8000, 8000, "PCM_16")
    capsys.readouterr()
    for song, number, message in (
        ("on", "2-1", "did you mean 'one'?"),
        ("one", "3-1", "from 1-1 to 2-2"),
    ):
        assert run([*mix, song, number], done, HOME) == 1
        assert message in capsys.readouterr().err


def test_stems_are_written_to_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write_small_site(tmp_path / "site")
    mix = ["mix", "--site", str(tmp_path / "site"), "one", "2-1"]
    assert run([*mix, "--stems", "stems"], done, HOME) == 0
    project = "Ada Lund - One (2-1).dawproject"
    assert f"stems: 2 stems of 24 bits and {project}, " in capsys.readouterr().err
    names = sorted(path.name for path in (tmp_path / "stems").iterdir())
    assert names == ["01 Drums - Tape.wav", "02 Bass - Live.wav", project]
    assert not (tmp_path / "mix.wav").exists()
    assert run([*mix, "--stems", "stems", "-o", "both.wav"], done, HOME) == 0
    assert (tmp_path / "both.wav").is_file()
    capsys.readouterr()
    for folder, message in (("both.wav", "--stems: is a file"), ("no/stems", "does not exist")):
        assert run([*mix, "--stems", folder], done, HOME) == 1
        assert message in capsys.readouterr().err

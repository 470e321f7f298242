"""dist/: what changed is written, the rest is left or pruned, all of it or nothing."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from stempress.core.errors import SiteError
from stempress.core.progress import Progress
from stempress.output import writer as output
from stempress.output.manifest import Manifest
from stempress.output.output_check import MARKER, check_addresses, check_output_folder
from stempress.output.output_files import Bundle, OutputFile
from stempress.output.records import Records
from stempress.output.result import WriteResult
from stempress.output.staging import refresh_staging
from stempress.output.state_folder import STAGING, state_folder
from stempress.output.writer import write_site

if TYPE_CHECKING:
    from pathlib import Path

OURS = OutputFile(MARKER, b'{"generator":"stempress"}\n')


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a folder with a site of three files in it."""
    write_site(tmp_path / "dist", site(**{"index.html": b"old", "a/b/index.html": b"b"}))
    return tmp_path / "dist"


def site(**files: bytes | Path) -> list[OutputFile]:
    return [OURS, *(OutputFile(address, content) for address, content in files.items())]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_holds_exactly_these_files(out: Path) -> None:
    done = write_site(out, site(**{"index.html": b"new", "c/index.html": b"c"}))
    assert tree(out) == {MARKER: OURS.content, "index.html": b"new", "c/index.html": b"c"}
    assert not (out / "a").exists()
    assert done == WriteResult(
        files=3, size=30, changed=("index.html", "c/index.html"), pruned=1, pages=2
    )


def test_files_that_have_not_changed_are_left_alone(out: Path) -> None:
    for path in out.rglob("*.html"):
        os.utime(path, (1, 1))
    done = write_site(out, site(**{"index.html": b"new", "a/b/index.html": b"b"}))
    assert (done.changed, done.pruned) == (("index.html",), 0)
    assert (out / "a/b/index.html").stat().st_mtime == 1
    assert (out / "index.html").stat().st_mtime != 1


def test_files_are_copied_and_compared_by_their_bytes(out: Path, tmp_path: Path) -> None:
    sound = tmp_path / "x.ogg"
    sound.write_bytes(b"sound")
    assert write_site(out, site(**{"x.ogg": sound})).changed == ("x.ogg",)
    assert write_site(out, site(**{"x.ogg": sound})).changed == ()
    sound.write_bytes(b"other")
    assert write_site(out, site(**{"x.ogg": sound})).changed == ("x.ogg",)
    assert (out / "x.ogg").read_bytes() == b"other"


def test_dotfiles_at_the_top_stay(out: Path) -> None:
    (out / ".git").mkdir()
    (out / ".git/HEAD").write_text("ref")
    (out / ".nojekyll").touch()
    (out / "a/.cache").touch()
    write_site(out, site())
    assert sorted(tree(out)) == [".git/HEAD", ".nojekyll", MARKER]


def test_folders_and_files_change_places(out: Path) -> None:
    write_site(out, site(**{"a": b"file", "index.html/x": b"folder"}))
    assert tree(out) == {MARKER: OURS.content, "a": b"file", "index.html/x": b"folder"}


def test_nothing_is_written_through_a_link(out: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "b").mkdir(parents=True)
    (elsewhere / "b/index.html").write_bytes(b"b")
    (elsewhere / "page").write_bytes(b"old")
    write_site(out, site())
    (out / "a").symlink_to(elsewhere)
    (out / "index.html").symlink_to(elsewhere / "page")
    write_site(out, site(**{"index.html": b"old", "a/b/index.html": b"b"}))
    assert not (out / "a").is_symlink()
    assert not (out / "index.html").is_symlink()
    assert tree(elsewhere) == {"b/index.html": b"b", "page": b"old"}
    assert len(tree(out)) == 3


def test_a_write_that_fails_leaves_what_was_there(out: Path, tmp_path: Path) -> None:
    before = tree(out)
    files = [*site(**{"index.html": b"new"}), OutputFile("x.ogg", tmp_path / "missing.ogg")]
    for target in (out, tmp_path / "new"):
        with pytest.raises(FileNotFoundError):
            write_site(target, files)
    assert tree(out) == before
    assert not (tmp_path / "new").exists()


def test_a_write_that_is_killed_is_made_good_by_the_next(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(out)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(output, "_swap_in", killed)
        with pytest.raises(KeyboardInterrupt):
            write_site(out, site(**{"index.html": b"new"}))
    assert tree(out) == before
    write_site(out, site(**{"index.html": b"new"}))
    assert tree(out) == {MARKER: OURS.content, "index.html": b"new"}


def test_what_somebody_has_put_there_is_told_and_can_be_fetched(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (out / "CNAME").write_bytes(b"mine")
    write_site(out, site(**{"index.html": b"new"}), progress=Progress())
    assert not (out / "CNAME").exists()
    assert (
        "dist/ contains files that Stempress did not write, and loses them: CNAME\n"
        in capsys.readouterr().err
    )
    assert (state_folder(out) / STAGING / "CNAME").read_bytes() == b"mine"


def record_of(out: Path) -> Path:
    """Return the path of a site's record."""
    return state_folder(out) / f"{out.stat().st_ino}.jsonl"


def test_the_record_has_a_line_for_every_file(out: Path) -> None:
    head, bundle, *lines = map(json.loads, record_of(out).read_text("utf-8").splitlines())
    assert head["folders"].keys() == {"", "a", "a/b", "data"}
    size = sum(map(len, tree(out).values()))
    totals = {"files": len(lines), "pages": 2, "size": size}
    assert bundle == totals | {"bundle": "", "key": "", "bytes": bundle["bytes"]}
    files = {address: rest for address, *rest in lines}
    assert files.keys() == tree(out).keys()
    for address, (_, *about) in files.items():
        stat = (out / address).stat()
        assert about == [stat.st_size, stat.st_mtime_ns, stat.st_ino]


@pytest.mark.parametrize(
    "damage",
    [b"", b"[1]", b'{"stempress": 4}', b'{"stempress": 6, "checksum": 0}\n', b"\xff", b'["x"'],
)
def test_without_a_readable_record_everything_is_written_anew(out: Path, damage: bytes) -> None:
    intact = tree(out)
    record_of(out).write_bytes(damage)
    write_site(out, site(**{"index.html": b"new"}))
    assert tree(out) == {MARKER: OURS.content, "index.html": b"new"}
    write_site(
        out, site(**{address: data for address, data in intact.items() if address != MARKER})
    )
    assert tree(out) == {MARKER: OURS.content} | intact


def test_a_line_that_somebody_has_changed_makes_a_record_unreadable(out: Path) -> None:
    record = record_of(out)
    size = (out / "index.html").stat().st_size
    lines = record.read_text("utf-8")
    assert lines.count(f",{size},") == 1
    record.write_text(lines.replace(f",{size},", f",{size + 1},"), "utf-8")
    assert Records(out).open(out).manifest == Manifest()


def test_between_builds_the_next_site_catches_up(out: Path) -> None:
    following = state_folder(out) / STAGING
    for new in (b"new", b"newer"):
        refresh_staging(Records(out))
        assert tree(following) == tree(out)
        assert (following / "index.html").samefile(out / "index.html")
        done = write_site(out, site(**{"index.html": new, "a/b/index.html": b"b"}))
        assert done.changed == ("index.html",)
        assert tree(out) == {MARKER: OURS.content, "index.html": new, "a/b/index.html": b"b"}


def bundled(key: str, opened: list[str], **files: bytes) -> Bundle:
    """Return a bundle that tells when it is opened."""

    def make() -> list[OutputFile]:
        opened.append(key)
        return [OutputFile(f"a/{name}", content) for name, content in files.items()]

    return Bundle("a", key, make)


def test_a_bundle_is_opened_once(tmp_path: Path) -> None:
    out, opened = tmp_path / "dist", list[str]()
    for key, x, changed, pruned in (
        ("one", b"1", ("a/x", "a/y", MARKER), 0),
        ("one", b"1", (), 0),
        ("two", b"2", ("a/x",), 0),
        ("one", b"1", ("a/x",), 0),  # as the next site still has it
        ("two", b"2", ("a/x",), 0),
    ):
        done = write_site(out, [bundled(key, opened, x=x, y=b"y"), OURS])
        assert (set(done.changed), done.pruned) == (set(changed), pruned)
        assert tree(out) == {MARKER: OURS.content, "a/x": x, "a/y": b"y"}
    assert opened == ["one", "two"]
    done = write_site(out, [bundled("three", opened, x=b"3"), OURS])
    assert (done.changed, done.pruned) == (("a/x",), 1)
    assert tree(out) == {MARKER: OURS.content, "a/x": b"3"}


def test_a_bundle_that_somebody_has_changed_is_opened(tmp_path: Path) -> None:
    out, opened = tmp_path / "dist", list[str]()
    for turn in range(4):
        write_site(out, [bundled("one", opened, x=b"x"), OURS, OutputFile("y", b"%d" % turn)])
        assert tree(out) == {MARKER: OURS.content, "a/x": b"x", "y": b"%d" % turn}
        if turn == 1:
            (state_folder(out) / STAGING / "a/x").unlink()
            (out / "a/x").write_bytes(b"spoilt")
    assert opened == ["one", "one"]


def test_two_bundles_with_one_address_are_refused(tmp_path: Path) -> None:
    twice = Bundle("b", "key", lambda: [OutputFile("a/x", b"")])
    with pytest.raises(SiteError, match="is used by two files"):
        write_site(tmp_path / "dist", [bundled("one", [], x=b""), twice, OURS])


def test_what_somebody_has_changed_is_not_caught_up_with(out: Path) -> None:
    (out / "index.html").write_bytes(b"not the build's")
    refresh_staging(Records(out))
    assert tree(state_folder(out) / STAGING).keys() == {MARKER, "a/b/index.html"}
    write_site(out, site(**{"index.html": b"old", "a/b/index.html": b"new"}))
    assert tree(out) == {MARKER: OURS.content, "index.html": b"old", "a/b/index.html": b"new"}


def test_where_nothing_stands_any_more_the_next_site_stays(out: Path) -> None:
    write_site(out, site(**{"index.html": b"new", "a/b/index.html": b"b"}))
    shutil.rmtree(out)
    refresh_staging(Records(out))
    assert tree(state_folder(out) / STAGING)["index.html"] == b"old"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("thesis.tex", ""),
        ("data/collection.json", '{"generator": "another"}'),
        ("data/collection.json", "[1]"),
        ("data/collection.json", "not JSON"),
    ],
)
def test_a_folder_of_something_else_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(content)
    with pytest.raises(SiteError, match="files that Stempress did not write"):
        write_site(tmp_path, site())
    assert tree(tmp_path) == {name: content.encode()}


@pytest.mark.parametrize(
    ("only", "hint"),
    [
        ("songs/oen", "did you mean 'songs/one'? valid: songs/one, songs/two"),
        ("songs/one/9-9", "did you mean 'songs/one/1-1'? valid: songs/one, songs/one/1-1"),
        ("song", "did you mean 'songs'? valid: data, index.html, songs"),
    ],
)
def test_an_address_that_is_not_there_is_told_beside_the_nearest(
    out: Path, only: str, hint: str
) -> None:
    addresses = ("songs/one/", "songs/one/1-1/", "songs/two/", "")
    files = site(**{f"{address}index.html": b"x" for address in addresses})
    with pytest.raises(SiteError) as caught:
        write_site(out, files, only=only)
    assert caught.value.faults[0].hint == hint


def test_a_folder_with_nothing_or_dotfiles_in_it_will_do(tmp_path: Path) -> None:
    check_output_folder(tmp_path / "not" / "there")
    (tmp_path / ".git").mkdir()
    check_output_folder(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(SiteError, match="is not a folder"):
        check_output_folder(tmp_path / "file")


@pytest.mark.parametrize(
    "address",
    [
        "../x",
        "/x",
        "a/../../x",
        ".git/config",
        "a/.x",
        "a\\x",
        "a\0",
        "a\nb\x1b",
        "\u202ex",
        "x" * 256,
        "ü" * 128,
        "Index.html",
        "index.html/x",
    ],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(SiteError) as caught:
        check_addresses(["index.html", address])
    assert len(caught.value.faults) == 1


def test_names_that_a_disk_would_take_for_one_another_are_refused() -> None:
    with pytest.raises(SiteError, match="is used by two files"):
        check_addresses(["caf\u00e9/x", "cafe\u0301/x"])

"""CAR files of a pressed site, and what is found when they or a host are held against it."""

from __future__ import annotations

import json
import os
import re
import shutil
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from build import build
from stempress.commands.cli import run
from stempress.publish.car import encode_header
from stempress.publish.cid import format_cid, parse_cid
from tests.conftest import ROOT
from tests.support.gateway import Gateway, Store
from tests.support.hosts import serving
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Press, Serve


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, press_small: Press) -> Path:
    site = tmp_path_factory.mktemp("publish") / "site"
    write_small_site(site)
    settings = (site / "site.toml").read_text("utf-8")
    settings = settings.replace("[collection]\n", '[collection]\nassets = "ipfs"\n')
    (site / "site.toml").write_text(settings, "utf-8")
    assert press_small(site) == 0
    assert front_door(site, "publish") == 0
    return site


@pytest.fixture
def site(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "site"))


@pytest.fixture
def gateway(site: Path) -> Iterator[str]:
    handler = type("Handler", (Gateway,), {"store": Store(site / "published/site.car")})
    with serving(site, handler) as base:
        yield base


def front_door(site: Path, *words: str) -> int:
    return run([*words, "--site", str(site)], build, ROOT)


def manifest_of(site: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / "published/manifest.json").read_text("utf-8"))
    return found


def test_the_car_file_holds_the_site_and_nothing_else(site: Path) -> None:
    store = Store(site / "published/site.car")
    assert format_cid(store.root) == manifest_of(site)["site"]
    for path in (site / "dist").rglob("*"):
        cid = store.resolve(store.root, path.relative_to(site / "dist").as_posix())
        assert cid is not None
        assert store.is_folder(cid) == path.is_dir()
        if path.is_file():
            assert store.content(cid) == path.read_bytes()


def test_the_base_uri_names_the_metadata_of_the_site(site: Path) -> None:
    metadata = Store(site / "published/metadata.car")
    whole = Store(site / "published/site.car")
    manifest = manifest_of(site)
    assert manifest["base_uri"] == f"ipfs://{manifest['metadata']}/"
    assert parse_cid(manifest["metadata"]) == metadata.root == whole.resolve(whole.root, "metadata")
    names = {name for name, _ in metadata.entries(metadata.root)}
    assert names == {path.name for path in (site / "dist/metadata").iterdir()}


def test_metadata_names_pictures_and_sound_by_where_ipfs_has_them(site: Path) -> None:
    store = Store(site / "published/site.car")
    for path in (site / "dist/metadata").iterdir():
        metadata = json.loads(path.read_text("utf-8"))
        root, _, below = metadata["image"].removeprefix("ipfs://").partition("/")
        cid = store.resolve(parse_cid(root), below)
        assert cid is not None
        top = store.resolve(store.root, "art")
        assert parse_cid(root) == top
        assert store.content(cid) == (site / "dist/art" / below).read_bytes()
        assert '"../' not in path.read_text("utf-8")


@pytest.mark.parametrize("change", [("assets", "site"), ("url", "https://site.example/")])
def test_metadata_that_would_not_find_its_pictures_is_warned_of(
    site: Path, press_small: Press, capsys: pytest.CaptureFixture[str], change: tuple[str, str]
) -> None:
    text = (site / "site.toml").read_text("utf-8").replace('assets = "ipfs"', 'assets = "site"')
    key, value = change
    (site / "site.toml").write_text(text.replace(f'{key} = ""', f'{key} = "{value}"'), "utf-8")
    assert press_small(site) == 0
    assert front_door(site, "publish") == 0
    said = capsys.readouterr().err
    assert ("warning: metadata/: has relative addresses of pictures" in said) == (key == "assets")


def test_names_are_told_in_the_order_in_which_one_can_name_the_other(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert front_door(site, "publish") == 0
    lines = [line.split("ipfs://") for line in capsys.readouterr().err.splitlines()]
    told = [line[0] for line in lines if len(line) == 2]
    assert told == ["art: ", "audio: ", "base URI for the contract: ", "site: "]


def test_pages_stand_after_what_they_speak_of(site: Path) -> None:
    store = Store(site / "published/site.car")
    order = {cid: at for at, cid in enumerate(store.blocks)}
    last = [order[store.resolve(store.root, name) or b""] for name in ("art", "metadata", "songs")]
    assert last == sorted(last)


def test_only_what_is_new_is_in_the_delta(site: Path) -> None:
    before = Store(site / "published/site.car")
    assert not (site / "published/delta.car").exists()
    page = site / "dist/pages/about/index.html"
    page.write_text(page.read_text("utf-8").replace("About", "Over"), "utf-8")
    assert front_door(site, "publish") == 0
    after, delta = Store(site / "published/site.car"), Store(site / "published/delta.car")
    assert delta.root == after.root != before.root
    assert delta.blocks.keys() == after.blocks.keys() - before.blocks.keys()
    # The page, and the three folders that lead to it.
    assert len(delta.blocks) == 4


def test_publishing_the_same_twice_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    assert front_door(site, "publish", "--to", str(tmp_path / "again")) == 0
    for name in ("site.car", "metadata.car", "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (site / "published" / name).read_bytes()


def test_dotfiles_are_left_out(site: Path) -> None:
    (site / "dist/.git").mkdir()
    (site / "dist/.git/config").write_text("secret")
    before = manifest_of(site)
    assert front_door(site, "publish") == 0
    assert manifest_of(site) == before


@pytest.mark.parametrize("words", [["publish"], ["verify", "http://127.0.0.1:9/"]])
def test_a_link_is_refused_and_nothing_is_written(
    site: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "dist/pages/link").symlink_to("about")
    before = (site / "published/site.car").read_bytes()
    assert front_door(site, *words) == 1
    assert "error: /pages/link: is neither a file nor a folder" in capsys.readouterr().err
    assert (site / "published/site.car").read_bytes() == before


def test_what_no_build_has_made_is_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dist").mkdir()
    assert front_door(tmp_path, "publish") == 1
    assert "dist: is not a built site" in capsys.readouterr().err
    assert not (tmp_path / "published").exists()


@pytest.mark.parametrize("text", ["", "{}", '{"blocks": ["bogus"]}', '{"blocks": 5}'])
def test_a_broken_manifest_is_refused(
    site: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "published/manifest.json").write_text(text)
    assert front_door(site, "publish") == 1
    assert "error: manifest.json: is not a manifest" in capsys.readouterr().err


def test_a_manifest_that_was_named_must_be_there(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert front_door(site, "publish", "--since", str(site / "none.json")) == 1
    assert "error: none.json: does not exist" in capsys.readouterr().err


def verified(site: Path, target: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = front_door(site, "verify", str(target))
    return status, capsys.readouterr().err


@pytest.mark.parametrize("name", ["site", "metadata"])
def test_car_files_hold_what_was_built(
    site: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = verified(site, site / f"published/{name}.car", capsys)
    assert (status, "as built" in said) == (0, True)


def test_a_car_file_of_an_older_build_is_told(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = site / "dist/pages/about/index.html"
    page.write_text("changed")
    status, said = verified(site, site / "published/site.car", capsys)
    assert status == 1
    assert "which was not built" in said
    assert "blocks that were not built" in said
    assert "pages/about/index.html" in said


@pytest.mark.parametrize("damage", ["cut", "flip", "text", "rootless"])
def test_a_damaged_car_file_is_told(
    site: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    car = site / "published/site.car"
    data = bytearray(car.read_bytes())
    if damage == "cut":
        del data[-1000:]
    elif damage == "flip":
        data[len(data) // 2] ^= 1
    elif damage == "text":
        data = bytearray(b"<!doctype html>")
    else:
        data = bytearray(encode_header(Store(car).root))
    car.write_bytes(bytes(data))
    status, said = verified(site, car, capsys)
    assert status == 1
    assert said.count("error: site.car: ") == 1


def test_a_gateway_serves_what_was_built(
    site: Path, gateway: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = verified(site, f"{gateway}ipfs/{manifest_of(site)['site']}", capsys)
    assert status == 0, said
    assert "all as built" in said


def test_a_gateway_with_another_site_is_told(
    site: Path, gateway: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = verified(site, f"{gateway}ipfs/{manifest_of(site)['metadata']}/", capsys)
    assert status == 1
    assert "is another site" in said


def test_a_gateway_that_lies_is_caught(
    site: Path,
    gateway: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        Store, "content", lambda self, cid: self.blocks.get(cid, b"").replace(b"Small", b"Large")
    )
    status, said = verified(site, f"{gateway}ipfs/{manifest_of(site)['site']}/", capsys)
    assert status == 1
    assert "files: each is served with other content than was built" in said
    assert "'/404.html', " in said


def test_any_host_can_be_held_against_the_build(
    site: Path, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served = tmp_path / "served"
    shutil.copytree(site / "dist", served)
    base = serve(served, "/project/")
    assert verified(site, base, capsys)[0] == 0
    (served / "pages/about/index.html").write_text("x" * 100_000)
    (served / "data/forge.json").unlink()
    (served / "robots.txt").write_text("short")
    status, said = verified(site, base, capsys)
    assert status == 1
    assert "error: /pages/about/: is longer than what was built" in said
    assert "error: /data/forge.json: has the status 404" in said
    assert "error: /robots.txt: is served with other content" in said
    assert "3 errors" in said


def test_a_host_that_falls_silent_is_given_up(
    site: Path, serve: Serve, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = requests.Session.get
    asked = count()

    def get(*given: Any, **options: Any) -> requests.Response:  # noqa: ANN401 - as it is called
        if next(asked):
            raise requests.ConnectTimeout
        return fetch(*given, **options)

    monkeypatch.setattr(requests.Session, "get", get)
    status, said = verified(site, serve(site / "dist"), capsys)
    assert status == 1
    assert said.count("has no response: timed out") == 3
    assert "verify: stopped: the host does not respond" in said


def test_many_faults_of_one_kind_are_told_as_one(
    site: Path, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    status, said = verified(site, serve(tmp_path / "empty"), capsys)
    assert status == 1
    assert "files: each has the status 404" in said
    assert "1 error" in said


def test_what_is_neither_a_file_nor_an_address_is_told(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in ("nothing.car", "ftp://host.example/", "http://[::1", "https://"):
        status, said = verified(site, target, capsys)
        assert status == 1
        assert f"error: {target}: does not exist" in said


def test_a_host_that_is_not_there_is_told_for_what_it_is(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stempress.publish.host_requests.RETRIES", 0)
    status, said = verified(site, "http://127.0.0.1:9/", capsys)
    assert status == 1
    assert "http://127.0.0.1:9/: has no response: no connection" in said
    assert "1 error" in said


@pytest.fixture(scope="module")
def with_players(tmp_path_factory: pytest.TempPathFactory, press_small: Press) -> Path:
    """Return a published site whose metadata refers to embedded players."""
    site = tmp_path_factory.mktemp("players") / "site"
    write_small_site(site)
    settings = (site / "site.toml").read_text("utf-8")
    settings = settings.replace("[collection]\n", '[collection]\nassets = "ipfs"\n')
    (site / "site.toml").write_text(f'{settings}\n[metadata]\nanimation = "mixer"\n', "utf-8")
    assert press_small(site) == 0
    assert front_door(site, "publish") == 0
    return site


def test_players_are_in_a_folder_with_all_that_they_need_and_nothing_that_names_it(
    with_players: Path,
) -> None:
    store = Store(with_players / "published/players.car")
    cid = format_cid(store.root)
    assert manifest_of(with_players)["players"] == cid
    names = {name for name, _ in store.entries(store.root)}
    assert names == {"app", "art", "assets", "audio", "data", "embed"}
    dist = with_players / "dist"
    players = [
        json.loads(path.read_text("utf-8")).get("animation_url", "")
        for path in (dist / "metadata").glob("*.json")
    ]
    assert any(players)
    for player in filter(None, players):
        assert player.startswith(f"ipfs://{cid}/embed/")
        below = f"{player.removeprefix(f'ipfs://{cid}/')}index.html"
        page = store.resolve(store.root, below)
        assert page is not None
        assert store.content(page) == (dist / below).read_bytes()
        for needed in re.findall(
            r'(?:src|href)="((?:\.\./)+(?:app|art|assets)/[^"]+)"', store.content(page).decode()
        ):
            address = os.path.normpath(f"{player.removeprefix(f'ipfs://{cid}/')}{needed}")
            assert store.resolve(store.root, address) is not None, address


def test_a_build_after_another_names_the_same_players(
    with_players: Path, press_small: Press
) -> None:
    before = (with_players / "dist/metadata/91.json").read_bytes()
    notes = with_players / "content/notes"
    notes.mkdir(exist_ok=True)
    (notes / "later.md").write_text(
        '+++\ntitle = "Later"\ndate = 2026-01-01\n+++\nText.\n', "utf-8"
    )
    assert press_small(with_players) == 0
    assert (with_players / "dist/metadata/91.json").read_bytes() == before
    assert front_door(with_players, "publish") == 0


def test_players_of_another_build_are_a_fault(
    with_players: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Path(shutil.copytree(with_players, tmp_path / "site"))
    page = next((site / "dist/embed").rglob("index.html"))
    page.write_text(f"{page.read_text('utf-8')} ", "utf-8")
    assert front_door(site, "publish") == 1
    assert "refers to embedded players of another build" in capsys.readouterr().err
    assert not (site / "published/players.car").exists()

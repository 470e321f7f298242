"""The bundled collection as it is pressed: addresses, validity, silence about the unrevealed."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
import requests
from playwright.sync_api import expect

from build import build
from pyodide_app.engine.model import Token
from stempress.collection.collection import read_collection
from stempress.collection.rarity import Rarity
from stempress.collection.settings_parser import read_settings
from stempress.commands.cli import run
from stempress.core.errors import Findings
from stempress.site.page_plan import plan_pages
from tests.conftest import ROOT
from tests.support.markup import Parsed, complaints
from tests.support.small_site import write_small_site, xml
from tests.support.web_folder import web_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from stempress.collection.collection import Collection
    from stempress.site.pages import Plan
    from tests.conftest import Serve

pytestmark = pytest.mark.site

PREFIXES = ("/", "/a/b/", "/ipfs/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi/")
ROOT_RELATIVE = {"address", "cover", "image", "url"}
"""Keys of /data/ whose values are addresses below the site's root."""


@pytest.fixture(scope="module")
def collection() -> Collection:
    findings = Findings()
    return read_collection(ROOT, read_settings(ROOT, findings), findings)


@pytest.fixture(scope="module")
def plan(collection: Collection) -> Plan:
    return plan_pages(collection, Rarity(collection.songs, collection.tokens))


@pytest.fixture(scope="module")
def samples(plan: Plan) -> dict[str, str]:
    """Return one address for every template, and for every tier and state of tokens."""
    found: dict[str, str] = {}
    for page in plan.pages:
        kind = page.template
        if isinstance(page.about, Token):
            kind += f" {page.about.tier} {page.about.state}"
        found.setdefault(kind, page.address)
    return found


@pytest.fixture(scope="module")
def parsed(pressed: Path) -> dict[str, Parsed]:
    """Return every page by its address as a visitor has it."""
    return {
        visited(path.relative_to(pressed).as_posix()): Parsed(path.read_text("utf-8"))
        for path in sorted(pressed.rglob("*.html"))
    }


def visited(output: str) -> str:
    return output.removesuffix("index.html")


def target(page: str, link: str, prefix: str) -> str:
    """Return which file below the site's root a link leads to; it must stay below the prefix."""
    base = f"https://host.example{prefix}"
    address = urldefrag(urljoin(f"{base}{page}", link)).url
    assert address.startswith(base), (page, link)
    below = unquote(urlsplit(address).path).removeprefix(prefix)
    return f"{below}index.html" if below.endswith("/") or not below else below


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def is_elsewhere(link: str) -> bool:
    return link.startswith(("https://", "mailto:"))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_link_of_every_page_leads_to_a_file(
    pressed: Path, parsed: dict[str, Parsed], prefix: str
) -> None:
    there = files(pressed)
    resolve = cache(target)
    missing = {
        (page, link)
        for page, content in parsed.items()
        for link in set(content.links)
        if not is_elsewhere(link) and resolve(page, link, prefix) not in there
    }
    assert missing == set()


def test_fragments_lead_to_a_part_of_their_page(parsed: dict[str, Parsed]) -> None:
    for page, content in parsed.items():
        fragments = {link[1:] for link in content.links if link.startswith("#")}
        assert fragments <= content.ids, page


def test_every_listed_page_can_be_reached_from_the_front_page(
    parsed: dict[str, Parsed], plan: Plan
) -> None:
    reached, ahead = {""}, [""]
    while ahead:
        page = ahead.pop()
        links = {link for link in parsed[page].links if not is_elsewhere(link)}
        found = {visited(target(page, link, "/")) for link in links} & parsed.keys()
        ahead += found - reached
        reached |= found
    unlisted = {page.address for page in plan.pages if not page.listed}
    assert parsed.keys() - reached == unlisted


def addresses(data: Any) -> Iterator[str]:  # noqa: ANN401 - whatever stands in the file
    """Yield the values of the keys that hold addresses, wherever they are."""
    if isinstance(data, list):
        for each in data:
            yield from addresses(each)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in ROOT_RELATIVE and isinstance(value, str):
                yield value
            elif key != "contract":
                yield from addresses(value)


def test_addresses_in_data_are_files_of_the_stated_size(pressed: Path) -> None:
    there = files(pressed)
    for path in (pressed / "data").rglob("*.json"):
        data = json.loads(path.read_text("utf-8"))
        assert {target("", each, "/") for each in addresses(data) if each} <= there, path.name
    for path in (pressed / "data/songs").iterdir():
        for layer in json.loads(path.read_text("utf-8"))["layers"]:
            for sound in [stem[kind] for stem in layer["stems"] for kind in ("audio", "lossless")]:
                assert (pressed / sound["url"]).stat().st_size == sound["bytes"]


def test_metadata_feed_and_sitemap_lead_to_files(pressed: Path, plan: Plan) -> None:
    there = files(pressed)
    for path in (pressed / "metadata").iterdir():
        named = re.findall(r'"(\.\.?/[^"]*)"', path.read_text("utf-8"))
        assert {target(f"metadata/{path.name}", link, "/") for link in named} <= there, path.name
    feed = xml((pressed / "feed.xml").read_text("utf-8"))
    atom = "{http://www.w3.org/2005/Atom}"
    links = [link.get("href", "") for link in feed.iter(f"{atom}link")]
    for content in feed.iter(f"{atom}content"):
        links += Parsed(content.text or "").links
    assert {target("feed.xml", link, "/") for link in links if not is_elsewhere(link)} <= there
    listed = [
        url.findtext("{*}loc", "") for url in xml((pressed / "sitemap.xml").read_text("utf-8"))
    ]
    pages = {visited(target("sitemap.xml", link, "/")) for link in listed}
    assert pages == {page.address for page in plan.pages if page.listed}


def test_style_sheets_and_modules_name_files_that_are_there(pressed: Path) -> None:
    there = files(pressed)
    pattern = re.compile(r'url\("?([^")]+)"?\)|(?:from|import) "([^"]+)"|new URL\("([^"]+[^"/])"')
    modules = (path for path in (pressed / "app").rglob("*") if path.suffix in {".js", ".css"})
    for path in [*modules, pressed / "assets/theme.css"]:
        address = path.relative_to(pressed).as_posix()
        for found in pattern.finditer(path.read_text("utf-8")):
            link = next(filter(None, found.groups()))
            if link.startswith("."):
                assert target(address, link, "/") in there, (address, link)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_host_serves_pages_and_what_they_load_below_any_prefix(
    pressed: Path, samples: dict[str, str], serve: Serve, prefix: str
) -> None:
    base = serve(pressed, prefix)
    with requests.Session() as visitor:
        wanted = {urljoin(base, address) for address in samples.values()}
        for page in sorted(wanted):
            text = visitor.get(page, timeout=20).text
            wanted |= {urljoin(page, link) for link in Parsed(text).links if not is_elsewhere(link)}
        for address in sorted({urldefrag(each).url for each in wanted}):
            answer = visitor.head(address, timeout=20)
            assert answer.status_code == requests.codes.ok, address
            assert answer.headers["Content-Length"] != "0", address


def test_xml_and_svg_and_json_are_well_formed(pressed: Path) -> None:
    for path in pressed.rglob("*"):
        if path.suffix in {".xml", ".svg"}:
            xml(path.read_text("utf-8"))
        elif path.suffix == ".json":
            json.loads(path.read_text("utf-8"))


def test_a_page_of_every_template_and_the_style_sheets_are_valid(
    pressed: Path, plan: Plan, samples: dict[str, str]
) -> None:
    templates = {path.name for path in (ROOT / "templates").glob("[!_]*.html")}
    templates -= {"base.html", "nothing.html"}  # the latter is for sites without tokens
    assert templates == {page.template for page in plan.pages}
    outputs = {page.address: page.output for page in plan.pages}
    drawings = [
        *(pressed / "art").glob("*.svg"),
        *(pressed / "art/unrevealed").glob("*.svg"),
        *(pressed / "art/songs").glob("*.svg"),
        *(pressed / "art/stems/undertow").rglob("*.svg"),
        *(pressed / "art/stems/breakwater").rglob("*.svg"),
    ]
    modules = web_folder(pressed).relative_to(pressed).as_posix()
    checked = [
        *(outputs[address] for address in samples.values()),
        *(f"{modules}/{name}.css" for name in ("site", "records", "fader", "mixer")),
        "assets/theme.css",
        *(path.relative_to(pressed).as_posix() for path in drawings),
    ]
    assert complaints(pressed, checked) == ""


VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""
FACTS = """() => ({
  violations: window.violations,
  wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  twice: [...document.querySelectorAll("[id]")].map(({ id }) => id)
    .filter((id, at, all) => all.indexOf(id) !== at),
  withoutAlt: document.querySelectorAll("img:not([alt])").length,
  headings: document.querySelectorAll("h1").length,
})"""
FAULTLESS = {"violations": [], "wider": 0, "twice": [], "withoutAlt": 0, "headings": 1}


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_every_kind_of_page_without_a_fault(
    pressed: Path, samples: dict[str, str], serve: Serve, chromium: Browser, width: int
) -> None:
    base = serve(pressed, "/a/b/")
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, service_workers="allow"
    )
    context.add_init_script(VIOLATIONS)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    for kind, address in samples.items():
        page.goto(f"{base}{address}")
        assert page.evaluate(FACTS) == FAULTLESS, kind
    context.close()
    assert complaints == []
    assert {url for url in asked if not url.startswith(base)} == set()


@pytest.mark.browser
@pytest.mark.parametrize("address", ["nothing", "tokens/99999999/", "a/deep/address/"])
def test_the_missing_page_finds_the_front_page_from_any_depth(
    pressed: Path, serve: Serve, chromium: Browser, address: str
) -> None:
    base = serve(pressed, "/a/b/")
    context = chromium.new_context()
    context.add_init_script(VIOLATIONS)
    page = context.new_page()
    answer = page.goto(f"{base}{address}")
    assert answer is not None
    assert answer.status == requests.codes.not_found
    link = page.get_by_role("link", name="To the front page")
    expect(link).to_have_attribute("href", base)
    assert page.evaluate(FACTS) == FAULTLESS
    context.close()


@pytest.mark.browser
def test_the_missing_page_stays_useful_where_no_folder_above_is_a_site(
    pressed: Path, serve: Serve, chromium: Browser, tmp_path: Path
) -> None:
    shutil.copy(pressed / "404.html", tmp_path)
    page = chromium.new_page()
    page.goto(f"{serve(tmp_path)}a/b/c", wait_until="networkidle")
    expect(page.get_by_role("link", name="Try the folder")).to_have_attribute("href", "./")
    page.close()


def test_unrevealed_tokens_are_told_apart_by_number_holder_and_perks_alone(
    pressed: Path, collection: Collection
) -> None:
    perks = re.compile(r'<section class="band" aria-labelledby="perks">.*?</section>', re.DOTALL)
    hidden = [token.id for token in collection.tokens if token.state == "unrevealed"]
    told = set()
    for number in hidden:
        page = (pressed / f"tokens/{number}/index.html").read_text("utf-8")
        page = re.sub(rf"(?<=[#/=])(?<!&#){number}\b", "N", page)
        page = re.sub(r"0x[0-9a-fA-F]{40}|0x\w{4}…\w{4}", "0x", page)
        told.add(" ".join(perks.sub("", page).split()))
    assert len(hidden) > 50
    assert len(told) == 1


def test_the_metadata_and_data_of_unrevealed_tokens_say_tier_and_state_alone(
    pressed: Path, collection: Collection
) -> None:
    entries = json.loads((pressed / "data/tokens.json").read_text("utf-8"))["tokens"]
    hidden = {token.id for token in collection.tokens if token.state == "unrevealed"}
    for entry in [entry for entry in entries if entry["id"] in hidden]:
        assert entry.keys() <= {"id", "tier", "state", "title", "address", "image", "owners"}
        for name in (entry["id"], f"{int(entry['id']):064x}"):
            metadata = json.loads((pressed / f"metadata/{name}.json").read_text("utf-8"))
            assert {trait["trait_type"] for trait in metadata["attributes"]} == {"Tier", "State"}
            assert metadata.keys().isdisjoint({"title", "animation_url", "properties"})


def test_a_ledger_that_tells_what_is_unrevealed_presses_the_same_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_small_site(site)
    ledger = site / "content/tokens.json"
    pressed: list[dict[str, bytes]] = []
    for told in ("", ', "song": "one", "layer": "drums", "stem": "tape"'):
        text = ledger.read_text("utf-8")
        ledger.write_text(text.replace('"unrevealed"', f'"unrevealed"{told}'), "utf-8")
        out = tmp_path / f"dist{len(pressed)}"
        assert run(["--site", str(site), "--out", str(out), "--without-runtime"], build, ROOT) == 0
        pressed.append({name: (out / name).read_bytes() for name in files(out)})
    assert pressed[0] == pressed[1]

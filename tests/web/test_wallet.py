"""The wallet's page in a real Chromium, in front of a real chain."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
from eth_utils.address import to_checksum_address
from playwright.sync_api import expect

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.evm.chain import CHAIN, MULTICALL, NAMES, Chain
from tests.support.evm.relay import Relay, refusal, result
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from tests.conftest import Serve
    from tests.support.evm.relay import Answer, Question

pytestmark = pytest.mark.browser

WALLETS = (ROOT / "tests/support/evm/wallets.js").read_text("utf-8")
ME = to_checksum_address("0x" + "ab" * 20)
OTHER = to_checksum_address("0x" + "cd" * 20)
NOBODY = to_checksum_address("0x" + "ef" * 20)
ALLOWED = {
    "eth_requestAccounts",
    "eth_accounts",
    "eth_chainId",
    "wallet_switchEthereumChain",
    "eth_getBlockByNumber",
    "eth_getCode",
    "eth_call",
}
SIZE = 10_000
MINE = range(4001, 4701)
"""Of the large collections, which tokens are mine."""
STEMS = [
    (song, layer, stem)
    for song in ("one", "two")
    for layer, stem in (("drums", "live"), ("drums", "tape"), ("bass", "live"), ("bass", "synth"))
]

type Act = Callable[[Question], Answer | None]


@pytest.fixture(scope="module")
def chain(contracts: dict[str, Any]) -> Iterator[Chain]:
    with Chain(contracts) as running:
        running.place("Names", NAMES)
        yield running


@pytest.fixture(scope="module")
def relays(chain: Chain) -> Iterator[tuple[Relay, Relay]]:
    with ExitStack() as stack:
        first, second = (stack.enter_context(Relay(chain.address)) for _ in range(2))
        yield first, second


@pytest.fixture(scope="module")
def dist(relays: tuple[Relay, Relay], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Press a small site whose endpoints are the two relays."""
    site = tmp_path_factory.mktemp("wallet")
    write_small_site(site)
    settings = (site / "site.toml").read_text("utf-8")
    rpc = json.dumps([relay.address for relay in relays])
    contract = f"[collection.contract]\nchain_id = {CHAIN}\nrpc = {rpc}"
    pages = '[drop]\nforge_url = "https://forge.example/?song={song}&album={album}&burn={burn}"\n'
    pages += 'reveal_url = "https://reveal.example/{token_id}"'
    settings = settings.replace("[collection.contract]\nchain_id = 11155111", contract)
    settings = settings.replace("[drop]", pages)
    (site / "site.toml").write_text(settings, "utf-8")
    assert run(["--site", str(site)], build, ROOT) == 0
    return site / "dist"


def ledger_token(number: int) -> dict[str, Any]:
    """Return a stem token as the site's ledger lists it; the stems take turns."""
    song, layer, stem = STEMS[number % len(STEMS)]
    found = {"id": str(number), "tier": "stem", "state": "revealed", "title": f"{stem} #{number}"}
    found |= {"song": song, "layer": layer, "stem": stem, "address": f"tokens/{number}/"}
    return {**found, "image": "art/collection.svg"}


@dataclass
class Wallet:
    """What one wallet answers. ``acts`` say otherwise for a method: an error, or never."""

    chain: Chain
    accounts: list[str] = field(default_factory=lambda: [ME])
    chain_id: object = hex(CHAIN)
    acts: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        self.seen[method] += 1
        if method in self.acts:
            return self.acts[method]
        if method in ("eth_requestAccounts", "eth_accounts"):
            return {"result": self.accounts}
        if method == "eth_chainId":
            return {"result": self.chain_id}
        if method == "wallet_switchEthereumChain":
            self.chain_id = params[0]["chainId"]
            return {"result": None}
        return {"result": self.chain.ask(method, *params)}


@dataclass
class Visit:
    """The page, and the wallets that are in its browser."""

    page: Page
    base: str
    relays: tuple[Relay, Relay]
    wallets: dict[str, Wallet] = field(default_factory=dict)

    def add(self, wallet: Wallet, wallet_id: str = "org.test", **options: object) -> Wallet:
        self.wallets[wallet_id] = wallet
        self.page.add_init_script(f"makeWallet({json.dumps({'id': wallet_id, **options})})")
        return wallet

    def open(self) -> None:
        self.page.goto(f"{self.base}mine/")

    def connect(self, name: str = "org.test") -> None:
        self.page.get_by_role("button", name=name).click()

    def look(self, words: str) -> None:
        self.page.get_by_label("With an address").fill(words)
        self.page.get_by_role("button", name="Look up").click()

    def says(self, words: str | re.Pattern[str], seconds: float = 10) -> None:
        status = self.page.locator(".told [data-status]")
        expect(status).to_have_text(words, timeout=1000 * seconds)

    def shows(self, count: int, source: str | re.Pattern[str]) -> None:
        """Wait until so many tokens are shown, and where they come from."""
        expect(self.page.locator("[data-count]")).to_have_text(f"{count:,}", timeout=20_000)
        expect(self.page.locator("[data-source]")).to_have_text(source)

    @property
    def notices(self) -> str:
        return self.page.locator("[data-notices]").inner_text()

    def owned(self) -> dict[str, Any]:
        """Return what every mixer of the site is told."""
        found: dict[str, Any] = self.page.evaluate(
            """async () => {
              const modules = document.querySelector("script[src$='/site.js']").src;
              const { owned } = await import(new URL("tokens/ownership.js", modules));
              const { tokens, stems, ...facts } = owned();
              return { ...facts, tokens: Object.fromEntries(tokens), stems: [...stems].sort() };
            }"""
        )
        return found


type Open = Callable[..., Visit]


@pytest.fixture
def visit(
    chromium: Browser, serve: Serve, dist: Path, relays: tuple[Relay, Relay], tmp_path: Path
) -> Iterator[Open]:
    """Return a factory of visits; no script may fail, and no wallet may see another question.

    Python starts only where there is something to plan.
    """
    visits: list[Visit] = []
    wrong: list[str] = []

    def start(
        address: str,
        standard: str = "erc721",
        tokens: list[dict[str, Any]] | None = None,
        *,
        plans: bool = False,
        own: dict[str, str] | None = None,
        own_chain: int = CHAIN,
        **ledger: object,
    ) -> Visit:
        site = tmp_path / str(len(visits))
        without = shutil.ignore_patterns(*([] if plans else ["pyodide.mjs"]))
        shutil.copytree(dist, site, copy_function=os.link, ignore=without)
        collection = json.loads((site / "data/collection.json").read_text("utf-8"))
        collection["contract"] |= {"address": to_checksum_address(address), "standard": standard}
        collection["contracts"] = {
            tier: collection["contract"]
            | {"address": to_checksum_address(contract), "chain_id": own_chain}
            for tier, contract in (own or {}).items()
        }
        replace(site / "data/collection.json", collection)
        if tokens is not None:
            replace(site / "data/ledger.json", {"block": 1, "time": "", "parts": 1, **ledger})
            replace(site / "data/tokens/1.json", tokens)
        page = chromium.new_context().new_page()
        made = Visit(page, serve(site, "/ipfs/x/"), relays)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.expose_function("answerWallet", lambda name, *asked: made.wallets[name].answer(*asked))
        page.add_init_script(WALLETS)
        visits.append(made)
        return made

    for relay in relays:
        relay.reset()
    yield start
    for made in visits:
        made.page.context.close()
        for wallet in made.wallets.values():
            assert set(wallet.seen) <= ALLOWED
    assert not wrong


def replace(path: Path, content: object) -> None:
    """Write a file anew, apart from the one that it was linked to."""
    path.unlink()
    path.write_text(json.dumps(content), "utf-8")


@pytest.fixture(scope="module")
def large(chain: Chain) -> dict[str, str]:
    """Mint 10,000 tokens of every kind of contract; some of them are mine."""
    addresses = {}
    for kind in ("Plain", "Listed", "Batched", "Multi"):
        address = addresses[kind] = chain.deploy(kind)
        chain.mint(kind, address, OTHER, 1, MINE.start - 1)
        chain.mint(kind, address, ME, MINE.start, len(MINE))
        chain.mint(kind, address, OTHER, MINE.stop, SIZE - MINE.stop + 1)
    return addresses


READ = """async ([contract, address, count, endpoints]) => {
  const modules = document.querySelector("script[src$='/site.js']").src;
  const { readTokens } = await import(new URL("tokens/chain.js", modules));
  const { httpEndpoint } = await import(new URL("tokens/rpc.js", modules));
  const ids = Array.from({ length: count }, (_, at) => String(at + 1));
  const found = await readTokens(contract, address, ids, endpoints.map(httpEndpoint));
  return { ...found, tokens: [...found.tokens.keys()] };
}"""


def refuses_programs(question: Question) -> Answer | None:
    call = question["params"][0] if question["method"] == "eth_call" else {"to": "x"}
    return None if "to" in call else refusal(-32602, "missing field to")


def lacks_multicall(question: Question) -> Answer | None:
    return result("0x") if question["method"] == "eth_getCode" else refuses_programs(question)


@pytest.mark.parametrize(
    ("kind", "act", "most"),
    [
        ("Plain", None, 11),
        ("Plain", refuses_programs, 60),
        ("Listed", None, 12),
        ("Batched", None, 6),
        ("Multi", None, 8),
    ],
)
def test_ten_thousand_tokens_are_read_in_few_requests(
    visit: Open, large: dict[str, str], kind: str, act: Act | None, most: int
) -> None:
    made = visit(large[kind])
    made.open()
    relay = made.relays[0]
    relay.delay = 0.08
    relay.act = act or relay.act
    standard = "erc1155" if kind == "Multi" else "erc721"
    contract = {"address": large[kind], "standard": standard, "chain_id": CHAIN}
    made.page.evaluate(f"import('{made.base}app/ethers/ethers.min.js')")
    started = perf_counter()
    found = made.page.evaluate(READ, [contract, ME, SIZE, [relay.address]])
    seconds = perf_counter() - started
    asked = relay.asked.total()
    way = " without programs" if act else ""
    print(f"{kind}{way}: {asked} requests, {relay.bytes_sent / 1e3:.0f} kB, {seconds:.1f} s")  # noqa: T201 - to be seen
    assert sorted(map(int, found["tokens"])) == list(MINE)
    assert found["complete"]
    assert asked <= most


def test_a_chain_without_multicall_is_read_call_by_call(visit: Open, chain: Chain) -> None:
    address = chain.deploy("Plain")
    chain.mint("Plain", address, OTHER, 1, 30)
    chain.mint("Plain", address, ME, 31, 10)
    made = visit(address)
    made.open()
    made.relays[0].act = lacks_multicall
    contract = {"address": address, "standard": "erc721", "chain_id": CHAIN}
    asked = [contract, ME, 45, [made.relays[0].address]]
    found = made.page.evaluate(READ, asked)
    assert sorted(map(int, found["tokens"])) == list(range(31, 41))


def test_batches_shrink_until_an_endpoint_takes_them(visit: Open, large: dict[str, str]) -> None:
    made = visit(large["Multi"])
    made.open()

    def small_only(question: Question) -> Answer | None:
        too_large = len(json.dumps(question)) > 100_000
        return refusal(-32000, "request too large") if too_large else None

    made.relays[0].act = small_only
    contract = {"address": large["Multi"], "standard": "erc1155", "chain_id": CHAIN}
    asked = [contract, ME, SIZE, [made.relays[0].address]]
    assert sorted(map(int, made.page.evaluate(READ, asked)["tokens"])) == list(MINE)


@pytest.fixture(scope="module")
def plain(chain: Chain) -> str:
    """Mint 1,000 tokens, of which 1 to 8 are mine and 9 to 12 somebody else's."""
    address = chain.deploy("Plain")
    chain.mint("Plain", address, ME, 1, 8)
    chain.mint("Plain", address, OTHER, 9, 4)
    chain.mint("Plain", address, NOBODY, 13, 988)
    return address


LEDGER = [ledger_token(number) for number in range(1, 1001)]


def test_one_of_several_wallets_is_chosen_and_hostile_ones_are_left_out(
    visit: Open, chain: Chain, plain: str
) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain, [OTHER]), "com.first", name="First")
    wallet = made.add(Wallet(chain), "com.second", name="Second", late=700)
    made.page.add_init_script(
        """
        const strange = [
          undefined, null, 7, {}, { info: null }, { info: {}, provider: {} },
          { get info() { throw new Error("no"); } },
          { info: { name: 5, rdns: {}, icon: 5 }, provider: { request: 1 } },
          { info: { name: "Bad", rdns: "bad" }, get provider() { throw 1; } },
          {
            info: { name: "<img src=x onerror=window.ran=1>", icon: "https://evil.example/x.png" },
            provider: { request() {} },
          },
        ];
        const announce = (detail) =>
          window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
        window.addEventListener("eip6963:requestProvider", () => strange.forEach(announce));
        """
    )
    made.open()
    buttons = made.page.locator("[data-wallets] button")
    expect(buttons).to_have_text(["First", "<img src=x onerror=window.ran=1>", "Second"])
    expect(made.page.locator("[data-wallets] img[src]")).to_have_count(0)
    made.connect("Second")
    made.shows(8, re.compile(r"^the chain \(Second\) at block \d+, "))
    assert wallet.seen["eth_requestAccounts"] == 1
    assert made.wallets["com.first"].seen.total() == 0
    assert sum(relay.asked.total() for relay in made.relays) == 0
    assert made.page.evaluate("window.ran") is None


def test_a_wallet_that_is_just_there_and_late_is_found(
    visit: Open, chain: Chain, plain: str
) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain, chain_id=CHAIN), announced=False, plain=True, late=1200)
    made.open()
    made.connect("This browser's wallet")
    made.shows(8, re.compile("^the chain"))
    assert made.owned()["wallet"] == ""


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"error": {"code": 4001, "message": "User rejected"}}, "You declined the request"),
        ({"error": {"code": -32002, "message": "pending"}}, "The wallet is already asking"),
        ({"error": {"code": -32603, "message": "<b>no</b>"}}, "The wallet says: <b>no</b>"),
        ({"result": []}, "it may be locked"),
        ({"result": "0x"}, "it may be locked"),
        ({"result": [{"toString": 1}]}, "it may be locked"),
    ],
)
def test_a_wallet_that_gives_no_account(
    visit: Open, chain: Chain, plain: str, act: dict[str, Any], words: str
) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain, acts={"eth_requestAccounts": act}))
    made.open()
    made.connect()
    made.says(re.compile(re.escape(words)))
    expect(made.page.locator("[data-account]")).to_be_hidden()
    assert not made.owned()["known"]


def test_a_wallet_that_never_answers_can_be_left(visit: Open, chain: Chain, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain, acts={"eth_requestAccounts": {"never": True}}))
    made.page.clock.install()
    made.open()
    made.connect()
    made.says(re.compile("^Waiting for org.test"))
    made.page.get_by_role("button", name="Cancel").click()
    made.says("Cancelled.")
    made.connect()
    made.page.clock.fast_forward("02:05")
    made.says(re.compile("no answer in 120 seconds"))


def test_another_chain_is_no_obstacle_and_switching_is_an_offer(
    visit: Open, chain: Chain, plain: str
) -> None:
    made = visit(plain, tokens=LEDGER)
    wallet = made.add(Wallet(chain, chain_id="0x01"))
    made.open()
    made.connect()
    made.shows(8, re.compile(r"^the chain \(127"))
    assert wallet.seen["eth_call"] == 0
    nested = {"code": -32603, "message": "x", "data": {"originalError": {"code": 4902}}}
    wallet.acts["wallet_switchEthereumChain"] = {"error": nested}
    switch = made.page.get_by_role("button", name="Switch the wallet's chain")
    switch.click()
    made.says(re.compile("does not know this chain"))
    del wallet.acts["wallet_switchEthereumChain"]
    switch.click()
    made.shows(8, re.compile(r"^the chain \(org.test"))
    expect(switch).to_be_hidden()
    made.page.evaluate("wallets['org.test'].emit('chainChanged', '0x89')")
    expect(switch).to_be_visible()
    made.page.evaluate(f"wallets['org.test'].emit('chainChanged', {CHAIN})")
    expect(switch).to_be_hidden()
    made.page.evaluate("wallets['org.test'].emit('disconnect', {code: 4900})")
    expect(switch).to_be_visible()


def test_an_account_that_changes_while_it_is_read(visit: Open, chain: Chain, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain, chain_id="0x1"))
    made.open()
    made.relays[0].delay = 0.5
    made.connect()
    expect(made.page.locator("[data-status]").first).to_have_text("Reading what it holds.")
    made.page.evaluate(f"wallets['org.test'].emit('accountsChanged', ['{OTHER}'])")
    made.shows(4, re.compile("^the chain"))
    made.page.wait_for_timeout(800)
    made.shows(4, re.compile("^the chain"))
    assert made.owned()["address"] == OTHER
    made.page.evaluate("wallets['org.test'].emit('accountsChanged', [])")
    made.says(re.compile("^The wallet is locked"))
    made.shows(4, re.compile("^the chain"))


def test_an_album_token_unlocks_every_stem_of_its_songs(
    visit: Open, chain: Chain, plain: str, dist: Path
) -> None:
    forge = json.loads((dist / "data/forge.json").read_text("utf-8"))
    album = forge["albums"][0]
    token = ledger_token(8) | {"tier": "album", "album": album["slug"], "title": "Album #8"}
    made = visit(plain, tokens=[*LEDGER[:7], token, *LEDGER[8:]])
    made.add(Wallet(chain))
    made.open()
    made.connect()
    made.shows(8, re.compile("^the chain"))
    stems = {
        f"{song['slug']}/{layer['slug']}/{stem['slug']}"
        for song in forge["songs"]
        if song["slug"] in album["songs"]
        for layer in song["layers"]
        for stem in layer["stems"]
    }
    assert len(stems) > 1
    assert set(made.owned()["stems"]) >= stems


def test_what_was_forgotten_is_not_shown_again(visit: Open, chain: Chain, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    made.page.route("**/data/forge.json", hold)
    made.open()
    made.connect()
    expect(made.page.locator("[data-account]")).to_be_visible(timeout=10_000)
    made.page.get_by_role("button", name="Forget").click()
    made.says(re.compile("^Forgotten"))
    assert held
    held[0].continue_()
    made.page.wait_for_timeout(500)
    expect(made.page.locator("[data-songs]")).to_be_hidden()
    made.says(re.compile("^Forgotten"))


def test_an_address_is_remembered_and_forgotten(visit: Open, chain: Chain, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain))
    made.open()
    made.connect()
    made.shows(8, re.compile("^the chain"))
    known = made.owned()
    assert (known["address"], known["wallet"], known["source"]) == (ME, "org.test", "chain")
    assert set(known["tokens"]) == {str(number) for number in range(1, 9)}
    assert known["stems"] == sorted("/".join(key) for key in STEMS)
    made.page.reload()
    made.shows(8, re.compile("^the chain at block"))
    assert made.wallets["org.test"].seen["eth_requestAccounts"] == 1
    made.wallets["org.test"].accounts = [OTHER]
    made.page.reload()
    made.shows(4, re.compile("^the chain"))
    made.page.get_by_role("button", name="Forget").click()
    made.says(re.compile("^Forgotten"))
    made.page.reload()
    expect(made.page.locator("[data-account]")).to_be_hidden()
    assert not made.owned()["known"]
    assert made.page.evaluate("localStorage.length") == 0


BAD = {
    "hangs": lambda _: None,
    "fails": lambda _: (500, b"oops"),
    "lies": lambda _: (200, b"<html><script>window.ran = 1</script>"),
    "refuses": lambda _: refusal(-32601, "<img src=x onerror=window.ran=1>"),
    "is elsewhere": lambda _: result("0x1"),
    "is asked too much": lambda _: (429, b"slow down"),
    "speaks nonsense": lambda _: result({"hash": [], "number": "<b>", "timestamp": -1}),
}


@pytest.mark.parametrize("fault", BAD)
def test_an_endpoint_that_fails_is_passed_over(visit: Open, plain: str, fault: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    made.relays[0].act = BAD[fault]
    made.relays[0].delay = 9.0 if fault == "hangs" else 0.0
    made.look(ME.lower())
    expect(made.page.locator("[data-count]")).to_have_text("8", timeout=20_000)
    made.shows(8, re.compile(re.escape(made.relays[1].address.removeprefix("http://"))))
    assert made.page.evaluate("window.ran") is None


def test_without_any_endpoint_the_sites_own_list_is_shown_with_its_age(
    visit: Open, plain: str
) -> None:
    listed = [{**token, "owners": {ME: 1}} for token in LEDGER[:3]]
    made = visit(plain, tokens=listed, block=123456, time="2026-09-01T12:00:00Z")
    made.open()
    for relay in made.relays:
        relay.act = BAD["fails"]
    made.look(ME)
    made.shows(3, re.compile(r"^this site's own list at block 123,456, .*2026"))
    assert "status 500" in made.notices
    assert made.owned()["source"] == "snapshot"


def test_without_the_library_the_sites_own_list_still_serves(visit: Open, plain: str) -> None:
    made = visit(plain, tokens=[{**LEDGER[0], "owners": {ME: 1}}])
    made.page.route("**/ethers.min.js", lambda route: route.fulfill(status=404))
    made.open()
    made.look(ME.lower())
    made.shows(1, re.compile("^this site's own list"))
    assert "could not be loaded" in made.notices


def test_a_reorganisation_between_two_reads_is_read_again(
    visit: Open, chain: Chain, plain: str
) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    transfer = "transferFrom(address,address,uint256)"
    chain.send("Plain", plain, transfer, ME, NOBODY, 8, by=ME)
    reorganised: list[object] = []

    def reorganise(question: Question) -> None:
        if question["method"] == "eth_call" and not reorganised:
            reorganised.append(chain.ask("anvil_reorg", 1, []))

    made.relays[0].act = reorganise
    made.look(ME)
    made.shows(8, re.compile("^the chain"))
    assert reorganised
    assert made.relays[0].asked["eth_getBlockByNumber"] == 4


def test_the_chain_is_right_where_the_site_is_older(visit: Open, chain: Chain) -> None:
    address = chain.deploy("Plain")
    chain.mint("Plain", address, ME, 1, 1000)
    owners = [{**token, "owners": {ME: 1}} for token in LEDGER]
    owners[4] |= {"state": "forged", "into": "9000"}
    made = visit(address, tokens=owners)
    made.open()
    made.look(ME)
    made.shows(1000, re.compile("^the chain"))
    assert made.notices == ""
    chain.send("Plain", address, "forge(uint256,uint256,uint256)", 501, 500, 2000, by=ME)
    chain.send("Plain", address, "transferFrom(address,address,uint256)", ME, OTHER, 1, by=ME)
    made.page.get_by_role("button", name="Refresh").click()
    made.shows(499, re.compile("^the chain"))
    assert "The site knows the chain up to block 1; it is now at" in made.notices
    assert "disagree about 501 tokens" in made.notices
    assert "Incomplete" in made.notices
    assert made.owned()["complete"] is False


def test_a_new_token_of_a_listed_contract_is_shown_as_new(visit: Open, chain: Chain) -> None:
    address = chain.deploy("Listed")
    chain.mint("Listed", address, ME, 1, 3)
    made = visit(address, tokens=LEDGER[:2])
    made.open()
    made.look(ME)
    made.shows(3, re.compile("^the chain"))
    assert "1 token is new to this site" in made.notices
    made.page.get_by_label("Which").select_option("unknown")
    expect(made.page.locator("[data-cards] .name")).to_have_text(["#3"])


def test_copies_are_counted(visit: Open, chain: Chain) -> None:
    address = chain.deploy("Multi")
    chain.send("Multi", address, "mint(address,uint256,uint256,uint256)", ME, 1, 2, 3)
    made = visit(address, "erc1155", LEDGER[:8])
    made.open()
    made.look(ME)
    made.shows(6, re.compile("^the chain"))
    assert made.owned()["tokens"] == {"1": 3, "2": 3}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("0x12", "An address is 0x and 40 hexadecimal digits."),
        ("0x" + "zz" * 20, "An address is 0x and 40 hexadecimal digits."),
        (ME[:-1] + ME[-1].swapcase(), "fails its checksum (EIP-55)"),
        ("<img src=x onerror=window.ran=1>", "This is neither an address nor a name."),
        ("a\u200d..eth", "This is neither an address nor a name."),
        ("nobody.eth", "nobody.eth doesn't point to an address."),
    ],
)
def test_what_is_no_address_is_said_so(visit: Open, plain: str, words: str, answer: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    made.look(words)
    made.says(re.compile(re.escape(answer)))
    expect(made.page.locator(".told")).to_be_in_viewport()
    assert made.page.evaluate("window.ran") is None


def test_a_name_stands_for_an_address(visit: Open, chain: Chain, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    node = made.page.evaluate(
        """async (base) => {
          const { namehash } = await import(`${base}app/ethers/ethers.min.js`);
          return namehash("mara.eth");
        }""",
        made.base,
    )
    chain.send("Names", NAMES, "set(bytes32,address)", node, ME)
    made.look("Mara.eth")
    made.shows(8, re.compile("^the chain"))


def test_what_is_held_is_planned_with(visit: Open, plain: str) -> None:
    made = visit(plain, tokens=LEDGER, plans=True)
    made.open()
    made.look(ME)
    made.shows(8, re.compile("^the chain"))
    one = made.page.locator(".own").filter(
        has=made.page.get_by_role("link", name="One", exact=True)
    )
    expect(one.locator("[data-verdict]")).to_contain_text(
        "You can forge this song now: 2 at once", timeout=30_000
    )
    expect(one.locator("[data-verdict]")).to_contain_text("It is irreversible.")
    one.locator("[data-combos] summary").click()
    expect(one.locator("[data-rows] > li")).to_have_count(4)
    first = one.locator("[data-rows] > li").first
    expect(first).to_contain_text("nobody has it yet")
    first.get_by_role("button", name="Keep or forge?").click()
    expect(first.locator("[data-loss]")).to_contain_text(
        "Combinations left: 1 of 4. Songs you can still forge: 1 instead of 2."
    )
    expect(first.locator("[data-loss]")).to_contain_text("Forging is irreversible.")
    burned = first.locator("[data-loss] li a").all_inner_texts()
    assert len(burned) == 2
    expect(first.get_by_role("link", name="Forge it from these tokens")).to_have_attribute(
        "href",
        f"https://forge.example/?song=one&album=&burn={','.join(one[1:] for one in burned)}",
    )
    resources = "performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin)"
    site = made.base.split("/ipfs")[0]
    assert set(made.page.evaluate(resources)) <= {site, made.relays[0].address}


def test_albums_are_forged_and_tokens_revealed_where_the_site_says(
    visit: Open, chain: Chain
) -> None:
    address = chain.deploy("Plain")
    chain.mint("Plain", address, ME, 1, 3)
    hidden = {"id": "1", "tier": "stem", "state": "unrevealed", "title": "Unrevealed stem #1"}
    tokens = [{**hidden, "address": "tokens/1/", "image": "art/collection.svg"}] + [
        {
            "id": number,
            "tier": "song",
            "state": "revealed",
            "song": song,
            "mix": "1-1",
            "stems": {"drums": "live", "bass": "live"},
            "title": f"{song} 1-1 #{number}",
            "address": f"tokens/{number}/",
            "image": "art/collection.svg",
        }
        for number, song in (("2", "two"), ("3", "one"))
    ]
    made = visit(address, tokens=tokens, plans=True)
    made.open()
    made.look(ME)
    made.shows(3, re.compile("^the chain"))
    expect(made.page.get_by_role("link", name="Reveal #1")).to_have_attribute(
        "href", "https://reveal.example/1"
    )
    assert made.page.get_by_role("link", name=re.compile("^Reveal #")).count() == 1
    expect(made.page.get_by_role("link", name="Forge it from #3 and #2")).to_have_attribute(
        "href", "https://forge.example/?song=&album=tides&burn=3,2", timeout=30_000
    )
    for name in ("Reveal #1", "Forge it from #3 and #2"):
        line = made.page.get_by_role("link", name=name).evaluate(
            "a => getComputedStyle(a).textDecorationLine"
        )
        assert line == "underline"


def song_token(number: int, **more: object) -> dict[str, Any]:
    """Return a song token of a contract of its own."""
    return {
        "id": f"song/{number}",
        "tier": "song",
        "state": "revealed",
        "song": "one",
        "mix": "1-1",
        "stems": {"drums": "live", "bass": "live"},
        "title": f"One 1-1 #{number}",
        "address": f"tokens/song/{number}/",
        "image": "art/collection.svg",
        **more,
    }


def test_a_contract_that_cannot_be_read_leaves_the_others_live(visit: Open, chain: Chain) -> None:
    address, songs = chain.deploy("Plain"), chain.deploy("Listed")
    chain.mint("Plain", address, ME, 1, 2)
    chain.mint("Listed", songs, ME, 2, 1)
    tokens = [ledger_token(1), ledger_token(2), song_token(1, owners={ME: 1}), song_token(2)]
    made = visit(address, tokens=tokens, own={"song": songs}, own_chain=10)
    made.open()
    made.look(ME)
    made.shows(3, re.compile("^the chain"))
    assert "Not read from the chain: song (" in made.notices
    assert f"it is on chain {CHAIN}, not 10" in made.notices
    assert "Their tokens are those of this site's own list, which may be out of date" in (
        made.notices
    )
    assert made.owned()["tokens"] == {"1": 1, "2": 1, "song/1": 1}
    made.page.reload()
    expect(made.page.locator("[data-notices]")).to_contain_text("Not read from the chain: song.")
    wallet = made.add(Wallet(chain, chain_id="0xa"))
    made.open()
    made.connect()
    made.shows(3, re.compile(r"^the chain \(.*, org\.test\)"))
    assert made.owned()["tokens"] == {"1": 1, "2": 1, "song/2": 1}
    assert "Not read" not in made.notices
    assert wallet.seen["wallet_switchEthereumChain"] == 0
    expect(made.page.get_by_role("button", name="Switch the wallet's chain")).to_be_hidden()


def test_tiers_in_contracts_of_their_own_are_read(visit: Open, chain: Chain) -> None:
    address, songs = chain.deploy("Plain"), chain.deploy("Listed")
    chain.mint("Plain", address, ME, 1, 2)
    chain.mint("Listed", songs, ME, 1, 1)
    chain.mint("Listed", songs, OTHER, 2, 1)
    chain.mint("Listed", songs, ME, 9, 1)
    tokens = [*map(ledger_token, (1, 2)), *map(song_token, (1, 2))]
    made = visit(address, tokens=tokens, plans=True, own={"song": songs})
    made.open()
    made.look(ME)
    made.shows(4, re.compile("^the chain"))
    assert made.owned()["tokens"] == {"1": 1, "2": 1, "song/1": 1, "song/9": 1}
    cards = made.page.locator("[data-cards] .card")
    expect(cards.filter(has_text="One 1-1 #1").get_by_role("link")).to_have_attribute(
        "href", re.compile("/tokens/song/1/$")
    )
    expect(cards.filter(has_text="#9")).to_contain_text("new to this site")
    one = made.page.locator(".own").filter(
        has=made.page.get_by_role("link", name="One", exact=True)
    )
    expect(one.locator("[data-progress]")).to_contain_text("1 song token.", timeout=30_000)


def test_a_visitor_reads_which_perks_the_address_is_entitled_to(visit: Open, chain: Chain) -> None:
    address = chain.deploy("Plain")
    chain.mint("Plain", address, ME, 93, 1)
    chain.mint("Plain", address, OTHER, 5, 1)
    made = visit(address, tokens=[ledger_token(number) for number in (5, 93)])
    made.page.goto(f"{made.base}perks/")
    perk = made.page.locator("[data-perk]")
    entitled = perk.locator("[data-entitled]")
    expect(perk).to_contain_text("Holders of song tokens 91\u201393, 99")
    expect(entitled).to_be_hidden()
    made.page.get_by_role("link", name="Connect a wallet or paste an address").click()
    made.look(ME)
    made.shows(1, re.compile("^the chain"))
    made.page.get_by_role("link", name="Perks").click()
    expect(entitled).to_have_text("You are entitled: you hold song token #93.")
    expect(entitled.get_by_role("link")).to_have_attribute("href", re.compile("/tokens/93/$"))
    expect(made.page.locator("[data-whose]")).to_have_text(
        re.compile(rf"^Compared with what {ME} held at block \d+\.$")
    )
    made.page.go_back()
    made.look(OTHER)
    expect(made.page.locator("[data-address]")).to_have_text(OTHER)
    made.page.get_by_role("link", name="Perks").click()
    expect(entitled).to_have_text("None of your tokens includes it.")


def test_a_price_by_hand_gives_the_cheapest_completion(visit: Open, chain: Chain) -> None:
    address = chain.deploy("Plain")
    chain.mint("Plain", address, ME, 8, 1)
    made = visit(address, tokens=LEDGER, plans=True)
    made.open()
    made.look(ME)
    made.shows(1, re.compile("^the chain"))
    one = made.page.locator(".own").filter(
        has=made.page.get_by_role("link", name="One", exact=True)
    )
    expect(one.locator("[data-progress]")).to_have_text(
        "1 of 2 layers. Missing: Bass.", timeout=30_000
    )
    expect(one.locator("[data-market] a")).to_have_attribute(
        "href", f"https://market.example/{to_checksum_address(address)}/2"
    )
    one.locator("[data-buying] summary").click()
    for name, price in (("Live", "0.3"), ("Synth", "0.2")):
        one.get_by_role("group", name="Bass").get_by_label(name).fill(price)
    expect(one.locator("[data-cost]")).to_have_text(
        "Cheapest: 0.2 for Bass: Synth. That is mix 1-2."
    )


PLAN = """async ([songs, ledger]) => {
  const modules = document.querySelector("script[src$='/site.js']").src;
  const { startPython } = await import(new URL("python/runtime.js", modules));
  const python = await startPython();
  const { Planner } = python.pyimport("pyodide_app.planner");
  const planner = Planner(JSON.stringify(songs), JSON.stringify(ledger));
  const held = JSON.stringify(Object.fromEntries(ledger.tokens.map(({ id }) => [id, 1])));
  const times = [];
  for (let runs = 0; runs < 3; runs++) {
    const started = performance.now();
    planner.set_holdings(held);
    times.push((performance.now() - started) / 1000);
  }
  return [Math.min(...times), JSON.parse(planner.set_holdings(held))];
}"""


def test_ten_thousand_holdings_are_planned_in_a_second(visit: Open, plain: str) -> None:
    made = visit(plain, tokens=LEDGER, plans=True)
    stems = [{"slug": f"s{nth}", "name": f"S{nth}", "share": 3 + nth} for nth in range(3)]
    layers = [{"slug": f"l{at}", "name": f"L{at}", "stems": stems} for at in range(8)]
    rules = [
        {
            "if": {f"l{at}": ["s0"]},
            "exclude": {f"l{at + 1}": ["s1"], f"l{at + 2}": ["s2"]},
            "require": {},
        }
        for at in range(0, 6, 3)
    ]
    facts = {
        "title": "Song",
        "address": "songs/x/",
        "cover": "art/collection.svg",
        "layers": layers,
        "rules": rules,
    }
    songs = [{"slug": f"song{at}", **facts} for at in range(30)]
    album = {"slug": "a", "title": "A", "songs": [song["slug"] for song in songs]}
    keys = [
        (song["slug"], layer["slug"], stem["slug"])
        for song in songs
        for layer in layers
        for stem in stems
    ]
    names = ("song", "layer", "stem")
    tokens = [
        {
            "id": str(at),
            "tier": "stem",
            "state": "revealed",
            **dict(zip(names, keys[at % len(keys)], strict=True)),
        }
        for at in range(1, SIZE + 1)
    ]
    made.open()
    given = [{"songs": songs, "albums": [album]}, {"tokens": tokens}]
    seconds, planned = made.page.evaluate(PLAN, given)
    print(f"{SIZE} holdings planned in {seconds:.2f} s")  # noqa: T201 - to be seen
    assert len(planned["songs"]) == 30
    assert all(song["exact"] and song["at_once"] > 30 for song in planned["songs"])
    assert seconds < 1


HOSTILE = [
    "<script>window.ran = 1</script>",
    '"><img src=x onerror=window.ran=1>',
    "javascript:window.ran=1",
    "data:text/html,<script>parent.ran=1</script>",
    "{{ constructor.constructor('window.ran=1')() }}",
    "\u202e\u0000\ud800x",
    "//evil.example/",
    "https://evil.example/",
    "../../../../etc/passwd",
    "__proto__",
]


def hostile_song(bad: str) -> dict[str, Any]:
    """Return a song with the same words in every field."""
    layers = [{"slug": bad, "name": bad, "stems": [{"slug": bad, "name": bad, "share": 1}]}]
    return {"slug": bad, "title": bad, "address": bad, "cover": bad, "layers": layers, "rules": []}


def hostile_tokens(number: int, bad: str) -> list[dict[str, Any]]:
    """Return tokens with the same words in every field; one has a tier and a state."""
    fields = ("song", "layer", "stem", "title", "address", "image", "album", "tier", "state")
    strange = {"id": str(2 * number), **dict.fromkeys(fields, bad)}
    known = {**strange, "id": str(2 * number + 1), "tier": "stem", "state": "revealed"}
    return [strange, known]


def test_hostile_words_run_nowhere(visit: Open, chain: Chain, tmp_path: Path) -> None:
    bad = HOSTILE
    address = chain.deploy("Plain")
    chain.mint("Plain", address, ME, 1, 2 * len(bad))
    made = visit(
        address,
        tokens=[token for at, words in enumerate(bad, 1) for token in hostile_tokens(at, words)],
        plans=True,
        time=bad[0],
    )
    names = [{"slug": each, "title": each, "address": each, "cover": each} for each in bad]
    albums = [{**album, "songs": [album["slug"]]} for album in names]
    songs = [hostile_song(each) for each in bad]
    replace(tmp_path / "0/data/forge.json", {"songs": songs, "albums": albums})
    collection = json.loads((tmp_path / "0/data/collection.json").read_text("utf-8"))
    collection["contract"] |= {"marketplace": bad[2], "explorer": bad[3]}
    replace(tmp_path / "0/data/collection.json", collection)
    asked: list[str] = []
    made.page.on("request", lambda request: asked.append(request.url))
    stored = {
        **dict.fromkeys(("wallet", "source", "block", "time", "complete"), bad[0]),
        "address": ME,
        "tokens": {bad[0]: 1, "1": bad[1], "2": 1, "__proto__": 5},
        "stems": [*bad, 7, None],
    }
    key = f"stempress:holding:eip155:{CHAIN}:{'0x' + 'ab' * 20}"
    words = json.dumps([key, json.dumps(stored)])
    made.page.add_init_script(f"localStorage.setItem(...{words})")
    for each in bad:
        made.add(Wallet(chain), f"id {each}", name=each, icon=each)
    made.page.goto(f"{made.base}mine/#{bad[0]}")
    made.shows(1, "this site's own list")
    known = made.owned()
    assert (known["wallet"], known["block"], known["time"]) == ("", None, "")
    assert (known["tokens"], known["stems"]) == ({"2": 1}, [])
    buttons = made.page.locator("[data-wallets] button")
    expect(buttons).to_have_count(len(bad))
    buttons.first.click()
    made.shows(2 * len(bad) - 1, re.compile("^the chain"))
    planning = made.page.locator("[data-planning]")
    expect(planning).to_have_text(re.compile("^($|Nothing can be planned)"), timeout=30_000)
    for at, wallet in enumerate(made.wallets.values()):
        error = {"code": bad[at], "message": bad[at], "data": bad[at]}
        wallet.acts["eth_requestAccounts"] = {"error": error}
        buttons.nth(at).click()
        made.says(re.compile("^The wallet says: "))
    assert made.page.evaluate("[window.ran, {}.polluted]") == [None, None]
    links = made.page.locator("main a[href], main img[src]").evaluate_all(
        "all => all.map(({ href, src }) => href ?? src)"
    )
    assert links
    assert all(link.startswith((made.base, "data:image/")) for link in links)
    hosts = (made.base, *(relay.address for relay in made.relays))
    assert all(url.startswith((*hosts, "data:")) for url in asked), asked


def test_pages_may_connect_to_the_endpoints_and_to_nobody_else(
    dist: Path, relays: tuple[Relay, Relay]
) -> None:
    named = " ".join(["'self'", *(relay.address for relay in relays)])
    for path in dist.rglob("*.html"):
        policy = re.search(r"connect-src ([^;]*);", path.read_text("utf-8"))
        assert policy
        if "embed" in path.relative_to(dist).parts:
            assert policy[1] == "'self' https: http:", path  # until site.js has named the site
        else:
            assert policy[1] == ("'self'" if path.name == "404.html" else named), path


def test_music_goes_on_to_this_page_and_endpoints_are_asked(visit: Open, plain: str) -> None:
    made = visit(plain, tokens=LEDGER, plans=True)
    made.page.goto(f"{made.base}songs/one/")
    made.page.locator("main [data-queue]").first.click()
    bar = made.page.get_by_role("region", name="Player", exact=True)
    bar.get_by_role("button", name="Repeat: off").click()  # its songs last a second
    expect(bar).to_have_attribute("data-state", "playing", timeout=60_000)
    made.page.evaluate("window.marked = true")
    made.page.get_by_role("link", name="My tokens", exact=True).click()
    made.look(ME)
    made.shows(8, re.compile("^the chain"))
    assert made.relays[0].asked.total() > 0
    assert made.page.evaluate("window.marked")
    expect(bar).to_have_attribute("data-state", "playing")


def test_nobody_is_asked_before_the_visitor_asks(visit: Open, chain: Chain, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain))
    asked: list[str] = []
    made.page.on("request", lambda request: asked.append(request.url))
    made.open()
    expect(made.page.get_by_role("button", name="org.test")).to_be_visible()
    made.page.wait_for_timeout(500)
    assert made.wallets["org.test"].seen.total() == 0
    assert not any("ethers" in url or "pyodide" in url for url in asked)
    assert sum(relay.asked.total() for relay in made.relays) == 0


def test_multicall_stands_where_the_page_looks_for_it(chain: Chain) -> None:
    assert chain.ask("eth_getCode", MULTICALL, "latest") != "0x"


def to_every_call(answer: Answer) -> Act:
    """Return how an endpoint acts that gives this answer to every call of a contract."""
    return lambda question: answer if question["method"] == "eth_call" else None


@pytest.mark.parametrize(
    "act",
    [
        to_every_call(refusal(-32000, "missing trie node 8b16 (path )")),
        to_every_call(refusal(4444, "pruned history unavailable")),
        to_every_call(refusal(-32000, "header not found")),
        to_every_call(refusal(-32005, "limit exceeded")),
        to_every_call(result(None)),
        to_every_call(result({"x": []})),
        lambda question: result(None) if question["method"] == "eth_getBlockByNumber" else None,
        lambda question: result(None) if question["method"] == "eth_getCode" else None,
    ],
    ids=["pruned", "pruned history", "lagging", "unclear", "null", "object", "no block", "no code"],
)
def test_an_endpoint_that_lacks_something_is_not_taken_for_a_contract_without_tokens(
    visit: Open, plain: str, act: Act
) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    made.relays[0].act = act
    made.look(ME)
    expect(made.page.locator("[data-count]")).to_have_text("8", timeout=20_000)
    made.shows(8, re.compile("^the chain"))
    assert made.owned()["complete"]


def test_an_endpoint_behind_the_site_is_passed_over(visit: Open, chain: Chain, plain: str) -> None:
    head = int(chain.ask("eth_blockNumber"), 16)
    made = visit(plain, tokens=[{**token, "owners": {ME: 1}} for token in LEDGER[:8]], block=head)
    made.open()
    old = chain.ask("eth_getBlockByNumber", hex(head - 1), *(False,))

    def lag(question: Question) -> Answer | None:
        return result(old) if question["params"][:1] == ["latest"] else None

    made.relays[0].act = lag
    made.look(ME)
    other = made.relays[1].address.removeprefix("http://")
    made.shows(8, re.compile(rf"^the chain \({re.escape(other)}\)"))
    made.relays[1].act = lag
    made.page.get_by_role("button", name="Refresh").click()
    expect(made.page.locator("[data-notices]")).to_contain_text("it lags behind")


def test_all_endpoints_that_are_busy_are_asked_again(visit: Open, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    for relay in made.relays:
        answers = iter([refusal(429, "slow down")] * 4)
        relay.act = lambda _, answers=answers: next(answers, None)  # type: ignore[misc]
    made.look(ME)
    made.shows(8, re.compile("^the chain"))


def test_the_size_of_batches_that_an_endpoint_takes_is_remembered(
    visit: Open, large: dict[str, str]
) -> None:
    made = visit(large["Multi"])
    made.open()
    refused = 0

    def small_only(question: Question) -> Answer | None:
        nonlocal refused
        too_large = len(json.dumps(question)) > 30_000
        refused += too_large
        return refusal(-32000, "request too large") if too_large else None

    made.relays[0].act = small_only
    contract = {"address": large["Multi"], "standard": "erc1155", "chain_id": CHAIN}
    asked = [contract, ME, SIZE, [made.relays[0].address]]
    for _ in range(2):
        assert sorted(map(int, made.page.evaluate(READ, asked)["tokens"])) == list(MINE)
    assert refused <= 15  # three at a time, five sizes; none of them twice


def test_nobody_holds_a_burn_address(visit: Open, plain: str) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    made.look("0x000000000000000000000000000000000000dEaD")
    made.says("Nobody holds this address: what was sent to it is burned.")


def test_a_wallet_announced_and_behind_a_proxy_is_listed_once(
    visit: Open, chain: Chain, plain: str
) -> None:
    made = visit(plain, tokens=LEDGER)
    made.add(Wallet(chain), "com.one", name="One")
    made.page.add_init_script("window.ethereum = new Proxy(window.wallets['com.one'], {});")
    made.open()
    buttons = made.page.locator("[data-wallets] button")
    expect(buttons).to_have_text(["One"])
    made.page.evaluate("window.dispatchEvent(new Event('ethereum#initialized'))")
    expect(buttons).to_have_text(["One"])


def test_a_site_without_holders_says_why_the_chain_could_not_be_read(
    visit: Open, plain: str
) -> None:
    made = visit(plain, tokens=LEDGER)
    made.open()
    for relay in made.relays:
        relay.act = lambda _: refusal(4444, "pruned history unavailable")
    made.look(ME)
    made.says(re.compile(r"^The chain could not be read \(.*pruned history unavailable.*\), and"))

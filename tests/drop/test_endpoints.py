"""``sync`` with endpoints that are busy, limited, pruned, lagging or wrong, without a chain."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests
from eth_utils.address import to_checksum_address
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from build import build
from stempress.commands.cli import run
from stempress.core.errors import SiteError
from stempress.drop import endpoint as transport
from stempress.drop import rpc
from stempress.drop.events import TRANSFER, ZERO
from stempress.drop.log_span import FIRST_SPAN, LogSpan
from stempress.drop.rpc_errors import LimitedError, UnclearError, suggested_spans
from stempress.drop.sync_command import sync
from tests.conftest import ROOT
from tests.support.evm.ledger_chain import (
    CONTRACT,
    FakeEndpoint,
    LedgerChain,
    Network,
    RevertedCall,
    refuse,
)
from tests.support.sizes import sized
from tests.support.small_site import write_small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.evm.ledger_chain import Answer, Question

ME, YOU, HER = (to_checksum_address("0x" + byte * 20) for byte in ("ab", "cd", "ef"))
DEAD = "0x000000000000000000000000000000000000dEaD"
PARTS = (("drums", "live"), ("bass", "synth"))
TOKENS = 8


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    monkeypatch.setenv("STEMPRESS_CACHE", str(tmp_path / "cache"))
    made = Network()
    for module in (rpc, transport):
        monkeypatch.setattr(module, "time", made)
    monkeypatch.setattr(requests.Session, "post", made.post)
    return made


@pytest.fixture
def chain() -> LedgerChain:
    """Return a chain with eight tokens, of which some have moved on, long ago and lately."""
    made = LedgerChain()
    made.move(240, ZERO, ME, 1, 2, 3, 4)
    made.move(250, ME, YOU, 1)
    made.move(400, ZERO, ME, 5, 6, 7, 8)
    made.move(500, ME, YOU, 5)
    return made


def write_site(
    site: Path, network: Network, *endpoints: FakeEndpoint, standard: str = "erc721"
) -> Path:
    """Write a site that lists these endpoints, at a.example, b.example..."""
    network.endpoints = {
        f"{name}.example": endpoint for name, endpoint in zip("abc", endpoints, strict=False)
    }
    if not (site / "site.toml").exists():
        write_small_site(site)
        one = site / "content/albums/tides/one.md"
        one.write_text(one.read_text("utf-8").replace("supply = 4", "weight = 4"), "utf-8")
    text = (site / "site.toml").read_text("utf-8")
    urls = json.dumps([f"https://{host}/key" for host in network.endpoints])
    before, _, after = text.partition("[collection.contract]\n")
    after = after[after.index("\n[") :] if "\n[" in after else ""
    table = f'address = "{CONTRACT}"\nchain_id = 1\nrpc = {urls}\nstandard = "{standard}"\n'
    (site / "site.toml").write_text(f"{before}[collection.contract]\n{table}{after}", "utf-8")
    tokens = [
        {"id": str(n), "tier": "stem", "state": "revealed", "song": "one"}
        | dict(zip(("layer", "stem"), PARTS[n % 2], strict=True))
        for n in range(1, TOKENS + 1)
    ]
    (site / "content/tokens.json").write_text(json.dumps({"tokens": tokens}), "utf-8")
    return site


def run_sync(site: Path, *options: str) -> int:
    return run(["sync", "--site", str(site), *options], build, ROOT)


def ledger(site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "content/tokens.json").read_text("utf-8"))
    return content


OWNERS = {"1": YOU, "2": ME, "3": ME, "4": ME, "5": YOU, "6": ME, "7": ME, "8": ME}


def is_logs(question: Question) -> bool:
    return bool(question["method"] == "eth_getLogs")


def span_of(question: Question) -> int:
    log_filter = question["params"][0]
    return 1 + int(log_filter["toBlock"], 16) - int(log_filter["fromBlock"], 16)


def every(number: int, answer: Answer) -> Callable[[Question], Answer | None]:
    """Return how an endpoint acts that refuses every so many requests."""
    asked = iter(range(1, 1_000_000))
    return lambda _: answer if next(asked) % number == 0 else None


BUSY = [
    refuse(429, "Your app has exceeded its compute units per second capacity."),
    refuse(-32005, "daily request count exceeded, request rate limited"),
    refuse(-32005, "limit exceeded"),
    refuse(-32005, "nope"),
    refuse(-32000, "429 Too Many Requests: over rate limit"),
    refuse(-32012, "credits limited to 6000/sec"),
    refuse(-32603, "50/second request limit reached"),
    refuse(-32016, "over rate limit", 429),
    (429, b""),
    (503, b"<html>busy</html>"),
]


@pytest.mark.parametrize("busy", BUSY, ids=str)
def test_a_rate_limit_is_waited_for_and_the_span_kept(
    chain: LedgerChain, network: Network, tmp_path: Path, busy: Answer
) -> None:
    endpoint = FakeEndpoint(chain, every(3, busy))
    assert run_sync(write_site(tmp_path / "site", network, endpoint)) == 0
    assert ledger(tmp_path / "site")["owners"] == OWNERS
    assert network.slept
    assert {last - first for first, last in endpoint.ranges()} == {536 - 234}


def test_a_refusal_while_the_first_block_is_searched_does_not_begin_at_block_0(
    chain: LedgerChain, network: Network, tmp_path: Path
) -> None:
    def only_code(
        question: Question, refuse_some: Callable[[Question], Answer | None]
    ) -> Answer | None:
        return refuse_some(question) if question["method"] == "eth_getCode" else None

    for busy in (*BUSY, (500, b""), (200, b"<html>")):
        endpoint = FakeEndpoint(chain, partial(only_code, refuse_some=every(4, busy)))
        assert run_sync(write_site(tmp_path / "site", network, endpoint), "--anew") == 0
        assert min(endpoint.ranges())[0] == 234


def test_a_single_endpoint_that_keeps_no_old_state_is_read_from_block_0_and_that_is_said(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def act(question: Question) -> Answer | None:
        is_old = "Code" in question["method"] and int(question["params"][1], 16) < 530
        return refuse(-32000, "missing trie node 8b16 (path )") if is_old else None

    endpoint = FakeEndpoint(chain, act)
    assert run_sync(write_site(tmp_path / "site", network, endpoint)) == 0
    assert min(endpoint.ranges())[0] == 0
    assert "--from-block N" in capsys.readouterr().err
    again, other = FakeEndpoint(chain, act), FakeEndpoint(chain)
    assert run_sync(write_site(tmp_path / "site", network, again, other), "--anew") == 0
    assert min(again.ranges() + other.ranges())[0] == 234


LIMITS = [
    (10, refuse(-32600, "you can make eth_getLogs requests with up to a 10 block range")),
    (10, refuse(-32600, "no")),
    (499, refuse(-32602, "eth_getLogs is limited to 0 - 499 blocks range")),
    (499, refuse(-32005, "limit exceeded")),
    (500, refuse(-32000, "block range is too wide")),
    (50, refuse(-32000, "exceed maximum block range: 50")),
    (100, (413, b"")),
    (1, refuse(-32005, "range too large")),
]


@pytest.mark.parametrize(("limit", "answer"), LIMITS, ids=str)
def test_what_an_endpoint_allows_is_found_and_remembered(
    chain: LedgerChain, network: Network, tmp_path: Path, limit: int, answer: Answer
) -> None:
    def act(question: Question) -> Answer | None:
        return answer if is_logs(question) and span_of(question) > limit else None

    endpoint = FakeEndpoint(chain, act)
    site = write_site(tmp_path / "site", network, endpoint)
    assert run_sync(site) == 0
    assert ledger(site)["owners"] == OWNERS
    assert endpoint.refused <= 16 + len(endpoint.ranges()) // 100
    endpoint.refused = 0
    assert run_sync(site, "--anew") == 0
    assert endpoint.refused <= len(endpoint.ranges()) // 100
    spans = sorted(last - first + 1 for first, last in endpoint.ranges()[-5:])
    assert spans[-2] >= limit // 2


def test_a_limit_of_results_is_not_taken_for_one_of_blocks(
    chain: LedgerChain, network: Network, tmp_path: Path
) -> None:
    def act(question: Question) -> Answer | None:
        if not is_logs(question) or len(chain.eth_getLogs(question["params"][0])) <= 3:
            return None
        return refuse(-32005, "query returned more than 10000 results")

    for moved in range(400, 404):
        chain.move(moved, ME, ME, 6)
    endpoint = FakeEndpoint(chain, act)
    site = write_site(tmp_path / "site", network, endpoint)
    chain.transfers[240] = chain.transfers[240][:3]
    chain.transfers[400] = chain.transfers[400][:2] + chain.transfers[400][4:]
    assert run_sync(site) == 0
    assert (
        not (tmp_path / "cache/chain/limits.json").exists()
        or json.loads((tmp_path / "cache/chain/limits.json").read_text()) == {}
    )


def test_a_limit_that_is_lifted_is_noticed() -> None:
    span = LogSpan()
    while span.next_size > 10:
        span.refuse(span.next_size, LimitedError("block range is too wide"))
    for _ in range(200):
        span.succeed(span.next_size)
    assert span.size > 1_000


def test_what_is_refused_without_a_reason_is_tried_with_one_block() -> None:
    limited, busy = LogSpan(), LogSpan()
    for span in (limited, busy):
        assert not span.refuse(span.next_size, UnclearError("limit exceeded"))
        assert span.next_size == FIRST_SPAN
        assert not span.refuse(span.next_size, UnclearError("limit exceeded"))
        assert span.next_size == 1
    limited.succeed(1)
    assert 1 < limited.next_size < FIRST_SPAN
    assert not busy.refuse(1, UnclearError("limit exceeded"))
    assert busy.next_size == FIRST_SPAN


@pytest.mark.parametrize(
    ("message", "spans"),
    [
        ("up to a 10 block range", [10]),
        ("limited to 0 - 499 blocks range", [499]),
        ("exceed maximum block range: 5,000", []),
        ("up to a 1K block range", [1_000]),
        ("this block range should work: [0x10, 0x4f]", [64]),
        ("retry with the range 24383075-24383096", [22]),
        ("code -32005, 1e9, 0x7d0, v2.1", []),
    ],
)
def test_numbers_in_refusals_are_hints(message: str, spans: list[int]) -> None:
    assert suggested_spans(message, 2_000) == spans


@pytest.mark.parametrize("standard", ["erc721", "erc1155"])
@pytest.mark.parametrize(("indexed", "no_data"), [(3, None), (3, "0x"), (2, None), (0, None)])
def test_transfers_are_read_whatever_is_indexed(  # noqa: PLR0917
    chain: LedgerChain,
    network: Network,
    tmp_path: Path,
    standard: str,
    indexed: int,
    no_data: object,
) -> None:
    chain.standard, chain.no_data = standard, no_data
    chain.indexed = 0 if standard == "erc1155" and indexed == 2 else indexed
    site = write_site(tmp_path / "site", network, FakeEndpoint(chain), standard=standard)
    assert run_sync(site) == 0
    holders = {token: [owner] for token, owner in OWNERS.items()}
    owners = ledger(site)["owners"].items()
    assert holders == {
        token: [owner] if isinstance(owner, str) else [*owner] for token, owner in owners
    }


def test_an_event_that_cannot_be_read_is_named_without_waiting(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain.indexed = 1
    assert run_sync(write_site(tmp_path / "site", network, FakeEndpoint(chain))) == 1
    output = capsys.readouterr().err
    assert "Transfer that cannot be read, in block '0xf0', transaction '0x0" in output
    assert "1 of 3 arguments are indexed" in output
    assert sum(network.slept) < 2


@pytest.mark.parametrize(
    ("standard", "answer", "words"),
    [
        ("erc721", None, "answers eth_call with null"),
        ("erc721", {}, "answers eth_call with {}"),
        ("erc721", "0x", "standard: is not the contract's: it does not answer ownerOf"),
        ("erc721", "0xzz", "answers eth_call with '0xzz'"),
        ("erc721", "0x" + "ff" * 32, "gives no address as the owner"),
        ("erc1155", None, "answers eth_call with null"),
        ("erc1155", "0x", "standard: is not the contract's: it does not answer balanceOfBatch"),
    ],
)
def test_calls_without_an_answer_are_refused_by_name(  # noqa: PLR0917
    chain: LedgerChain,
    network: Network,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    standard: str,
    answer: object,
    words: str,
) -> None:
    def act(question: Question) -> Answer | None:
        if question["method"] != "eth_call":
            return None
        return 200, {"jsonrpc": "2.0", "id": question["id"], "result": answer}

    chain.standard = standard
    site = write_site(tmp_path / "site", network, FakeEndpoint(chain, act), standard=standard)
    assert run_sync(site) == 1
    assert words in capsys.readouterr().err
    assert run_sync(
        write_site(site, network, FakeEndpoint(chain, act), FakeEndpoint(chain)), "--anew"
    ) in (0, 1)


def test_a_contract_of_the_other_standard_is_named(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = write_site(tmp_path / "site", network, FakeEndpoint(chain), standard="erc1155")
    assert run_sync(site) == 1
    assert "site.toml: standard" in capsys.readouterr().err
    assert sum(network.slept) < 2


def prune(block: int, answer: Answer | None) -> Callable[[Question], Answer | None]:
    """Return how an endpoint acts that has no logs before a block; None: it says there are none."""

    def act(question: Question) -> Answer | None:
        if not is_logs(question):
            return None
        first = int(question["params"][0]["fromBlock"], 16)
        if answer is not None:
            return answer if first < block else None
        last = int(question["params"][0]["toBlock"], 16)
        logs = LOGS[0].eth_getLogs({"fromBlock": hex(max(first, block)), "toBlock": hex(last)})
        return 200, {"jsonrpc": "2.0", "id": question["id"], "result": logs}

    return act


LOGS: list[LedgerChain] = []
PRUNED = [
    refuse(4444, "pruned history unavailable"),
    refuse(-32000, "missing trie node 8b1604e0 (path )"),
    refuse(-32000, "old data not available due to pruning: from tx: 1, min tx: 2"),
    refuse(-32000, "header not found"),
    refuse(-32602, "block 234 is before the earliest available block"),
    None,
]


@pytest.mark.parametrize("answer", PRUNED, ids=str)
@pytest.mark.parametrize("standard", ["erc721", "erc1155"])
def test_another_endpoint_gives_what_one_has_pruned(
    chain: LedgerChain, network: Network, tmp_path: Path, answer: Answer | None, standard: str
) -> None:
    LOGS[:] = [chain]
    chain.standard = standard
    chain.move(260, ME, HER, 2)  # her only transfer
    pruned, full = FakeEndpoint(chain, prune(380, answer)), FakeEndpoint(chain)
    site = write_site(tmp_path / "site", network, pruned, full, standard=standard)
    assert run_sync(site) == 0
    assert ledger(site)["owners"]["2"] in (HER, {HER: 1})
    assert len(ledger(site)["owners"]) == TOKENS
    assert pruned.refused <= 3


@pytest.mark.parametrize("answer", PRUNED, ids=str)
def test_what_no_endpoint_keeps_is_asked_of_the_contract(
    chain: LedgerChain,
    network: Network,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    answer: Answer | None,
) -> None:
    LOGS[:] = [chain]
    chain.move(260, ME, HER, 2)
    endpoint = FakeEndpoint(chain, prune(380, answer))
    site = write_site(tmp_path / "site", network, endpoint)
    assert run_sync(site) == 0
    assert ledger(site)["owners"] == OWNERS | {"2": HER}
    assert "owners that no log names, but the contract: 1, 2, 3, 4" in capsys.readouterr().err
    before = ledger(site)
    chain.length += 100
    assert run_sync(site) == 0
    assert ledger(site)["owners"] == before["owners"]


def test_copies_whose_logs_no_endpoint_keeps_are_an_error(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Holders of copies are nowhere but in logs, so what is missing cannot be found."""
    LOGS[:] = [chain]
    chain.standard = "erc1155"
    site = write_site(
        tmp_path / "site", network, FakeEndpoint(chain, prune(450, None)), standard="erc1155"
    )
    assert run_sync(site) == 1
    assert "omitted logs" in capsys.readouterr().err


@pytest.mark.parametrize(
    "grave", [ZERO, DEAD, DEAD.lower(), "0xdEAD000000000000000042069420694206942069"]
)
@pytest.mark.parametrize("standard", ["erc721", "erc1155"])
def test_what_is_sent_to_a_burn_address_is_burned(
    chain: LedgerChain, network: Network, tmp_path: Path, grave: str, standard: str
) -> None:
    chain.standard = standard
    chain.move(520, ME, to_checksum_address(grave), 2)
    site = write_site(tmp_path / "site", network, FakeEndpoint(chain), standard=standard)
    assert run_sync(site) == 0
    synced = ledger(site)
    assert [one["state"] for one in synced["tokens"] if one["id"] == "2"] == ["forged"]
    assert "2" not in synced["owners"]
    assert grave not in json.dumps(synced)


def test_songs_are_forged_by_sending_stems_to_a_burn_address(
    chain: LedgerChain, network: Network, tmp_path: Path
) -> None:
    chain.move(520, ME, DEAD, 2, 3)
    chain.move(520, ZERO, ME, 91)
    site = write_site(tmp_path / "site", network, FakeEndpoint(chain))
    assert run_sync(site) == 0
    forged = ledger(site)["tokens"][-1]
    assert (forged["id"], forged["burned"]) == ("91", ["2", "3"])


def test_an_endpoint_that_lags_is_left_for_one_that_does_not(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = LedgerChain(length=450, transfers=chain.transfers)
    behind.transfers = {block: moves for block, moves in chain.transfers.items() if block < 450}
    site = write_site(tmp_path / "site", network, FakeEndpoint(behind), FakeEndpoint(chain))
    assert run_sync(site) == 0
    assert ledger(site)["block"] == 600 - 64
    assert ledger(site)["owners"] == OWNERS
    before = ledger(site)
    site = write_site(site, network, FakeEndpoint(behind))
    (site / "content/tokens.json").write_text(json.dumps(before), "utf-8")
    capsys.readouterr()
    assert run_sync(site) == 0
    assert "they lag behind" in capsys.readouterr().err
    assert ledger(site)["owners"] == OWNERS
    assert ledger(site)["block"] == before["block"]


def test_a_fork_is_outvoted_or_an_error(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forked = LedgerChain(fork=7, transfers=chain.transfers)
    site = write_site(
        tmp_path / "site", network, FakeEndpoint(forked), FakeEndpoint(chain), FakeEndpoint(chain)
    )
    assert run_sync(site) == 0
    assert "has another block 536 than the other endpoints" in capsys.readouterr().err
    assert ledger(site)["owners"] == OWNERS
    write_site(site, network, FakeEndpoint(forked), FakeEndpoint(chain))
    assert run_sync(site, "--anew") == 1
    assert "disagree about block 536" in capsys.readouterr().err


def test_endpoints_that_are_left_out_are_named(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = FakeEndpoint(LedgerChain(chain_id=5))
    denied = FakeEndpoint(chain, lambda _: (401, {"error": "Must be authenticated!"}))
    site = write_site(tmp_path / "site", network, other, denied, FakeEndpoint(chain))
    assert run_sync(site) == 0
    output = capsys.readouterr().err
    assert "is on chain 5, not 1 (got 'a.example')" in output
    assert "Must be authenticated! (got 'b.example')" in output


@pytest.mark.parametrize(
    "answer",
    [
        refuse(-32600, "batch size too large, at most 3"),
        refuse(-32600, "invalid request"),
        refuse(-32005, "limit exceeded"),
        (400, b""),
        (413, b""),
        (200, {"jsonrpc": "2.0", "id": 1, "result": "0x"}),
        (200, [{"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "no"}}]),
        (200, [{"jsonrpc": "2.0", "id": None, "error": {"code": 429, "message": "no"}}]),
        (200, []),
    ],
    ids=str,
)
def test_batches_that_are_refused_become_smaller(
    chain: LedgerChain, network: Network, tmp_path: Path, answer: Answer
) -> None:
    def act(question: Question) -> Answer | None:
        too_many = question["method"] == "batch" and len(question["params"]) > 3
        return answer if too_many else None

    site = write_site(tmp_path / "site", network, FakeEndpoint(chain, act))
    assert run_sync(site) == 0
    assert ledger(site)["owners"] == OWNERS


def test_an_endpoint_is_not_asked_again_before_it_says(
    chain: LedgerChain, network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = FakeEndpoint(chain, every(5, (429, b"")), headers={"retry-after": "17"})
    assert run_sync(write_site(tmp_path / "site", network, endpoint)) == 0
    assert min(network.slept) > 16
    assert "a.example is asked again in 17 seconds" in capsys.readouterr().err
    endpoint = FakeEndpoint(chain, every(5, (429, b"")), headers={"retry-after": "7200"})
    assert run_sync(write_site(tmp_path / "site", network, endpoint), "--anew") == 1
    assert "it asks to wait for 7,200 seconds" in capsys.readouterr().err


def test_while_one_endpoint_is_busy_another_is_asked(
    chain: LedgerChain, network: Network, tmp_path: Path
) -> None:
    busy = FakeEndpoint(chain, every(2, refuse(429, "slow down")))
    assert run_sync(write_site(tmp_path / "site", network, busy, FakeEndpoint(chain))) == 0
    assert not network.slept


HEX = st.from_regex(r"0x[0-9a-fA-F]{0,66}", fullmatch=True)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), HEX,
    st.sampled_from([TRANSFER, CONTRACT, "0x" + "0" * 64, "0x" + "f" * 64, "0x" + "f" * 300]),
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "jsonrpc", "id", "result", "error", "code", "message", "data", "number", "hash",
        "timestamp", "address", "topics", "blockNumber", "blockHash", "logIndex", "removed",
        "transactionHash",
    ]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=12,
)
BODIES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"", b"[" * 100_000, b"9" * 10_000, b"<html>", b'{"result": NaN}']),
    JSON,
    st.builds(lambda value: {"jsonrpc": "2.0", "id": 0, "result": value}, JSON),
    st.builds(lambda value: {"jsonrpc": "2.0", "id": 0, "error": value}, JSON),
)
STATUSES = st.sampled_from([200, 200, 200, 204, 301, 400, 401, 403, 404, 408, 413, 429, 500, 503])
METHODS = (
    "eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_getLogs", "eth_call", "batch",
)  # fmt: skip


class Quiet:
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415

        self.console = Console(quiet=True)
        self.lines: list[str] = []

    def log(self, line: str) -> None:
        self.lines.append(line)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=sized(60, nightly=1_000),
)
@given(
    method=st.sampled_from(METHODS),
    after=st.integers(0, 6),
    replies=st.lists(st.tuples(STATUSES, BODIES), min_size=1, max_size=4),
)
def test_no_answer_ends_in_a_traceback(  # noqa: PLR0917
    chain: LedgerChain,
    network: Network,
    tmp_path: Path,
    method: str,
    after: int,
    replies: list[Answer],
) -> None:
    asked = 0

    def act(question: Question) -> Answer | None:
        nonlocal asked
        if question["method"] != method:
            return None
        asked += 1
        return replies[asked % len(replies)] if asked > after else None

    site = write_site(tmp_path / "site", network, FakeEndpoint(chain, act))
    progress: Any = Quiet()
    with suppress(SiteError):
        sync(site, progress, anew=True)
        assert ledger(site)["owners"] == OWNERS or "warning" in str(progress.lines)


def change(value: Any, path: list[int], new: object) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON with one value within it replaced, found by a path of positions."""
    if not path or not isinstance(value, list | dict) or not value:
        return new
    keys = list(range(len(value))) if isinstance(value, list) else sorted(value)
    key = keys[path[0] % len(keys)]
    copy = value.copy()
    copy[key] = change(value[key], path[1:], new)
    return copy


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=sized(60, nightly=1_000),
)
@given(
    method=st.sampled_from(METHODS),
    nth=st.integers(1, 4),
    path=st.lists(st.integers(0, 9), max_size=3),
    new=JSON,
)
def test_no_changed_answer_ends_in_a_traceback(  # noqa: PLR0917
    chain: LedgerChain,
    network: Network,
    tmp_path: Path,
    method: str,
    nth: int,
    path: list[int],
    new: object,
) -> None:
    """Answers that are right but for one value reach further than any others."""
    asked = 0

    def act(question: Question) -> Answer | None:
        nonlocal asked
        asked += question["method"] == method
        if question["method"] != method or asked % nth or method == "batch":
            return None
        try:
            result = chain.answer(method, question["params"])
        except RevertedCall:
            return None
        return 200, {"jsonrpc": "2.0", "id": question["id"], "result": change(result, path, new)}

    site = write_site(tmp_path / "site", network, FakeEndpoint(chain, act))
    progress: Any = Quiet()
    with suppress(SiteError):
        sync(site, progress, anew=True)

"""Reads what a contract did: logs that agree with each other and with the contract."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.collection.token_ids import show_ids
from stempress.core.errors import Fault, SiteError
from stempress.drop.blocks import agree_on_head, drop_reorganised
from stempress.drop.chain_state import replay
from stempress.drop.contract_calls import ContractCalls
from stempress.drop.contract_state import compare
from stempress.drop.journal import open_journal
from stempress.drop.log_reader import deployment_block, read_chain
from stempress.drop.rpc import Endpoints, NoAnswerError
from stempress.drop.state_comparison import repair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stempress.collection.settings import Contract
    from stempress.core.progress import Progress
    from stempress.drop.blocks import Block
    from stempress.drop.chain_state import ChainState
    from stempress.drop.endpoint import Endpoint
    from stempress.drop.journal import Journal
    from stempress.drop.state_comparison import Comparison

MAX_READINGS = 4
"""Times that logs are read on, until the contract's state is still there to compare."""


@dataclass
class Reading:
    """One sync's reading of the chain, until logs and contract agree.

    ``tokens`` are the ledger's, with the holders that they have there. ``block`` is the last one
    that was read and that the endpoints have.
    """

    contract: Contract
    tokens: Mapping[str, Sequence[str]]
    endpoints: Endpoints
    journal: Journal
    progress: Progress
    depth: int | None
    from_block: int | None
    block: int = 0

    def read_state(self) -> ChainState:
        """Return the state at the last final block, as the contract confirms it.

        If logs and contract disagree, they are read again from other endpoints, then from each
        alone; in the end the contract's own word completes the logs.
        """
        untried: list[list[Endpoint]] | None = None
        everyone = list(self.endpoints.endpoints)
        suspects: set[str] = set()
        for readings_left in reversed(range(2 * len(everyone) + MAX_READINGS)):
            head = self._read_logs()
            state, fault = _replay(self.journal)
            self.block = min(head.number, self.journal.ranges[-1].last)
            if head.number < self.journal.ranges[-1].last:
                return self._keep(state, head, fault)
            try:
                found = self._compare(state)
            except NoAnswerError as error:
                if readings_left and error.is_lacking:
                    continue  # reading has taken so long that the state is gone: read on
                raise
            if not found and not fault:
                unused = [one for one in everyone if one not in self.endpoints.endpoints]
                omitting = [one for one in unused if one.name in suspects]
                self.endpoints.exclude(omitting, "omits logs, which other endpoints have given")
                return state if found.conclusive else self._confirm(state, head)
            if untried is None:
                suspects = {blocks.source for blocks in self.journal.ranges}
                untried = self._other_sources()
            if not untried or self.journal.missing_before:
                return self._complete(fault)
            self.endpoints.endpoints = untried.pop(0)
            self.journal.clear()
        raise AssertionError  # the last reading returns or raises

    def _keep(self, state: ChainState, head: Block, fault: Fault | None) -> ChainState:
        """Return the state of an earlier sync, for endpoints that are behind it."""
        known = self.journal.ranges[-1].last
        message = f"the endpoints are at block {head.number}, but block {known} was read before"
        if fault:  # what was missing then had to be asked of the contract
            hint = "they lag behind: run it again later"
            raise SiteError([Fault("sync", message, "rpc", hint=hint)])
        self._warn(f"{message}: they lag behind")
        return state

    def _other_sources(self) -> list[list[Endpoint]]:
        """Return which endpoints to read from again, after what was read has proved incomplete."""
        endpoints = self.endpoints.endpoints
        sources = {blocks.source for blocks in self.journal.ranges}
        others = [endpoint for endpoint in endpoints if endpoint.name not in sources]
        alone = [[endpoint] for endpoint in endpoints if endpoint.name in sources]
        return ([others] if others else []) + (alone if len(sources) > 1 else [])

    def _read_logs(self) -> Block:
        """Read what is new up to the last final block that endpoints agree on; return it."""
        journal, progress = self.journal, self.progress
        head = agree_on_head(self.endpoints, self.depth)
        if dropped := drop_reorganised(journal, self.endpoints, head):
            progress.log(f"the chain was reorganised: {dropped} block ranges are read again")
        if not journal.ranges:
            start = self.from_block
            if start is None:
                start = deployment_block(self.endpoints, self.contract, head)
            if start is None:
                progress.log(
                    "No endpoint keeps old state, so the contract's first block is unknown: "
                    "reading begins at block 0. --from-block N skips what was before."
                )
            journal.start = min(start or 0, head.number)
        read_chain(journal, self.endpoints, self.contract, head, progress)
        return head

    def _compare(self, state: ChainState, *, repaired: bool = False) -> Comparison:
        block = self.journal.ranges[-1].last
        calls = ContractCalls(self.endpoints, self.contract.address, block)
        return compare(state, calls, self.contract.standard, self.tokens, repaired=repaired)

    def _complete(self, fault: Fault | None) -> ChainState:
        """Return a state completed from the contract; SiteError if it would lack something."""
        missing = self.journal.missing_before
        state = replay(self.journal.events(), complete=False)
        found = self._compare(state)
        repair(state, found)
        left = self._compare(state, repaired=True)
        is_complete = left.conclusive and not left
        if not is_complete and not missing:
            raise SiteError(found.faults() or ([fault] if fault else left.faults()))
        if missing:
            self._warn(
                f"no endpoint keeps blocks before {missing}: owners are what the contract says, "
                "but what was forged or burned before is not known. List an endpoint in rpc that "
                "keeps old blocks, then run sync --anew"
            )
        if found.owners:
            self._warn(f"owners that no log names, but the contract: {show_ids(found.owners)}")
        if not is_complete:
            self._warn("the contract knows of more tokens or holders than could be found")
        return state

    def _confirm(self, state: ChainState, head: Block) -> ChainState:
        """Compare the logs with those of another endpoint, where the contract cannot tell.

        A contract of copies does not list their holders. Return the state with all logs.
        """
        sources = {blocks.source for blocks in self.journal.ranges}
        first = self.journal.ranges[0].first
        others = [
            one
            for one in self.endpoints.endpoints
            if one.name not in sources and one.pruned_below <= first
        ]
        if not others:
            return state
        second = open_journal(confirmation_path(self.journal.path))
        second.start = first
        asked = Endpoints(others, self.contract.chain_id)
        try:
            head = min(head, agree_on_head(asked, self.depth), key=lambda block: block.number)
            drop_reorganised(second, asked, head)
            read_chain(second, asked, self.contract, head, self.progress)
        except NoAnswerError as error:
            self._warn(f"one endpoint's logs alone are known, no other gives them:\n{error}")
            return state
        ours, theirs = Counter(self.journal.events()), Counter(second.events())
        if theirs <= ours:
            return state
        if not ours <= theirs:
            names = ", ".join(sorted(sources | {one.name for one in others}))
            hint = "list a third endpoint in rpc, or remove the one that is wrong"
            raise SiteError([Fault("sync", "give different logs", "rpc", names, hint)])
        self._warn(f"{', '.join(sorted(sources))} has omitted logs; another endpoint gave them")
        self.journal.replace_ranges(second.ranges)
        state, fault = _replay(self.journal)
        if fault or self._compare(state):
            return self._complete(fault)
        return state

    def _warn(self, message: str) -> None:
        self.progress.log(f"warning: {message}")


def confirmation_path(path: Path) -> Path:
    """Return the journal of what another endpoint says, beside a journal."""
    return path.with_suffix(".second.jsonl")


def _replay(journal: Journal) -> tuple[ChainState, Fault | None]:
    """Return the state after all events, and what shows that events are missing."""
    fault = None
    if journal.missing_before:
        fault = Fault("sync", f"blocks before {journal.missing_before} are missing", "rpc")
    try:
        return replay(journal.events()), fault
    except ValueError as error:
        hint = "an endpoint has omitted logs: --anew reads them all again"
        fault = fault or Fault("sync", str(error), "rpc", hint=hint)
        return replay(journal.events(), complete=False), fault

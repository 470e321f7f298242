"""Faults of ledger entries, with the tokens' IDs: a position among thousands is hard to find."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from stempress.collection.token_parser import is_token_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pyodide_app.engine.model import Tier
    from stempress.core.errors import Fault, Findings

_ENTRY = re.compile(r"tokens\[(\d+)\]")


def name_tokens(findings: Findings, entries: object, own: Collection[Tier]) -> None:
    """Name the tokens of faults and warnings by their IDs, where these are valid.

    ``entries`` is the ledger's list as parsed, ``own`` the tiers with a contract of their own.
    """
    if isinstance(entries, list):
        findings.faults[:] = [_named(fault, entries, own) for fault in findings.faults]
        findings.warnings[:] = [_named(fault, entries, own) for fault in findings.warnings]


def _named(fault: Fault, entries: Sequence[object], own: Collection[Tier]) -> Fault:
    position = _ENTRY.match(fault.key)
    entry = entries[int(position[1])] if position else None
    if not isinstance(entry, dict) or not is_token_id(entry.get("id")):
        return fault
    tier = entry.get("tier")
    folder = f"{tier}/" if isinstance(tier, str) and tier in own else ""
    return replace(fault, item=f"token {folder}{entry['id']}")

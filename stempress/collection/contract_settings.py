"""Parser of [collection.contract] in site.toml, and of the addresses that are paid."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from pyodide_app.engine.model import TIERS
from stempress.collection.eth_addresses import check_address, checksummed, is_burn_address
from stempress.collection.settings import Contract, Split, Standard, host_and_port
from stempress.core.cache import cached_text

if TYPE_CHECKING:
    from pyodide_app.engine.model import Tier
    from stempress.collection.settings import Settings
    from stempress.core.tables import Table


def parse_contracts(collection: Table) -> tuple[Contract | None, dict[Tier, Contract]]:
    """Return the contract of all tiers without one of their own, and those of the others.

    ``[collection.contract]`` may hold nothing but tables of tiers: then the others have none.
    """
    table = collection.table("contract")
    tables = {tier: table.table(tier) for tier in TIERS}
    has_own = any(tier in table.data for tier in TIERS)
    is_shared = not table.absent and not (has_own and table.data.keys() <= set(TIERS))
    shared = _contract(table) if is_shared else None
    table.finish()
    own = {
        tier: _contract(tier_table, shared)
        for tier, tier_table in tables.items()
        if not tier_table.absent
    }
    for tier_table in tables.values():
        tier_table.finish()
    keys = {shared.key: "collection.contract"} if shared else {}
    for tier, contract in own.items():
        other = keys.setdefault(contract.key, tables[tier].prefix)
        if contract.address and other != tables[tier].prefix:
            tables[tier].fault("address", f"is the contract of {other}, too", contract.address)
    return shared, own


def _contract(table: Table, shared: Contract | None = None) -> Contract:
    """Read a contract; a tier's takes what it leaves out from the shared one of the same chain."""
    address = table.text("address", required=True)
    chain_id = table.integer("chain_id", shared.chain_id if shared else 1, 1, 2**53 - 1)
    default = shared if shared and shared.chain_id == chain_id else None
    rpc = tuple(url for url in table.texts("rpc") if _is_endpoint(table, url))
    links = {
        key: table.url(key, placeholders=("address", "token_id"))
        for key in ("marketplace", "explorer")
    }
    return Contract(
        chain_id=chain_id,
        address=_checked(table, "address", address),
        standard=cast("Standard", table.choice("standard", "erc1155", ("erc1155", "erc721"))),
        rpc=default.rpc if default and "rpc" not in table.data else rpc,
        marketplace=links["marketplace"] or (default.marketplace if default else ""),
        explorer=links["explorer"] or (default.explorer if default else ""),
    )


def _is_endpoint(table: Table, url: str) -> bool:
    """Return whether a URL is fit for a Content Security Policy; report a fault if not."""
    if not url or not table.is_url("rpc", url):
        return False
    parts = urlsplit(url)
    is_valid = (
        re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", host_and_port(parts)) and "@" not in parts.netloc
    )
    if not is_valid:
        table.fault(
            "rpc",
            "is not the URL of an endpoint",
            url,
            "https://, a host, an optional port, no user name",
        )
    return bool(is_valid)


def _checked(table: Table, key: str, address: str) -> str:
    """Return an address with its checksum, "" if there is none."""
    # Cached: importing Keccak takes longer than reading all settings.
    return check_address(table, key, address, partial(cached_text, checksummed)) if address else ""


def parse_account(table: Table, key: str) -> str:
    """Return an address that can be paid."""
    address = table.text(key)
    if is_burn_address(address):
        table.fault(key, "is a burn address: what is sent there is gone", address)
        return ""
    return _checked(table, key, address)


def parse_splits(top: Table) -> tuple[Split, ...]:
    """Return who shares the income; report a fault unless the shares sum to 100."""
    splits, faults_before = [], len(top.findings.faults)
    for table in top.tables("splits"):
        share = table.number("share", 0.0, 0, 100, required=True)
        name, role = table.text("name", required=True), table.text("role")
        splits.append(Split(name, role, share, parse_account(table, "address")))
        table.finish()
    total = sum(split.share for split in splits)
    if splits and abs(total - 100) > 1e-6 and len(top.findings.faults) == faults_before:
        top.fault(
            "splits",
            "must sum to 100",
            int(total) if total.is_integer() else round(total, 6),
            "shares: " + " + ".join(f"{split.share:g}" for split in splits),
        )
    return tuple(splits)


def check_splitter(collection: Table, settings: Settings) -> None:
    """Warn of shares that the splitter cannot pay."""
    nameless = [split.name for split in settings.splits if not split.address]
    if settings.splitter and not settings.splits:
        collection.warn("splitter", "has nobody to pay", hint="list them in [[splits]]")
    elif settings.splitter and nameless:
        message = "pays addresses, but some of [[splits]] have none"
        hint = 'add address = "0x..." to each'
        collection.warn("splitter", message, ", ".join(nameless), hint)

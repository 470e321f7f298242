"""``stempress publish``, ``verify`` and ``published``."""

# ruff: noqa: PLC0415 - slow to import, and builds do without

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyodide_app.engine.model import TIERS
from stempress.collection.settings import RELATIVE_ADDRESSES
from stempress.commands.arguments import add_site_and_out
from stempress.commands.command import Command
from stempress.commands.json_output import fault_objects, print_json
from stempress.core.errors import SiteError, report_faults
from stempress.core.units import format_size

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context
    from stempress.core.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """Options of ``publish``: ``to`` gets the CAR files; ``since`` is the last manifest."""

    site: Path
    out: Path
    check: bool = False
    json: bool = False
    to: Path | None = None
    since: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """Options of ``verify``: ``target`` is a CAR file or the address of a host."""

    site: Path
    out: Path
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedOptions:
    """Options of ``published``."""

    site: Path
    out: Path


def add_publish_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``publish``."""
    add_site_and_out(parser)
    add = parser.add_argument
    add("--check", action="store_true", help="only report what hosts would break")
    add("--json", action="store_true", help="the CIDs, or what would break, as JSON")
    add(
        "--to",
        type=Path,
        metavar="DIR",
        help="where the CAR files go (default: published/)",
    )
    add(
        "--since",
        type=Path,
        metavar="FILE",
        help="the manifest of what was published last",
    )


def add_verify_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``verify``."""
    add_site_and_out(parser)
    parser.add_argument("target", metavar="URL|CAR")


def run_publish(options: PublishOptions, context: Context) -> bool:
    """Write CAR files and report their CIDs, or check what hosts would break."""
    if options.check:
        return _check(options, context.progress)
    _publish(options, context.progress)
    return True


def _check(options: PublishOptions, progress: Progress) -> bool:
    """Report what hosts would break; return whether it is nothing."""
    from stempress.publish.car_export import check_is_built, has_absolute_assets
    from stempress.publish.name_check import name_warnings
    from stempress.publish.site_check import check_site

    check_is_built(options.out)
    warnings = [*name_warnings(options.out)]
    warnings += [] if has_absolute_assets(options.out) else [RELATIVE_ADDRESSES]
    for warning in warnings:
        progress.log(f"warning: {warning}")
    faults = check_site(options.out, progress)
    if options.json:
        print_json({"errors": fault_objects(faults), "warnings": fault_objects(warnings)})
    if faults:
        report_faults(SiteError(faults), progress.log)
        return False
    progress.log("nothing would break: at a root, at a project's path, on IPFS, on a subdomain")
    progress.log("from file:// pages can be read; browsers run no mixer and no search there")
    return True


def _publish(options: PublishOptions, progress: Progress) -> None:
    from stempress.publish.car_export import export_site, has_absolute_assets

    to = options.to or options.site / "published"
    published = export_site(options.out, to, progress, options.since)
    for name, size in published.sizes.items():
        progress.log(f"{to / name}: {format_size(size)}")
    # Metadata contains the CID of assets, and pages that of metadata.
    for name, cid in published.assets.items():
        progress.log(f"{name}: ipfs://{cid}/")
    if published.players:
        progress.log(f"players, to be pinned as well: ipfs://{published.players}/")
    base = f"ipfs://{published.metadata}/"
    progress.log(f"base URI for the contract: {base}")
    for tier in TIERS:  # those with contracts of their own have folders of their own
        if (options.out / "metadata" / tier).is_dir():
            progress.log(f"base URI for the contract of {tier} tokens: {base}{tier}/")
    progress.log(f"site: ipfs://{published.site}/")
    if options.json:
        cids = {"site": published.site, "metadata": published.metadata}
        print_json({**cids, "assets": {**published.assets}, "files": {**published.sizes}})
    if not has_absolute_assets(options.out):
        progress.log(f"warning: {RELATIVE_ADDRESSES}")


def run_verify(options: VerifyOptions, context: Context) -> bool:
    """Compare a CAR file or a host with the built site."""
    from stempress.publish.verify import verify

    progress = context.progress
    progress.log(verify(options.out, options.target, progress))
    return True


def run_published(options: PublishedOptions, context: Context) -> bool:
    """Record the built site as the published one."""
    from stempress.publish.upload_diff import record_published

    record_published(options.site, options.out, context.progress)
    return True


PUBLISH = Command(PublishOptions, add_publish_arguments, run_publish)
VERIFY = Command(VerifyOptions, add_verify_arguments, run_verify)
PUBLISHED = Command(PublishedOptions, add_site_and_out, run_published)

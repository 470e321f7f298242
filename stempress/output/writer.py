"""The only writer into dist/: unchanged files are kept, and the new site appears all at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stempress.core.errors import printable
from stempress.output.output_check import check_addresses, check_output_folder, visible_paths
from stempress.output.output_files import Bundle, OutputFile, flatten
from stempress.output.partial_write import select_only
from stempress.output.records import Records
from stempress.output.result import BuildResult, WriteResult
from stempress.output.staging import Filling, reset_staging
from stempress.output.state_folder import ensure_state_folder
from stempress.output.swap import swap_folders
from stempress.output.write_plan import plan_write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.output.folder_diff import OutputFolder
    from stempress.output.manifest import Manifest
    from stempress.output.stager import Guard


def write_site(  # noqa: PLR0913 - named at the call
    out: Path,
    files: Iterable[OutputFile | Bundle],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    only: str = "",
    build: str = "",
    report: Mapping[str, Any] | None = None,
    guard: Guard | None = None,
    records: Records | None = None,
    staging: OutputFolder | None = None,
) -> WriteResult:
    """Make ``out`` contain exactly these files, all at once or not at all.

    The new site is assembled in the staging folder, from hard links to files of the live site and
    from new files; then the two folders are swapped. The old site stays as the staging folder of
    the next build.

    ``only`` limits the write to what is below an address. ``build`` is a hash of the build's
    inputs and ``report`` what it reported, both for ``find_current_build``. ``guard`` checks new
    content before it is written. ``records`` are those of ``out``, ``staging`` is what they have of
    the staging folder.

    Raises SiteError for a folder that no build has written, and for invalid addresses.
    """
    check_output_folder(out)
    records = records or Records(out)
    staging_path = records.staging_path
    _move_dotfiles(staging_path, out)
    live = records.live()
    if only:
        files = select_only(flatten(files), live, only)
    staging = staging or records.staging()
    plan = plan_write(files, staging, live)
    has_same_addresses = live is not None and plan.has_addresses_of(live.manifest)
    if not has_same_addresses:
        check_addresses(plan.addresses())
    if live and has_same_addresses and plan.has_contents_of(live.manifest) and live.is_intact:
        if (live.manifest.build, live.manifest.report) != (build, report or {}):
            records.write(out, replace(live.manifest, build=build, report=report or {}))
        return _write_result(live.manifest, (), 0)
    ensure_state_folder(records.state)
    staging = reset_staging(records, staging)
    filling = Filling(live, staging, plan, has_same_addresses)
    filled, changed = filling.run(out, guard, jobs, progress)
    manifest = replace(filled, build=build, report=report or {})
    records.write(staging_path, manifest)
    if live and progress:
        _warn_of_strays(live, staging_path, progress)
    _swap_in(staging_path, out)
    pruned = 0
    if live and not has_same_addresses:
        pruned = len(live.manifest.files.keys() - manifest.files.keys())
    return _write_result(manifest, changed, pruned)


def _write_result(manifest: Manifest, changed: Iterable[str], pruned: int) -> WriteResult:
    def sizes() -> dict[str, int]:
        return {address: entry.size for address, entry in manifest.files.items()}

    totals = manifest.totals
    return WriteResult(totals.files, totals.size, tuple(changed), pruned, totals.pages, sizes)


def existing_bundles(records: Records, staging: OutputFolder | None) -> set[tuple[str, str]]:
    """Return the name and key of every bundle in the live site and in the staging folder."""
    folders = [folder for folder in (records.live(), staging) if folder]
    bundles = (item for folder in folders for item in folder.manifest.bundles.items())
    return {(name, bundle.key) for name, bundle in bundles if bundle.key}


def find_current_build(records: Records, build: str) -> BuildResult | None:
    """Return the result of the last build, if its inputs had this hash and its files are intact."""
    live = records.live()
    if live is None or live.manifest.build != build or not live.is_intact:
        return None
    report = live.manifest.report
    written = _write_result(live.manifest, (), 0)
    return BuildResult(written, report["warnings"], clashes=report.get("clashes", ""))


def _warn_of_strays(live: OutputFolder, staging_path: Path, progress: Progress) -> None:
    """Warn of files in the live site that no build has written: they are not carried over."""
    known = {address.partition("/")[0] for address in live.manifest.files}
    strays = sorted(path.name for path in visible_paths(live.path) if path.name not in known)
    if known and strays:
        names = ", ".join(map(printable, strays))
        message = f"contains files that Stempress did not write, and loses them: {names}"
        hint = f"add them where you publish; until the next build they are in {staging_path}"
        progress.log(f"warning: {live.path.name}/ {message}\n    -> {hint}")


def _swap_in(staging_path: Path, out: Path) -> None:
    """Put the staging folder in place of the live site, whose dotfiles (.git) stay there."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        staging_path.replace(out)
        return
    swap_folders(staging_path, out)
    _move_dotfiles(staging_path, out)


def _move_dotfiles(staging_path: Path, out: Path) -> None:
    """Move dotfiles, which no build writes, from the staging folder into the live site."""
    if not (staging_path.is_dir() and out.is_dir()):
        return
    for path in list(staging_path.iterdir()):
        if path.name.startswith(".") and not (out / path.name).exists():
            path.replace(out / path.name)

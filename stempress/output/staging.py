"""Staging folder: the next site, assembled in the folder of an earlier one.

It is kept, since most of it stays: where all files of the live site have to be linked anew, a build
after a change of one of 10,000 tokens takes a fifth longer (in memory; more on a disk).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stempress.output.folder_diff import UNTOUCHED, OutputFolder
from stempress.output.folders import folder_times, parent_folders, remove_paths
from stempress.output.manifest import BundleManifest, Manifest
from stempress.output.output_files import OutputFile
from stempress.output.stager import Stager, stage_files
from stempress.output.write_plan import WritePlan, has_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.output.entries import ManifestEntry
    from stempress.output.records import Records
    from stempress.output.stager import Guard


def reset_staging(records: Records, staging: OutputFolder | None) -> OutputFolder:
    """Return the staging folder without its record; a new one if there is none."""
    path = records.staging_path
    if staging is None:
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return OutputFolder(path, Manifest())
    records.delete(path)
    return staging


def refresh_staging(records: Records) -> None:
    """Bring the staging folder up to date with the site, and scan it for the next build.

    For previews, while nobody waits: most builds change little.
    """
    live, staging = records.live(), records.staging()
    if live is None or not live.manifest.bundles:
        return
    if staging and staging.manifest.bundles == live.manifest.bundles:
        records.remember(staging)
        return
    staging = reset_staging(records, staging)
    plan = _plan_refresh(live, staging)
    has_same_addresses = len(plan) == len(live.manifest.files)
    manifest, _ = Filling(live, staging, plan, has_same_addresses).run(records.out)
    records.write(staging.path, manifest, UNTOUCHED)


def _plan_refresh(live: OutputFolder, staging: OutputFolder) -> WritePlan:
    """Return a plan of the live site's files, without those modified since the build."""
    plan, before = WritePlan(), staging.manifest.files
    for name, bundle in live.manifest.bundles.items():
        if has_bundle(staging, name, bundle.key) and staging.is_untouched:
            plan.reuse(name, bundle.key, staging.manifest.bundles[name])
            continue
        files = [
            OutputFile(address, live.path / address, entry.key)
            for address, entry in bundle.files.items()
            if before.get(address) == entry or live.has(address, entry)
        ]
        plan.add(name, bundle.key if len(files) == len(bundle.files) else "", files)
    return plan


@dataclass(frozen=True, slots=True)
class Filling:
    """Fills the staging folder according to a plan.

    ``has_same_addresses`` says that the live site has exactly the plan's addresses.
    """

    live: OutputFolder | None
    staging: OutputFolder
    plan: WritePlan
    has_same_addresses: bool

    def run(
        self,
        out: Path,
        guard: Guard | None = None,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> tuple[Manifest, list[str]]:
        """Return the manifest of the filled folder, and the addresses whose content is new."""
        live, staging, plan = self.live, self.staging, self.plan
        files, diff = plan.files(), staging.diff
        live_entries = live.manifest.without(plan.reused) if live else {}
        staged_entries = staging.manifest.without(plan.reused)
        kept = _kept_entries(staged_entries, live_entries, diff.changed, files)
        unused = staged_entries.keys() - kept
        spare = unused & files.keys() - diff.changed
        folders = self._folders()
        remove_paths(staging.path, [*diff.strays, *(unused - spare)], folders)
        todo = [file for address, file in files.items() if address not in kept]
        existing = folders & staging.manifest.folders.keys() - diff.missing
        stager = Stager(out, live_entries if live else None, staging.path, existing, spare, guard)
        staged = stage_files(stager, todo, len(plan), jobs, progress)
        entries = kept | {file.address: file.entry for file in staged}
        changed = {file.address for file in staged if file.changed}
        changed |= {address for address in kept if live_entries.get(address) != entries[address]}
        times = self._folder_times(folders, parent_folders(file.address for file in staged))
        manifest = Manifest(self._bundles(entries), times)
        in_order = [address for address in files if address in changed]
        return manifest, in_order + self._new_in_reused()

    def _folders(self) -> set[str]:
        if self.live and self.has_same_addresses:
            return set(self.live.manifest.folders)
        return parent_folders(self.plan.addresses())

    def _folder_times(self, folders: set[str], touched: set[str]) -> dict[str, int]:
        staging = self.staging
        times = dict(staging.manifest.folders) | folder_times(staging.path, touched)
        return {folder: times.get(folder, 0) for folder in sorted(folders)}

    def _bundles(self, entries: Mapping[str, ManifestEntry]) -> dict[str, BundleManifest]:
        return {name: self._bundle(name, entries) for name in self.plan.order}

    def _bundle(self, name: str, entries: Mapping[str, ManifestEntry]) -> BundleManifest:
        plan = self.plan
        if name in plan.reused:
            return plan.reused[name]
        files = plan.files_by_bundle[name]
        own = {address: entries[address] for address in files}
        return BundleManifest.of_files(plan.keys[name], own)

    def _new_in_reused(self) -> list[str]:
        """Return the addresses in reused bundles whose content the live site does not have."""
        before = self.live.manifest.bundles if self.live else {}
        addresses: list[str] = []
        for name, bundle in self.plan.reused.items():
            if name not in before or before[name].key != bundle.key:
                live_entries = before[name].files if name in before else {}
                addresses += [
                    address
                    for address, entry in bundle.files.items()
                    if live_entries.get(address) != entry
                ]
        return addresses


def _kept_entries(
    staged: Mapping[str, ManifestEntry],
    live: Mapping[str, ManifestEntry],
    modified: AbstractSet[str],
    files: Mapping[str, OutputFile],
) -> dict[str, ManifestEntry]:
    """Return the entries of staged files that stay: same key, or same file as the live site's."""
    kept = {}
    for address, file in files.items():
        entry = staged.get(address)
        if entry is not None and entry.key != file.key:
            live_entry = live.get(address)
            entry = live_entry if live_entry == (file.key, *entry[1:]) else None
        if entry is not None and address not in modified:
            kept[address] = entry
    return kept

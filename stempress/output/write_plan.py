"""Plan of a write: which bundles of the staging folder are reused, and which files are checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stempress.output.output_files import BundledContent, OutputFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stempress.output.folder_diff import OutputFolder
    from stempress.output.manifest import BundleManifest, Manifest
    from stempress.output.output_files import Bundle


class WritePlan:
    """Contents of the next site, by bundle: reused as they are staged, or as single files.

    Files outside bundles are those of the bundle "".
    """

    def __init__(self) -> None:
        """Start with an empty site."""
        self.order: list[str] = []
        self.reused: dict[str, BundleManifest] = {}
        self.files_by_bundle: dict[str, dict[str, OutputFile]] = {}
        self.keys: dict[str, str] = {}
        self._duplicates: list[str] = []

    def reuse(self, name: str, key: str, bundle: BundleManifest) -> None:
        """Add a bundle that is staged already."""
        self.order.append(name)
        self.reused[name], self.keys[name] = bundle, key

    def add(self, name: str, key: str, files: Sequence[OutputFile]) -> None:
        """Add a bundle's files one by one."""
        self.order.append(name)
        self.files_by_bundle[name] = by_address = {file.address: file.with_key() for file in files}
        self.keys[name] = key
        if len(by_address) < len(files):
            counts = Counter(file.address for file in files)
            self._duplicates += [address for address, count in counts.items() if count > 1]

    def addresses(self) -> list[str]:
        """Return every address; duplicates are repeated."""
        addresses = [address for name in self.order for address in self._addresses_of(name)]
        return addresses + self._duplicates

    def _addresses_of(self, name: str) -> list[str]:
        bundle = self.reused.get(name)
        return list(bundle.files if bundle else self.files_by_bundle[name])

    def has_addresses_of(self, manifest: Manifest) -> bool:
        """Return whether a folder has exactly the addresses of this plan."""
        if self._duplicates:
            return False
        bundles = manifest.bundles
        same = {name for name in bundles.keys() & self.keys if self._is_known(bundles[name], name)}
        new = [name for name in self.order if name not in same]
        addresses = [address for name in new for address in self._addresses_of(name)]
        others = {address for name in bundles.keys() - same for address in bundles[name].files}
        return len(addresses) == len(others) and set(addresses) == others

    def has_contents_of(self, manifest: Manifest) -> bool:
        """Return whether a folder with the same addresses has the same contents."""
        if manifest.bundles.keys() != self.keys.keys():
            return False
        return all(self._is_same(manifest.bundles[name], name) for name in self.order)

    def _is_known(self, bundle: BundleManifest, name: str) -> bool:
        return bool(bundle.key) and self.keys[name] == bundle.key

    def _is_same(self, bundle: BundleManifest, name: str) -> bool:
        if self._is_known(bundle, name):
            return True
        files = self.files_by_bundle.get(name)
        known = {address: entry.key for address, entry in bundle.files.items()}
        return files is not None and known == {file.address: file.key for file in files.values()}

    def files(self) -> dict[str, OutputFile]:
        """Return the files that are not in reused bundles, by address."""
        return {
            address: file
            for files in self.files_by_bundle.values()
            for address, file in files.items()
        }

    def __len__(self) -> int:
        """Return the number of files of the site."""
        reused = sum(bundle.totals.files for bundle in self.reused.values())
        return reused + sum(map(len, self.files_by_bundle.values()))


def has_bundle(folder: OutputFolder, name: str, key: str) -> bool:
    """Return whether a folder's manifest has a bundle with this key."""
    bundle = folder.manifest.bundles.get(name)
    return bundle is not None and bool(key) and bundle.key == key


def plan_write(
    items: Iterable[OutputFile | Bundle], staging: OutputFolder | None, live: OutputFolder | None
) -> WritePlan:
    """Return the plan for a site of these files, reusing bundles of the staging folder."""
    plan, single_files = WritePlan(), []
    for item in items:
        if isinstance(item, OutputFile):
            single_files.append(item)
        elif staging and has_bundle(staging, item.name, item.key) and staging.is_untouched:
            plan.reuse(item.name, item.key, staging.manifest.bundles[item.name])
        elif live and has_bundle(live, item.name, item.key):
            bundle = live.manifest.bundles[item.name]
            plan.add(item.name, item.key, _files_with_known_keys(item, bundle))
        else:
            plan.add(item.name, item.key, item.files)
    plan.add("", "", single_files)
    return plan


def _files_with_known_keys(bundle: Bundle, manifest: BundleManifest) -> list[OutputFile]:
    """Return a bundle's files with their keys in the live site.

    The bundle's files are made only if one of them is missing or modified there.
    """
    return [
        OutputFile(address, BundledContent(bundle, address), entry.key)
        for address, entry in manifest.files.items()
    ]

"""The only writer into dist/: what changed is made, the rest is kept, all of it shows at once."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from stempress.core.errors import Fault, SiteError, printable, suggestion
from stempress.core.forking import map_in_batches
from stempress.core.tables import CONTROL_CHARACTERS, fold_case
from stempress.output.manifest import (
    BundleManifest,
    FolderDiff,
    Manifest,
    ManifestEntry,
    OutputFolder,
    delete_manifest,
    folder_times,
    is_unmodified,
    parent_folders,
    read_output_folder,
    remove_paths,
    write_manifest,
)
from stempress.output.output_files import (
    Bundle,
    OutputFile,
    WritePlan,
    flatten,
    has_bundle,
    plan_write,
)
from stempress.output.result import BuildResult, WriteResult
from stempress.output.swap import swap_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from stempress.core.progress import Progress

    type Guard = Callable[[str, bytes], None]
    """Raises SiteError where a file must not be written."""

GENERATOR = "stempress"
MARKER = "data/collection.json"
"""What every build writes, and says in it who made it."""
STAGING = "next"
"""Where the next site is gathered, in the folder beside the site."""
MAX_NAME_BYTES = 255
SAFE_ADDRESS = re.compile(r"(?:[a-z0-9_-][a-z0-9._-]{,254}(?:/(?!$)|$))+", re.ASCII)
"""Addresses that every disk and every host takes, folded; few are different."""
_CHUNK = 1 << 20


class _StagedFile(NamedTuple):
    """A file in the new folder: as the disk has it, and whether it differs from the old one."""

    address: str
    seen: ManifestEntry
    changed: bool


def state_folder(out: Path) -> Path:
    """Return the folder beside ``out`` that holds its records and the next ``out``."""
    return out.with_name(f".stempress-{out.name}")


def write_site(  # noqa: PLR0913 - what a write needs, named at the call
    out: Path,
    files: Iterable[OutputFile | Bundle],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    only: str = "",
    build: str = "",
    told: Mapping[str, Any] | None = None,
    guard: Guard | None = None,
    ahead: OutputFolder | None = None,
) -> WriteResult:
    """Make ``out`` hold exactly these files: as a whole and at once, or not at all.

    The new site is gathered in a folder beside ``out``, out of what is there already (as hard
    links) and what has to be made; then the two change places. The old one stays there and is
    what the next build begins with. Refuses a folder that holds something else than an earlier
    build, and addresses that leave it or that a disk would take for one another. What does not lie
    below ``only`` stays as it is. ``guard`` sees what has been made before it is written.
    ``ahead`` is what ``look_ahead`` has returned.
    """
    check_output_folder(out)
    records = state_folder(out)
    following = records / STAGING
    _move_dotfiles(following, out)
    live = read_output_folder(out, records) if out.is_dir() else None
    if only:
        files = _select_only(flatten(files), live, only)
    stage = ahead or open_staging(out)
    wanted = plan_write(files, stage, live)
    is_alike = live is not None and wanted.is_laid_out_as(live.record)
    if not is_alike:
        check_addresses(wanted.addresses())
    if live and is_alike and wanted.is_in(live.record) and live.is_whole:
        if (live.record.build, live.record.told) != (build, told or {}):
            write_manifest(out, records, replace(live.record, build=build, told=told or {}))
        return _write_result(live.record, (), 0)
    ensure_state_folder(records)
    stage = _reset_staging(following, records, stage)
    filled, changed = _fill_staging(out, live, stage, wanted, is_alike, guard, jobs, progress)
    record = replace(filled, build=build, told=told or {})
    write_manifest(following, records, record)
    if live and progress:
        _warn_of_strays(live, following, progress)
    _swap_in(following, out)
    gone = live.record.sizes.keys() - record.sizes.keys() if live and not is_alike else ()
    return _write_result(record, changed, len(gone))


def existing_bundles(out: Path, ahead: OutputFolder | None) -> set[tuple[str, str]]:
    """Return the bundles of the present site and the next one, by name and key."""
    live = read_output_folder(out, state_folder(out)) if out.is_dir() else None
    trees = [tree for tree in (live, ahead) if tree]
    shelves = (item for tree in trees for item in tree.record.shelves.items())
    return {(name, shelf.key) for name, shelf in shelves if shelf.key}


def _select_only(
    files: Iterable[OutputFile], live: OutputFolder | None, only: str
) -> list[OutputFile]:
    """Return what is new below an address, and for the rest what the last build has left there."""
    gathered = {file.address: file for file in files}

    def is_below(address: str) -> bool:
        return address == only or address.startswith(f"{only}/")

    below = {address: each for address, each in gathered.items() if is_below(address)}
    if not below:
        hint = suggestion(only, _valid_choices(gathered, only))
        raise SiteError([Fault("--only", "names no page", value=only, hint=hint)])
    if live is None or not live.record.shelves:
        raise SiteError(
            [Fault("--only", "needs a site to be part of", hint="build all of it once")]
        )
    kept = {
        address: OutputFile(address, live.path / address, seen.key)
        for address, seen in live.record.files.items()
        if address not in live.found.changed and not is_below(address)
    }
    return [*(kept | below).values()]


def _valid_choices(addresses: Iterable[str], missed: str) -> set[str]:
    """Return what lies in the last folder that there is on the way to a missing address."""
    folder = f"{missed}/"
    while folder and not any(address.startswith(folder) for address in addresses):
        folder = re.sub(r"[^/]*/$", "", folder)
    below = (address[len(folder) :] for address in addresses if address.startswith(folder))
    names = {rest.partition("/")[0] for rest in below}
    if folder and "index.html" in names:
        names = names - {"index.html"} | {""}
    return {f"{folder}{name}".rstrip("/") for name in names}


def find_current_build(out: Path, build: str) -> BuildResult | None:
    """Return what was told of a site if it stands as this build would leave it."""
    live = read_output_folder(out, state_folder(out)) if out.is_dir() else None
    if live is None or live.record.build != build or not live.is_whole:
        return None
    return BuildResult(_write_result(live.record, (), 0), live.record.told["warnings"])


def _reusable_files(
    before: Mapping[str, ManifestEntry],
    present: Mapping[str, ManifestEntry],
    changed: AbstractSet[str],
    files: Mapping[str, OutputFile],
) -> dict[str, ManifestEntry]:
    """Return what the next site has: what follows from the same, or is the present site's file."""
    held = {}
    for address, file in files.items():
        seen = before.get(address)
        if seen is not None and seen.key != file.key:
            now = present.get(address)
            seen = now if now == (file.key, *seen[1:]) else None
        if seen is not None and address not in changed:
            held[address] = seen
    return held


def _write_result(record: Manifest, changed: Iterable[str], pruned: int) -> WriteResult:
    sizes = record.sizes
    pages = sum(address.endswith(".html") for address in sizes)
    return WriteResult(len(sizes), sum(sizes.values()), tuple(changed), pruned, pages, sizes)


def ensure_state_folder(records: Path) -> None:
    """Make the folder beside the site, which no repository is to hold."""
    if not records.is_dir():
        records.mkdir(parents=True)
    ignore = records / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "ascii")


def open_staging(out: Path) -> OutputFolder | None:
    """Begin to look at what a build of ``out`` will go on from; None if that is nothing."""
    records = state_folder(out)
    following = records / STAGING
    stage = read_output_folder(following, records) if following.is_dir() else None
    if stage is None or not stage.record.shelves:
        return None
    stage.look_meanwhile()
    return stage


def refresh_staging(out: Path) -> None:
    """Look at what this process's next build of ``out`` will go on from.

    Before, the next site catches up with the present one: of most builds little is new.
    """
    records = state_folder(out)
    following = records / STAGING
    live, stage = read_output_folder(out, records), read_output_folder(following, records)
    before = stage.record.shelves
    if live.record.shelves in ({}, before):
        stage.note(stage.found)
        return
    stage = _reset_staging(following, records, stage if before else None)
    wanted = _plan_refresh(live, stage)
    is_alike = len(wanted) == len(live.record.sizes)
    record, _ = _fill_staging(out, live, stage, wanted, is_alike)
    write_manifest(following, records, record)
    OutputFolder(following, record).note(FolderDiff(set(), set(), []))


def _plan_refresh(live: OutputFolder, stage: OutputFolder) -> WritePlan:
    """Return what the next site can have of the present one: all but what somebody has changed."""
    wanted, before = WritePlan(), stage.record.files
    for name, shelf in live.record.shelves.items():
        if has_bundle(stage, name, shelf.key) and stage.is_as_left:
            wanted.fold(name, shelf.key, stage.record.shelves[name])
            continue
        files = [
            OutputFile(address, live.path / address, seen.key)
            for address, seen in shelf.seen()
            if before.get(address) == seen or live.has(address, seen)
        ]
        wanted.open(name, shelf.key if len(files) == len(shelf.addresses) else "", files)
    return wanted


def _reset_staging(following: Path, records: Path, stage: OutputFolder | None) -> OutputFolder:
    """Return the folder that becomes the next site: what an earlier build left, or an empty one."""
    if stage is None:
        shutil.rmtree(following, ignore_errors=True)
        following.mkdir(parents=True)
        return OutputFolder(following, Manifest())
    delete_manifest(following, records)
    return stage


def _fill_staging(  # noqa: PLR0913, PLR0917 - what a write needs
    out: Path,
    live: OutputFolder | None,
    stage: OutputFolder,
    wanted: WritePlan,
    is_alike: bool,  # noqa: FBT001
    guard: Guard | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[Manifest, list[str]]:
    """Let the next site hold these files; return what is in it, and what ``out`` has not.

    ``is_alike`` says that ``out`` has the same addresses.
    """
    files, folded = wanted.files(), wanted.folded
    before = live.record.without(folded) if live else {}
    mine = stage.record.without(folded)
    held = _reusable_files(mine, before, stage.found.changed, files)
    left = mine.keys() - held
    spare = left & files.keys() - stage.found.changed
    folders = set(live.record.folders) if live and is_alike else parent_folders(wanted.addresses())
    remove_paths(stage.path, [*stage.found.strays, *(left - spare)], folders)
    todo = [each for address, each in files.items() if address not in held]
    there = folders & stage.record.folders.keys() - stage.found.missing
    gathering = Stager(out, before if live else None, stage.path, there, spare, guard)
    made = _stage_files(gathering, todo, len(wanted), jobs, progress)
    seen = held | {each.address: each.seen for each in made}
    touched = parent_folders(each.address for each in made)
    times = dict(stage.record.folders) | folder_times(stage.path, touched)
    kept = {folder: times.get(folder, 0) for folder in sorted(folders)}
    shelves = {name: _bundle_manifest(wanted, name, seen) for name in wanted.order}
    changed = {each.address for each in made if each.changed}
    changed |= {each for each in held if before.get(each) != seen[each]}
    order = [each for each in files if each in changed]
    return Manifest(shelves, kept), order + _changed_in_reused(live, folded)


def _bundle_manifest(
    wanted: WritePlan, name: str, seen: Mapping[str, ManifestEntry]
) -> BundleManifest:
    """Return a shelf of the new site."""
    if name in wanted.folded:
        return wanted.folded[name]
    return BundleManifest.of(wanted.keys[name], {each: seen[each] for each in wanted.opened[name]})


def _changed_in_reused(
    live: OutputFolder | None, folded: Mapping[str, BundleManifest]
) -> list[str]:
    """Return what the present site has not, of bundles that the next one had."""
    before = live.record.shelves if live else {}
    found: list[str] = []
    for name, shelf in folded.items():
        if name not in before or before[name].key != shelf.key:
            present = dict(before[name].seen()) if name in before else {}
            found += [address for address, seen in shelf.seen() if present.get(address) != seen]
    return found


class Stager:
    """Fills the folder ``to`` with files that are made, or linked where ``out`` has them."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a write needs
        self,
        out: Path,
        live: Mapping[str, ManifestEntry] | None,
        to: Path,
        folders: set[str],
        spare: AbstractSet[str],
        guard: Guard | None,
    ) -> None:
        """Take what ``out`` has, the folders that ``to`` has already, and who sees what is made.

        ``spare`` are files of an earlier build that others are to take the place of.
        """
        self._out, self._live, self._to = out, live, to
        self._folders, self._spare, self._guard = folders, spare, guard
        self._last: _StagedFile | None = None
        self._real: dict[str, bool] = {}

    def fill(self, files: Sequence[OutputFile]) -> list[_StagedFile]:
        """Put a batch of files into place."""
        return [self._put(file) for file in files]

    def _put(self, file: OutputFile) -> _StagedFile:
        """Put one file into place: linked if it has not changed."""
        address, name, live, last = file.address, file.key, self._live, self._last
        self._enter(address.rpartition("/")[0])
        if self._has(address, name):
            made = self._linked(address, name)
        elif last and last.address == file.twin and last.changed:
            made = self._twin(address, name, last)
        else:
            content = file.produce()
            if self._guard and isinstance(content, bytes):
                self._guard(address, content)
            if live and self._is_there(address, content):
                made = self._linked(address, name)
            else:
                made = self._new(address, name, content)
        self._last = made
        return made

    def _has(self, address: str, name: str) -> bool:
        """Say whether the present site has this file as it was written."""
        seen = self._live.get(address) if self._live else None
        if seen is None or seen.key != name:
            return False
        return is_unmodified(f"{self._out}/{address}", seen)

    def _enter(self, folder: str) -> None:
        """Make a folder that is not there yet."""
        if folder in self._folders:
            return
        place = f"{self._to}/{folder}"
        try:
            os.mkdir(place)  # noqa: PTH102 - there are thousands
        except OSError:
            os.makedirs(place, exist_ok=True)  # noqa: PTH103
        self._folders.add(folder)

    def _is_there(self, address: str, content: bytes | Path) -> bool:
        """Say whether the present site has this already; what is reached through a link is not."""
        place = f"{self._out}/{address}"
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        try:
            found = os.lstat(place)
            if found.st_size != size or not stat.S_ISREG(found.st_mode):
                return False
            if not self._is_real(address.rpartition("/")[0]):
                return False
            with open(place, "rb", buffering=0) as old:  # noqa: PTH123 - there are thousands
                if isinstance(content, bytes):
                    return old.read(size + 1) == content
                with content.open("rb") as new:
                    while block := new.read(_CHUNK):
                        if old.read(_CHUNK) != block:
                            return False
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def _is_real(self, folder: str) -> bool:
        """Say whether a folder of the present site is reached without a link."""
        if folder not in self._real:
            place = self._out.resolve() / folder
            self._real[folder] = place == place.resolve()
        return self._real[folder]

    def _linked(self, address: str, name: str) -> _StagedFile:
        source, target = f"{self._out}/{address}", f"{self._to}/{address}"
        self._link(source, target, address)
        return _StagedFile(address, ManifestEntry.of(name, os.lstat(target)), changed=False)

    def _twin(self, address: str, name: str, last: _StagedFile) -> _StagedFile:
        target = f"{self._to}/{address}"
        self._link(f"{self._to}/{last.address}", target, address)
        return _StagedFile(address, ManifestEntry.of(name, os.lstat(target)), changed=True)

    def _link(self, source: str, target: str, address: str) -> None:
        """Let a file have another address."""
        if address in self._spare:
            _unlink(target)
        try:
            os.link(source, target)
        except OSError:  # a disk without links
            shutil.copy2(source, target)

    def _new(self, address: str, name: str, content: bytes | Path) -> _StagedFile:
        target = f"{self._to}/{address}"
        file = self._open(target, address)
        try:
            if isinstance(content, bytes):
                left = memoryview(content)
                while left:
                    left = left[os.write(file, left) :]
            else:
                with content.open("rb") as source, os.fdopen(file, "wb", closefd=False) as stream:
                    shutil.copyfileobj(source, stream, _CHUNK)
            if address in self._spare:
                os.ftruncate(file, os.lseek(file, 0, os.SEEK_CUR))
            return _StagedFile(address, ManifestEntry.of(name, os.fstat(file)), changed=True)
        except OSError as error:
            error.filename = error.filename or target
            raise
        finally:
            os.close(file)

    def _open(self, target: str, address: str) -> int:
        """Open a file to write: a spare one, if that is not the present site's as well.

        To write over a file is ten times as fast as to remove it and make another.
        """
        if address in self._spare:
            with suppress(FileNotFoundError):
                file = os.open(target, _OVERWRITE)
                if os.fstat(file).st_nlink == 1:
                    return file
                os.close(file)
            _unlink(target)
        return os.open(target, _CREATE, 0o666)


def _unlink(target: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(target)  # noqa: PTH108 - there are thousands


_OVERWRITE = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_CREATE = _OVERWRITE | os.O_CREAT | os.O_EXCL


def _stage_files(
    gathering: Stager,
    files: Sequence[OutputFile],
    total: int,
    jobs: int,
    progress: Progress | None,
) -> list[_StagedFile]:
    """Fill the next site, with a bar of how far that is."""
    made: list[_StagedFile] = []
    if progress is None:
        return [each for batch in map_in_batches(gathering.fill, files, jobs) for each in batch]
    with progress.track("Files", len(files), total) as step:
        for batch in map_in_batches(gathering.fill, files, jobs):
            made += batch
            step(batch[-1].address, len(batch))
    return made


def _swap_in(following: Path, out: Path) -> None:
    """Let the next site take the place of the present one; dotfiles (.git) stay."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        following.replace(out)
        return
    swap_folders(following, out)
    _move_dotfiles(following, out)


def _warn_of_strays(live: OutputFolder, following: Path, progress: Progress) -> None:
    """Warn of what somebody has put into the site's folder: no build takes it along."""
    ours = {address.partition("/")[0] for address in live.record.sizes}
    strays = sorted(path.name for path in _visible_paths(live.path) if path.name not in ours)
    if ours and strays:
        what = f"has what no build made, and loses it: {', '.join(map(printable, strays))}"
        hint = f"add it where you publish; until the next build it is in {following}"
        progress.log(f"warning: {live.path.name}/ {what}\n    -> {hint}")


def _move_dotfiles(following: Path, out: Path) -> None:
    """Move to the present site what is not the build's and lies where it was before."""
    if not (following.is_dir() and out.is_dir()):
        return
    for path in list(following.iterdir()):
        if path.name.startswith(".") and not (out / path.name).exists():
            path.replace(out / path.name)


def check_output_folder(out: Path) -> None:
    """Refuse a folder with files in it that no build has made; a build writes ``MARK`` first."""
    if out.exists() and not out.is_dir():
        raise SiteError([Fault(str(out), "is not a folder", hint="name another with --out")])
    if out.is_dir() and any(_visible_paths(out)) and not is_built_site(out):
        raise SiteError(
            [
                Fault(
                    str(out),
                    "holds files that no build has made, which a build would remove",
                    hint="empty it or name another folder with --out",
                )
            ]
        )


def _visible_paths(out: Path) -> Iterator[Path]:
    return (path for path in out.iterdir() if not path.name.startswith("."))


def is_built_site(out: Path) -> bool:
    """Say whether a build has made this folder."""
    try:
        made_by = json.loads((out / MARKER).read_bytes()).get("generator")
    except (OSError, ValueError, AttributeError):
        return False
    return bool(made_by == GENERATOR)


def check_addresses(addresses: Sequence[str]) -> None:
    """Refuse two files of one name (case folded, NFC), and names that no host would serve."""
    taken: dict[str, str] = {}
    faults = []
    for address in addresses:
        name = fold_case(address)
        if name not in taken and SAFE_ADDRESS.fullmatch(name):
            taken[name] = address
            continue
        parts = PurePosixPath(address).parts
        if address.startswith("/") or any(part.startswith(".") for part in parts):
            faults.append(Fault(f"/{address}", "is not an address below the site's root"))
        elif CONTROL_CHARACTERS.search(address) or "\\" in address:
            faults.append(Fault(f"/{address}", "cannot stand in an address"))
        elif any(len(part.encode()) > MAX_NAME_BYTES for part in parts):
            faults.append(Fault(f"/{address}", "is too long for a disk", hint="rename it"))
        elif name in taken:
            faults.append(Fault(f"/{address}", "stands twice", value=taken[name]))
        taken[name] = address
    for name in parent_folders(taken) & taken.keys():
        below = next(each for each in taken if each.startswith(f"{name}/"))
        faults.append(Fault(f"/{taken[below]}", "lies below an address that is a file"))
    if faults:
        raise SiteError(faults)

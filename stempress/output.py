"""The only writer into dist/: what changed is made, the rest is kept, all of it shows at once."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from stempress.errors import Fault, SiteError, nearest, visible
from stempress.exchange import exchange
from stempress.fields import CONTROL, folded
from stempress.jobs import in_batches
from stempress.report import Built, Written
from stempress.trees import (
    Found,
    Record,
    Seen,
    Tree,
    drop_record,
    folder_times,
    folders_of,
    read_tree,
    remove,
    write_record,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from stempress.progress import Progress

    type Guard = Callable[[str, bytes], None]
    """Raises SiteError where a file must not be written."""

GENERATOR = "stempress"
MARK = "data/collection.json"
"""What every build writes, and says in it who made it."""
NEXT = "next"
"""Where the next site is gathered, in the folder beside the site."""
NAME_BYTES = 255
PLAIN = re.compile(r"(?:[a-z0-9_-][a-z0-9._-]{,254}(?:/(?!$)|$))+", re.ASCII)
"""Addresses that every disk and every host takes, folded; few are different."""
_CHUNK = 1 << 20


class OutputFile(NamedTuple):
    """One file of dist/: its address below the root, and its bytes, the file to copy, or a maker.

    ``key`` names all that the content follows from: where the last build wrote this address with
    the same key, nothing is made. Without one, bytes are their own key, and a file to copy is known
    by its size and time. ``twin`` is the address of the file before this one if it has the same
    content: then the two are one file of the disk.
    """

    address: str
    content: bytes | Path | Callable[[], bytes | Path]
    key: str = ""
    twin: str = ""

    def made(self) -> bytes | Path:
        """Return the content, made if it has to be."""
        return self.content() if callable(self.content) else self.content

    def read(self) -> bytes:
        """Return the bytes, made if they have to be."""
        content = self.made()
        return content if isinstance(content, bytes) else content.read_bytes()

    def named(self) -> OutputFile:
        """Return this file with a key; one without has that of its content."""
        if self.key:
            return self
        content = self.made()
        if isinstance(content, bytes):
            return self._replace(key=blake2b(content, digest_size=12).hexdigest())
        found = content.stat()
        return self._replace(key=f"{content.name} {found.st_size} {found.st_mtime_ns}")


class _Made(NamedTuple):
    """A file in the new folder: as the disk has it, and whether it differs from the old one."""

    address: str
    seen: Seen
    changed: bool


def records_of(out: Path) -> Path:
    """Return the folder beside ``out`` that holds its records and the next ``out``."""
    return out.with_name(f".stempress-{out.name}")


def write_site(  # noqa: PLR0913 - what a write needs, named at the call
    out: Path,
    files: Iterable[OutputFile],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    only: str = "",
    build: str = "",
    told: Mapping[str, Any] | None = None,
    guard: Guard | None = None,
    ahead: Tree | None = None,
) -> Written:
    """Make ``out`` hold exactly these files: as a whole and at once, or not at all.

    The new site is gathered in a folder beside ``out``, out of what is there already (as hard
    links) and what has to be made; then the two change places. The old one stays there and is
    what the next build begins with. Refuses a folder that holds something else than an earlier
    build, and addresses that leave it or that a disk would take for one another. What does not lie
    below ``only`` stays as it is. ``guard`` sees what has been made before it is written.
    ``ahead`` is what ``look_ahead`` has returned.
    """
    every = list(files)
    gathered = {file.address: file.named() for file in every}
    refuse_foreign(out)
    records = records_of(out)
    following = records / NEXT
    _carry_dotfiles(following, out)
    live = read_tree(out, records) if out.is_dir() else None
    if live is None or len(every) != len(gathered) or gathered.keys() != live.record.files.keys():
        check_addresses(every)
    if only:
        gathered = _narrowed(gathered, live, only)
    if live and _holds(live, gathered) and live.is_whole:
        if (live.record.build, live.record.told) != (build, told or {}):
            write_record(out, records, replace(live.record, build=build, told=told or {}))
        return _written(live.record, (), 0)
    shelter(records)
    stage = _begin(following, records, ahead or look_ahead(out))
    filled, changed = _fill(out, live, stage, gathered, guard, jobs, progress)
    record = replace(filled, build=build, told=told or {})
    write_record(following, records, record)
    if live and progress:
        _tell_strays(live, following, progress)
    _publish(following, out)
    gone = sum(each not in record.files for each in live.record.files) if live else 0
    return _written(record, [each for each in gathered if each in changed], gone)


type Gathered = dict[str, OutputFile]


def _narrowed(gathered: Gathered, live: Tree | None, only: str) -> Gathered:
    """Return what is new below an address, and for the rest what the last build has left there."""

    def is_below(address: str) -> bool:
        return address == only or address.startswith(f"{only}/")

    below = {address: each for address, each in gathered.items() if is_below(address)}
    if not below:
        hint = nearest(only, _places(gathered, only))
        raise SiteError([Fault("--only", "names no page", value=only, hint=hint)])
    if live is None or not live.record.files:
        raise SiteError(
            [Fault("--only", "needs a site to be part of", hint="build all of it once")]
        )
    kept = {
        address: OutputFile(address, live.path / address, seen.key)
        for address, seen in live.record.files.items()
        if address not in live.found.changed and not is_below(address)
    }
    return kept | below


def _places(addresses: Iterable[str], missed: str) -> set[str]:
    """Return what lies in the last folder that there is on the way to a missing address."""
    folder = f"{missed}/"
    while folder and not any(address.startswith(folder) for address in addresses):
        folder = re.sub(r"[^/]*/$", "", folder)
    below = (address[len(folder) :] for address in addresses if address.startswith(folder))
    names = {rest.partition("/")[0] for rest in below}
    if folder and "index.html" in names:
        names = names - {"index.html"} | {""}
    return {f"{folder}{name}".rstrip("/") for name in names}


def standing(out: Path, build: str) -> Built | None:
    """Return what was told of a site if it stands as this build would leave it."""
    live = read_tree(out, records_of(out)) if out.is_dir() else None
    if live is None or live.record.build != build or not live.is_whole:
        return None
    told = live.record.told
    return Built(_written(live.record, (), 0), told["pages"], told["warnings"])


def _holds(live: Tree, gathered: Gathered) -> bool:
    """Say whether a folder has exactly these files already."""
    files = live.record.files
    return len(files) == len(gathered) and all(
        address in files and files[address].key == file.key for address, file in gathered.items()
    )


def _held(stage: Tree, live: Tree | None, gathered: Gathered) -> dict[str, Seen]:
    """Return what the next site has: what follows from the same, or is the present site's file."""
    before, present = stage.record.files, live.record.files if live else {}
    changed = stage.found.changed
    held = {}
    for address, file in gathered.items():
        seen = before.get(address)
        if seen is not None and seen.key != file.key:
            now = present.get(address)
            seen = now if now == (file.key, *seen[1:]) else None
        if seen is not None and address not in changed:
            held[address] = seen
    return held


def _written(record: Record, changed: Iterable[str], pruned: int) -> Written:
    sizes = {address: seen.size for address, seen in record.files.items()}
    return Written(len(sizes), sum(sizes.values()), tuple(changed), pruned, sizes)


def shelter(records: Path) -> None:
    """Make the folder beside the site, which no repository is to hold."""
    if not records.is_dir():
        records.mkdir(parents=True)
    ignore = records / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "ascii")


def look_ahead(out: Path) -> Tree | None:
    """Begin to look at what a build of ``out`` will go on from; None if that is nothing."""
    records = records_of(out)
    following = records / NEXT
    stage = read_tree(following, records) if following.is_dir() else None
    if stage is None or not stage.record.files:
        return None
    stage.look_meanwhile()
    return stage


def look_back(out: Path) -> None:
    """Look at what this process's next build of ``out`` will go on from.

    Before, the next site catches up with the present one: of most builds little is new.
    """
    records = records_of(out)
    following = records / NEXT
    live, stage = read_tree(out, records), read_tree(following, records)
    before = stage.record.files
    if live.record.files in ({}, before):
        stage.note(stage.found)
        return
    stage = _begin(following, records, stage if before else None)
    same = {
        address: OutputFile(address, live.path / address, seen.key)
        for address, seen in live.record.files.items()
        if before.get(address) == seen or live.has(address)
    }
    record, _ = _fill(out, live, stage, same)
    write_record(following, records, record)
    Tree(following, record).note(Found(set(), set(), []))


def _begin(following: Path, records: Path, stage: Tree | None) -> Tree:
    """Return the folder that becomes the next site: what an earlier build left, or an empty one."""
    if stage is None:
        shutil.rmtree(following, ignore_errors=True)
        following.mkdir(parents=True)
        return Tree(following, Record())
    drop_record(following, records)
    return stage


def _fill(  # noqa: PLR0913, PLR0917 - what a write needs
    out: Path,
    live: Tree | None,
    stage: Tree,
    gathered: Gathered,
    guard: Guard | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[Record, set[str]]:
    """Let the next site hold these files; return what is in it, and what ``out`` has not."""
    before = live.record.files if live else {}
    held = _held(stage, live, gathered)
    is_alike = live is not None and gathered.keys() == before.keys()
    wanted = set(live.record.folders) if live and is_alike else folders_of(gathered)
    left = stage.record.files.keys() - held
    spare = left & gathered.keys() - stage.found.changed
    remove(stage.path, [*stage.found.strays, *(left - spare)], wanted)
    todo = [each for address, each in gathered.items() if address not in held]
    there = wanted & stage.record.folders.keys() - stage.found.missing
    gathering = Gathering(out, live, stage.path, there, spare, guard)
    made = _gather(gathering, todo, len(gathered), jobs, progress)
    seen = held | {each.address: each.seen for each in made}
    touched = folders_of(each.address for each in made)
    times = dict(stage.record.folders) | folder_times(stage.path, touched)
    folders = {folder: times.get(folder, 0) for folder in sorted(wanted)}
    changed = {each.address for each in made if each.changed}
    changed |= {each for each in held if each not in before or before[each] != seen[each]}
    return Record(seen, folders), changed


class Gathering:
    """Fills the folder ``to`` with files that are made, or linked where ``out`` has them."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a write needs
        self,
        out: Path,
        live: Tree | None,
        to: Path,
        folders: set[str],
        spare: AbstractSet[str],
        guard: Guard | None,
    ) -> None:
        """Take the folders that ``to`` has already, and who sees what is made.

        ``spare`` are files of an earlier build that others are to take the place of.
        """
        self._out, self._live, self._to = out, live, to
        self._folders, self._spare, self._guard = folders, spare, guard
        self._last: _Made | None = None
        self._real: dict[str, bool] = {}

    def fill(self, files: Sequence[OutputFile]) -> list[_Made]:
        """Put a batch of files into place."""
        return [self._put(file) for file in files]

    def _put(self, file: OutputFile) -> _Made:
        """Put one file into place: linked if it has not changed."""
        address, name, live, last = file.address, file.key, self._live, self._last
        self._enter(address.rpartition("/")[0])
        if live and live.key(address) == name and live.has(address):
            made = self._linked(address, name)
        elif last and last.address == file.twin and last.changed:
            made = self._twin(address, name, last)
        else:
            content = file.made()
            if self._guard and isinstance(content, bytes):
                self._guard(address, content)
            if live and self._is_there(address, content):
                made = self._linked(address, name)
            else:
                made = self._new(address, name, content)
        self._last = made
        return made

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

    def _linked(self, address: str, name: str) -> _Made:
        source, target = f"{self._out}/{address}", f"{self._to}/{address}"
        self._link(source, target, address)
        return _Made(address, Seen.of(name, os.lstat(target)), changed=False)

    def _twin(self, address: str, name: str, last: _Made) -> _Made:
        target = f"{self._to}/{address}"
        self._link(f"{self._to}/{last.address}", target, address)
        return _Made(address, Seen.of(name, os.lstat(target)), changed=True)

    def _link(self, source: str, target: str, address: str) -> None:
        """Let a file have another address."""
        if address in self._spare:
            _unlink(target)
        try:
            os.link(source, target)
        except OSError:  # a disk without links
            shutil.copy2(source, target)

    def _new(self, address: str, name: str, content: bytes | Path) -> _Made:
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
            return _Made(address, Seen.of(name, os.fstat(file)), changed=True)
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
                file = os.open(target, _OVER)
                if os.fstat(file).st_nlink == 1:
                    return file
                os.close(file)
            _unlink(target)
        return os.open(target, _NEW, 0o666)


def _unlink(target: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(target)  # noqa: PTH108 - there are thousands


_OVER = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NEW = _OVER | os.O_CREAT | os.O_EXCL


def _gather(
    gathering: Gathering,
    files: Sequence[OutputFile],
    total: int,
    jobs: int,
    progress: Progress | None,
) -> list[_Made]:
    """Fill the next site, with a bar of how far that is."""
    made: list[_Made] = []
    if progress is None:
        return [each for batch in in_batches(gathering.fill, files, jobs) for each in batch]
    with progress.counted("Files", len(files), total) as step:
        for batch in in_batches(gathering.fill, files, jobs):
            made += batch
            step(batch[-1].address, len(batch))
    return made


def _publish(following: Path, out: Path) -> None:
    """Let the next site take the place of the present one; dotfiles (.git) stay."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        following.replace(out)
        return
    exchange(following, out)
    _carry_dotfiles(following, out)


def _tell_strays(live: Tree, following: Path, progress: Progress) -> None:
    """Warn of what somebody has put into the site's folder: no build takes it along."""
    ours = {address.partition("/")[0] for address in live.record.files}
    strays = sorted(path.name for path in _visible(live.path) if path.name not in ours)
    if ours and strays:
        what = f"has what no build made, and loses it: {', '.join(map(visible, strays))}"
        hint = f"add it where you publish; until the next build it is in {following}"
        progress.say(f"warning: {live.path.name}/ {what}\n    -> {hint}")


def _carry_dotfiles(following: Path, out: Path) -> None:
    """Move to the present site what is not the build's and lies where it was before."""
    if not (following.is_dir() and out.is_dir()):
        return
    for path in list(following.iterdir()):
        if path.name.startswith(".") and not (out / path.name).exists():
            path.replace(out / path.name)


def refuse_foreign(out: Path) -> None:
    """Refuse a folder with files in it that no build has made; a build writes ``MARK`` first."""
    if out.exists() and not out.is_dir():
        raise SiteError([Fault(str(out), "is not a folder", hint="name another with --out")])
    if out.is_dir() and any(_visible(out)) and not is_ours(out):
        raise SiteError(
            [
                Fault(
                    str(out),
                    "holds files that no build has made, which a build would remove",
                    hint="empty it or name another folder with --out",
                )
            ]
        )


def _visible(out: Path) -> Iterator[Path]:
    return (path for path in out.iterdir() if not path.name.startswith("."))


def is_ours(out: Path) -> bool:
    """Say whether a build has made this folder."""
    try:
        made_by = json.loads((out / MARK).read_bytes()).get("generator")
    except (OSError, ValueError, AttributeError):
        return False
    return bool(made_by == GENERATOR)


def check_addresses(files: Sequence[OutputFile]) -> None:
    """Refuse two files of one name (case folded, NFC), and names that no host would serve."""
    taken: dict[str, str] = {}
    faults = []
    for file in files:
        name = folded(file.address)
        if name not in taken and PLAIN.fullmatch(name):
            taken[name] = file.address
            continue
        parts = PurePosixPath(file.address).parts
        if file.address.startswith("/") or any(part.startswith(".") for part in parts):
            faults.append(Fault(f"/{file.address}", "is not an address below the site's root"))
        elif CONTROL.search(file.address) or "\\" in file.address:
            faults.append(Fault(f"/{file.address}", "cannot stand in an address"))
        elif any(len(part.encode()) > NAME_BYTES for part in parts):
            faults.append(Fault(f"/{file.address}", "is too long for a disk", hint="rename it"))
        elif name in taken:
            faults.append(Fault(f"/{file.address}", "stands twice", value=taken[name]))
        taken[name] = file.address
    for name in folders_of(taken) & taken.keys():
        below = next(each for each in taken if each.startswith(f"{name}/"))
        faults.append(Fault(f"/{taken[below]}", "lies below an address that is a file"))
    if faults:
        raise SiteError(faults)

"""The only writer into dist/: write what changed, prune the rest."""

from __future__ import annotations

import json
import shutil
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from stempress.errors import Fault, SiteError
from stempress.fields import CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

GENERATOR = "stempress"
MARK = "data/collection.json"
"""What every build writes, and says in it who made it."""
STAGE = ".part"
"""Where new files are gathered, inside the folder, so that moving them is a mere renaming."""
NAME_BYTES = 255
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One file of dist/: its address below the root, and its bytes or the file to copy."""

    address: str
    content: bytes | Path

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def read(self) -> bytes:
        """Return the bytes."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: ``changed`` are the addresses of the files that it wrote."""

    files: int
    size: int
    changed: tuple[str, ...]
    pruned: int


def write_site(out: Path, files: Iterable[OutputFile]) -> Written:
    """Make ``out`` hold exactly these files; it stays as it was until all of them are written.

    Refuses a folder that holds something else than an earlier build, and addresses that leave it
    or that a disk would take for one another.
    """
    gathered = list(files)
    check_addresses(gathered)
    refuse_foreign(out)
    changed = [file for file in gathered if not _same(out, file)]
    changed.sort(key=lambda file: file.address != MARK)  # first, so that a rest is known as ours
    is_new = not out.exists()
    try:
        _stage(out, changed)
        pruned = _prune(out, {PurePosixPath(file.address) for file in gathered})
        for at, file in enumerate(changed):
            _move(out / STAGE / str(at), out / file.address)
    finally:
        shutil.rmtree(out / STAGE, ignore_errors=True)
        if is_new:
            with suppress(OSError):  # an empty folder alone can be removed
                out.rmdir()
    size = sum(file.size for file in gathered)
    return Written(len(gathered), size, tuple(file.address for file in changed), pruned)


def refuse_foreign(out: Path) -> None:
    """Refuse a folder with files in it that no build has made; a build writes ``MARK`` first."""
    if out.exists() and not out.is_dir():
        raise SiteError([Fault(out.name, "is not a folder", hint="name another with --out")])
    if out.is_dir() and any(_visible(out)) and not is_ours(out):
        raise SiteError(
            [
                Fault(
                    out.name,
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
        name = unicodedata.normalize("NFC", file.address).casefold()
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
    for name, address in taken.items():
        if any(str(folder) in taken for folder in PurePosixPath(name).parents):
            faults.append(Fault(f"/{address}", "lies below an address that is a file"))
    if faults:
        raise SiteError(faults)


def _same(out: Path, file: OutputFile) -> bool:
    """Say whether a file is there already; what is reached through a link is not."""
    path = out / file.address
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    if path.resolve() != out.resolve() / file.address:
        return False
    if isinstance(file.content, bytes):
        return path.read_bytes() == file.content
    with path.open("rb") as old, file.content.open("rb") as new:
        while block := new.read(_CHUNK):
            if old.read(_CHUNK) != block:
                return False
    return True


def _stage(out: Path, files: Sequence[OutputFile]) -> None:
    """Write files under their number."""
    stage = out / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for at, file in enumerate(files):
        if isinstance(file.content, bytes):
            (stage / str(at)).write_bytes(file.content)
        else:
            shutil.copyfile(file.content, stage / str(at))


def _prune(out: Path, wanted: set[PurePosixPath]) -> int:
    """Remove files that are not wanted, then folders that are empty; dotfiles (.git) stay.

    A link is removed itself; nothing behind it is touched.
    """
    pruned = 0
    tops = list(_visible(out))
    below = (path for top in tops if not top.is_symlink() for path in top.rglob("*"))
    for path in sorted([*tops, *below], reverse=True):
        if path.is_symlink() or path.is_file():
            if PurePosixPath(path.relative_to(out).as_posix()) not in wanted or path.is_symlink():
                path.unlink()
                pruned += 1
        elif not any(path.iterdir()):
            path.rmdir()
    return pruned


def _move(staged: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(path)

"""``stempress mix``: write a variation or a take as a WAV file, or stems for workstations."""

from __future__ import annotations

from argparse import ArgumentTypeError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site
from stempress.commands.command import Command
from stempress.core.errors import Fault, SiteError
from stempress.core.files import attach_filename, check_folder, check_suffix, check_writable
from stempress.core.units import format_size

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable

    from pyodide_app.engine.pcm import Bits
    from stempress.audio.bounce import OpenMix
    from stempress.commands.command import Context


MIX_FILE = Path("mix.wav")


@dataclass(frozen=True, slots=True, kw_only=True)
class MixOptions:
    """Options of a mix: ``mix_number`` may also be a link copied from the mixer.

    Without it ``song`` is a take: a link, a file, or the name of one in content/takes/.

    ``wav`` is None for the default, which is no file if there are ``stems``.
    """

    site: Path
    song: str
    mix_number: str = ""
    wav: Path | None = None
    stems: Path | None = None
    bits: Bits = 24


def add_mix_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of a mix."""
    add_site(parser)
    parser.add_argument(
        "song", metavar="song | take", help="the song's slug; or a take: name, file or link"
    )
    parser.add_argument(
        "mix_number", nargs="?", help="such as 3-1-4, or a link copied from the mixer"
    )
    parser.add_argument("-o", dest="wav", type=Path, metavar="FILE", help=f"default: {MIX_FILE}")
    parser.add_argument(
        "--stems",
        type=Path,
        metavar="DIR",
        help="write the stems and a .dawproject file to this folder; the mix only with -o",
    )
    parser.add_argument("--bits", type=_bits, choices=(16, 24), help="default: 24")


def _bits(text: str) -> int:
    """Parse the bits of a sample: of what is no number argparse would name the type only."""
    if text not in {"16", "24"}:
        raise ArgumentTypeError(f"{text!r} is neither 16 nor 24")
    return int(text)


def run_mix(options: MixOptions, context: Context) -> bool:
    """Mix and write the files."""
    wav = options.wav or (None if options.stems else MIX_FILE)
    if wav:
        check_writable(wav.absolute(), "-o")
        check_suffix(wav, "-o", [MIX_FILE.suffix])
    if options.stems:
        check_folder(options.stems.absolute(), "--stems")
    if not options.mix_number or "take=" in options.mix_number:
        _run_take(options, wav, context)
        return True
    from stempress.audio.bounce import bounce, open_mix  # noqa: PLC0415 - slow, and builds do without

    mix = open_mix(options.site, options.song, options.mix_number, context.progress)
    if wav:
        data = [bounce(mix, options.bits)]
        _write_wav(wav.absolute(), data, options.bits, context)
    if options.stems:
        _write_stems(options.stems.absolute(), mix, options.bits, context)
    return True


def _run_take(options: MixOptions, wav: Path | None, context: Context) -> None:
    from stempress.audio.take_files import open_take, take_wav  # noqa: PLC0415 - as above

    if options.stems or not wav:
        raise SiteError([Fault("--stems", "is for a mix: a take has its stems at many levels")])
    text = options.mix_number or options.song
    take = open_take(options.site, text, context.progress)
    if options.mix_number and take.song.slug != options.song:
        message = f"the take is of the song {take.song.slug!r}"
        raise SiteError([Fault("song", message, value=options.song)])
    _write_wav(wav.absolute(), take_wav(take, options.bits), options.bits, context)


def _write_wav(path: Path, pieces: Iterable[bytes], bits: Bits, context: Context) -> None:
    with attach_filename(path), path.open("wb") as file:
        file.writelines(pieces)
        size = file.tell()
    context.progress.log(f"{path}: {bits} bits, {format_size(size)}")


def _write_stems(folder: Path, mix: OpenMix, bits: Bits, context: Context) -> None:
    from stempress.audio.stem_export import export_stems  # noqa: PLC0415 - as above

    folder.mkdir(exist_ok=True)
    paths = export_stems(mix, folder, bits, context.progress)
    size = format_size(sum(path.stat().st_size for path in paths))
    stems = f"{len(paths) - 1} stem{'s' * (len(paths) != 2)}"
    context.progress.log(f"{folder}: {stems} of {bits} bits and {paths[-1].name}, {size}")


MIX = Command(MixOptions, add_mix_arguments, run_mix)

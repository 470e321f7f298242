"""``stempress mix``: write a variation as a WAV file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site
from stempress.commands.command import Command
from stempress.core.files import attach_filename, check_writable
from stempress.core.units import megabytes

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from pyodide_app.engine.pcm import Bits
    from stempress.commands.command import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class MixOptions:
    """Options of a mix: ``mix_number`` may also be a link copied from the mixer."""

    site: Path
    song: str
    mix_number: str
    wav: Path = Path("mix.wav")
    bits: Bits = 24


def add_mix_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of a mix."""
    add_site(parser)
    parser.add_argument("song", help="the song's slug")
    parser.add_argument("mix_number", help="such as 3-1-4, or a link copied from the mixer")
    parser.add_argument("-o", dest="wav", type=Path, metavar="FILE", help="default: mix.wav")
    parser.add_argument("--bits", type=int, choices=(16, 24), help="default: 24")


def run_mix(options: MixOptions, context: Context) -> bool:
    """Mix and write the file."""
    from stempress.audio.bounce import bounce  # noqa: PLC0415 - slow, and builds do without

    wav = options.wav.absolute()
    check_writable(wav, "-o")
    data = bounce(options.site, options.song, options.mix_number, options.bits, context.progress)
    with attach_filename(wav):
        wav.write_bytes(data)
    context.progress.log(f"{wav}: {options.bits} bits, {megabytes(len(data))}")
    return True


MIX = Command(MixOptions, add_mix_arguments, run_mix)

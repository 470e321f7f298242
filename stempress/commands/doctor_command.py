"""``stempress doctor``: what is installed, where the cache is, and what would be slow."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from stempress.commands.arguments import add_site_and_out
from stempress.commands.command import Command
from stempress.commands.json_output import print_json

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

    from stempress.commands.command import Context

MARKS = {"ok": "ok     ", "slow": "slow   ", "missing": "missing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    """Options of ``doctor``."""

    site: Path
    out: Path
    json: bool = False


def add_doctor_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``doctor``."""
    add_site_and_out(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run_doctor(options: DoctorOptions, _: Context) -> bool:
    """Report what builds need and find; return whether nothing is missing that they need."""
    from stempress.commands.doctor import examine  # noqa: PLC0415 - slow, and builds do without

    checks = examine(options.out)
    if options.json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            hint = f"\n            -> {check.hint}" if check.hint else ""
            print(f"{MARKS[check.state]}  {check.name}: {check.found}{hint}")  # noqa: T201
    return all(check.state != "missing" for check in checks)


DOCTOR = Command(DoctorOptions, add_doctor_arguments, run_doctor)

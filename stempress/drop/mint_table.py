"""The report of a mint as a table on the terminal, and as CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from rich.table import Table

from stempress.core.files import attach_filename

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stempress.core.progress import Progress
    from stempress.drop.mint_report import ReportLine


def print_report(lines: Sequence[ReportLine], progress: Progress, csv_file: Path | None) -> None:
    """Print the report, and write it as CSV if asked for."""
    if csv_file:
        path = csv_file.absolute()
        _write_csv(lines, path)
        progress.log(f"{path}: {len(lines)} lines")
    table = Table("stem", box=None)
    for heading in ("target", "planned", "drawn", "deviation"):
        table.add_column(heading, justify="right")
    for line in lines:
        numbers = f"{line.target:.1f}", str(line.planned), str(line.drawn), f"{line.deviation:+.1f}"
        table.add_row("/".join(line.key), *numbers)
    progress.console.print(table)
    progress.log(
        "target: the exact share; planned: that share as a whole number, once everything is "
        "minted; drawn: in this mint; deviation: drawn minus target"
    )
    largest = max((abs(line.deviation) for line in lines), default=0.0)
    progress.log(f"largest deviation from a target: {largest:.1f} tokens")


def _write_csv(lines: Sequence[ReportLine], path: Path) -> None:
    with attach_filename(path), path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["song", "layer", "stem", "wished", "planned", "drawn", "apart"])
        for line in lines:
            row = f"{line.target:.2f}", line.planned, line.drawn, f"{line.deviation:.2f}"
            writer.writerow([*line.key, *row])

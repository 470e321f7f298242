"""``stempress cache``: the size of the cache, and its removal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from stempress.commands.command import Command
from stempress.commands.json_output import print_json
from stempress.core.cache import cache_root
from stempress.core.cache_folder import cache_sizes, clear_cache
from stempress.core.units import format_size

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from stempress.commands.command import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheOptions:
    """Options of ``cache``."""

    action: Literal["size", "clear"]
    json: bool = False


def add_cache_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``cache``."""
    parser.add_argument("action", choices=("size", "clear"), help="report its size, or remove it")
    parser.add_argument("--json", action="store_true", help="bytes by folder, as JSON")


def run_cache(options: CacheOptions, context: Context) -> bool:
    """Report the size of the cache, or remove it."""
    sizes, root = cache_sizes(), cache_root()
    if options.action == "clear":
        clear_cache()
    if options.json:
        print_json({"folder": str(root), "bytes": sum(sizes.values()), "parts": sizes})
        return True
    total = format_size(sum(sizes.values()))
    if options.action == "clear":
        context.progress.log(f"{root}: removed {total}")
        return True
    for name, size in sizes.items():
        print(f"{format_size(size):>12}  {name}")  # noqa: T201 - data goes to standard output
    print(f"{total:>12}  {root}")  # noqa: T201
    return True


CACHE = Command(CacheOptions, add_cache_arguments, run_cache)

"""The pinned decoders of the mixer, from the CDN or the npm registry."""

from __future__ import annotations

import re
import zlib
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from stempress.core.cache import store
from stempress.core.errors import Fault, SiteError
from stempress.runtime.npm_packages import PinnedPackage

if TYPE_CHECKING:
    from collections.abc import Callable

CODECS = ("opus", "flac", "vorbis")
LICENCE = Path(__file__).with_name("decoders_licence.txt")
_DYNENCODE = re.compile(r"dynEncode01([0-9a-f]{2})[0-9a-f]{8}(.*?)`", re.DOTALL)
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_YENC_ESCAPE = 64


def prepare_decoders(*, folder: Path | None, report: Callable[[str], None]) -> dict[str, Path]:
    """Return what ``dist/app/decoders/`` holds: file name -> file ready to copy.

    ``folder`` is where the user keeps the pinned files. SiteError if nobody has them.
    """
    wasm = {f"{codec}.wasm": prepare_decoder(codec, folder, report) for codec in CODECS}
    return {**wasm, "LICENSE.txt": LICENCE}


def prepare_decoder(codec: str, folder: Path | None, report: Callable[[str], None]) -> Path:
    """Return the WebAssembly module that decodes a codec."""
    package = PinnedPackage(Path(__file__).with_name(f"decoder_{codec}.toml"))
    wasm = package.store / f"{codec}.wasm"
    if not wasm.exists():
        (source,) = package.fetch(folder, report).values()
        module = extract_wasm(source.read_text("utf-8"))
        if sha256(module).hexdigest() != package.pin["wasm_sha256"]:
            raise SiteError([Fault(package.name, "does not hold the pinned decoder")])
        store(wasm, module)
    return wasm


def extract_wasm(script: str) -> bytes:
    """Return the WebAssembly module in a script of the wasm-audio-decoders project.

    It is deflated, and written into a string in a variant of yEnc (npm package simple-yenc): bytes
    are shifted by an offset, and those that a string cannot hold are escaped.
    """
    match = _DYNENCODE.search(script)
    if match is None:
        raise ValueError("the script holds no module")
    offset = int(match[1], 16)
    text = _UNICODE_ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), match[2])
    deflated = bytearray()
    shift = offset
    for character in text:
        if character == "=" and shift == offset:
            shift = offset + _YENC_ESCAPE
            continue
        code = ord(character)
        byte = code if code < 256 else character.encode("cp1252")[0]
        deflated.append((byte - shift) % 256)
        shift = offset
    return zlib.decompress(deflated, -zlib.MAX_WBITS)

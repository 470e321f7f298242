"""What the page's modules take out of an archive is what Python has put into it."""

from __future__ import annotations

import io
import zipfile

from stempress.core.paths import WEB
from tests.support.node import Node

UNZIP = """async ([address, bytes]) => {
  const { unzip } = await import(address);
  const files = await unzip(new Uint8Array(bytes).buffer);
  return Object.fromEntries(files.map(([name, content]) => [name, [...content]]));
}"""


def test_an_archive_is_unpacked() -> None:
    files = {"a.txt": b"stored", "b/ä.txt": b"deflated " * 1000, "empty": b""}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.mkdir("b")
        for at, (name, content) in enumerate(files.items()):
            target.writestr(name, content, zipfile.ZIP_DEFLATED if at else zipfile.ZIP_STORED)
        target.comment = b"the end"
    with Node() as node:
        found = node.evaluate(UNZIP, [(WEB / "python/zip.js").as_uri(), list(archive.getvalue())])
    assert {name: bytes(content) for name, content in found.items()} == files

"""A local IPFS gateway that has only the blocks of a CAR file."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from stempress.commands.static_server import StaticHandler
from stempress.publish.car import read_car
from stempress.publish.cid import DAG_PB, format_cid, parse_cid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUBDOMAIN = re.compile(r"(b[a-z2-7]{58})\.ipfs\.localhost(:\d+)?")
type Fields = list[tuple[int, bytes | int]]


class Store:
    """The blocks of a CAR file, and the files in them."""

    def __init__(self, car: Path) -> None:
        with car.open("rb") as stream:
            self.root, blocks = read_car(stream)
            self.blocks = {block.cid: block.content for block in blocks}

    def resolve(self, cid: bytes, path: str) -> bytes | None:
        """Return the CID at a path below another CID."""
        for name in filter(None, path.split("/")):
            child = dict(self.entries(cid)).get(name)
            if child is None:
                return None
            cid = child
        return cid

    def entries(self, cid: bytes) -> Iterator[tuple[str, bytes]]:
        """Yield a folder's entries; none if it is not a folder."""
        kind, links = self.node(cid)
        for name, child in links:
            if kind == 1:
                yield name, child
            elif kind == 5 and len(name) == 2:
                yield from self.entries(child)
            elif kind == 5:
                yield name[2:], child

    def is_folder(self, cid: bytes) -> bool:
        return self.node(cid)[0] in (1, 5)

    def node(self, cid: bytes) -> tuple[int, list[tuple[str, bytes]]]:
        """Return the UnixFS type of a block, and its links' names and CIDs."""
        if cid[1] != DAG_PB:
            return 0, []
        kind, links = 0, []
        for number, value in fields(self.blocks[cid]):
            assert isinstance(value, bytes)
            parts = dict(fields(value))
            if number == 2:
                name, child = parts[2], parts[1]
                assert isinstance(name, bytes)
                assert isinstance(child, bytes)
                links.append((name.decode(), child))
            else:
                block_type = parts[1]
                assert isinstance(block_type, int)
                kind = block_type
        return kind, links

    def content(self, cid: bytes) -> bytes:
        """Return a file's bytes."""
        if cid[1] != DAG_PB:
            return self.blocks[cid]
        return b"".join(self.content(child) for _, child in self.node(cid)[1])


def fields(message: bytes) -> Fields:
    """Return the fields of a Protocol Buffers message."""
    parsed: Fields = []
    position = 0

    def read_varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        key = read_varint()
        value: bytes | int = read_varint()
        if key & 7 == 2:
            length = int(value)
            value = message[position : position + length]
            position += length
        parsed.append((key >> 3, value))
    return parsed


class Gateway(StaticHandler):
    """Serves ``/ipfs/<cid>/...``, ``<cid>.ipfs.localhost`` and, block by block, ``?format=raw``."""

    store: Store

    def end_headers(self) -> None:
        """Let pages of other sites read everything."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def answer(self) -> None:
        parts = urlsplit(self.path)
        host = SUBDOMAIN.fullmatch(self.headers.get("Host", ""))
        path = f"/ipfs/{host[1]}{parts.path}" if host else parts.path
        if not (match := re.fullmatch(r"/ipfs/(b[a-z2-7]{58})(/.*)?", path)):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        cid, below = parse_cid(match[1]), unquote(match[2] or "")
        if parse_qs(parts.query).get("format") == ["raw"]:
            self.send_body(self.store.blocks.get(cid), "application/vnd.ipld.raw")
        elif self.headers.get("Service-Worker") and not host:
            self.send_error(HTTPStatus.BAD_REQUEST)  # as gateways do: its scope would be all sites
        else:
            self.send_path(cid, below)

    def send_path(self, root: bytes, below: str) -> None:
        cid = self.store.resolve(root, below)
        is_folder = cid is not None and self.store.is_folder(cid)
        if is_folder and not below.endswith("/"):
            self.send_folder_redirect(urlsplit(self.path).path)
            return
        below += "index.html" * is_folder
        cid = self.store.resolve(root, below)
        if cid is None or self.store.is_folder(cid):
            missing = self.store.resolve(root, "404.html")
            page = self.store.content(missing) if missing else None
            self.send_body(page, "text/html; charset=utf-8", HTTPStatus.NOT_FOUND)
        else:
            self.send_body(self.store.content(cid), self.guess_type(below))

    def send_body(self, body: bytes | None, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        if body is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(status)
        self.send_content_headers(kind, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)


def address_of(store: Store) -> str:
    """Return the path at which a gateway serves a store's root."""
    return f"/ipfs/{format_cid(store.root)}/"

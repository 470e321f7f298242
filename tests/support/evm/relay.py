"""A public endpoint in front of a chain: counts requests; delays, refuses, lies on demand."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

import requests

from stempress.commands.static_server import StaticServer

if TYPE_CHECKING:
    from collections.abc import Callable

type Question = dict[str, Any]
type Answer = tuple[int, bytes]


@dataclass
class Relay:
    """An endpoint. ``act`` may answer a request instead of the chain, with a status and a body."""

    upstream: str
    delay: float = 0.0
    act: Callable[[Question], Answer | None] = lambda _: None
    asked: Counter[str] = field(default_factory=Counter)
    bytes_sent: int = 0

    def __enter__(self) -> Self:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_OPTIONS(self) -> None:
                self.reply(204, b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.reply(*relay.answer(body))

            def reply(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("access-control-allow-origin", "*")
                self.send_header("access-control-allow-headers", "content-type")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = StaticServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, body: bytes) -> Answer:
        """Count a request and answer it."""
        question = json.loads(body)
        if isinstance(question, list):
            parts = [self.answer(json.dumps(part).encode()) for part in question]
            return 200, b"[" + b",".join(part for _, part in parts) + b"]"
        self.asked[question["method"]] += 1
        time.sleep(self.delay)
        reply = self.act(question)
        if reply is None:
            response = requests.post(
                self.upstream, data=body, headers={"content-type": "application/json"}, timeout=60
            )
            reply = response.status_code, response.content
        self.bytes_sent += len(reply[1])
        return reply

    def reset(self) -> None:
        """Behave normally again, and count from zero."""
        self.delay, self.act, self.bytes_sent = 0.0, lambda _: None, 0
        self.asked.clear()


def refusal(code: int, message: str) -> Answer:
    """Return a JSON-RPC error."""
    error = {"code": code, "message": message}
    return 200, json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode()


def result(value: object) -> Answer:
    """Return a JSON-RPC result."""
    return 200, json.dumps({"jsonrpc": "2.0", "id": 1, "result": value}).encode()

"""A local chain (anvil) with the test contracts on it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

import requests
from eth_abi.abi import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
BIN = HERE.parents[2] / "node_modules/.bin/anvil"
CHAIN = 11155111
MULTICALL = "0xcA11bde05977b3631167028862bE2a173976CA11"
NAMES = "0x00000000000C2E074eC69A0dFb2997BA6C7d2e1e"
MINTED_AT_ONCE = 500
FLAGS = (
    *("--port", "0", "--auto-impersonate", "--accounts", "1"),
    *("--gas-limit", "1000000000", "--block-base-fee-per-gas", "0", "--gas-price", "0"),
    *("--timestamp", "1788264000", "--hardfork", "cancun"),
)


def compiled() -> bytes:
    """Return the test contracts' code and selectors as JSON; takes seconds."""
    script = str(HERE / "compile.mjs")
    return subprocess.run(["node", script], capture_output=True, check=True).stdout  # noqa: S603, S607


def arguments(call: str, values: Sequence[object]) -> str:
    """Return the values as the hex digits of a call's arguments; tuples may be within lists."""
    types = re.findall(r"\([^()]*\)(?:\[\])?|[^,()]+", call[call.index("(") + 1 : -1])
    given = [
        bytes.fromhex(value[2:]) if kind == "bytes32" and isinstance(value, str) else value
        for kind, value in zip(types, values, strict=True)
    ]
    return encode(types, given).hex()


@dataclass
class Chain:
    """A chain of its own."""

    compiled: dict[str, Any]
    address: str = ""
    chain_id: int = CHAIN
    _ids: count[int] = field(default_factory=count)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603
            [str(BIN), *FLAGS, "--chain-id", str(self.chain_id)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if listening := re.match(r"Listening on ([\d.]+:\d+)", line):
                self.address = f"http://{listening[1]}"
                break
        # Nobody reads the rest, but a full pipe would stop the chain.
        self._drain = Thread(target=self._process.stdout.read)
        self._drain.start()
        self._session = requests.Session()
        self.place("Multicall3", MULTICALL)
        return self

    def __exit__(self, *error: object) -> None:
        self._session.close()
        self._process.terminate()
        self._drain.join()
        self._process.communicate(timeout=10)

    def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - any JSON
        """Send a JSON-RPC request and return its result."""
        question = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        answer = self._session.post(self.address, json=question, timeout=60).json()
        assert "error" not in answer, answer
        return answer["result"]

    def deploy(self, name: str, types: str = "()", *values: object) -> str:
        """Deploy a contract with its constructor's arguments, and return its address."""
        receipt = self._mined({"data": self.compiled[name]["code"] + arguments(types, values)})
        address: str = receipt["contractAddress"]
        return address

    def place(self, name: str, address: str) -> None:
        """Put a contract's code at an address."""
        code = self.ask("eth_getCode", self.deploy(name), "latest")
        self.ask("anvil_setCode", address, code)

    def send(
        self, contract: str, to: str, call: str, *values: object, by: str = "", value: int = 0
    ) -> None:
        """Send a transaction to ``contract``, at ``to``, from anybody, with a ``value`` in wei."""
        data = self._data(contract, call, values)
        sender = {"from": by} if by else {}
        self._mined({"to": to, "data": data, "value": hex(value), **sender})

    def read(self, contract: str, to: str, call: str, *values: object) -> bytes:
        """Call a function that only reads, and return its answer."""
        data = self._data(contract, call, values)
        answer: str = self.ask("eth_call", {"to": to, "data": data}, "latest")
        return bytes.fromhex(answer.removeprefix("0x"))

    def _data(self, contract: str, call: str, values: Sequence[object]) -> str:
        return f"0x{self.compiled[contract]['selectors'][call]}{arguments(call, values)}"

    def _mined(self, transaction: dict[str, str]) -> dict[str, Any]:
        sender = {"from": "0x" + "11" * 20, "gas": hex(900_000_000), "gasPrice": "0x0"}
        sent = self.ask("eth_sendTransaction", {**sender, **transaction})
        receipt: dict[str, Any] | None = None
        while receipt is None:
            receipt = self.ask("eth_getTransactionReceipt", sent)
        assert receipt["status"] == "0x1", receipt
        return receipt

    def mint(self, contract: str, to: str, owner: str, first: int, number: int) -> None:
        """Mint consecutive tokens."""
        for start in range(first, first + number, MINTED_AT_ONCE):
            size = min(MINTED_AT_ONCE, first + number - start)
            if contract == "Batched":
                self.send(contract, to, "mint(address,uint256)", owner, size)
            elif contract == "Multi":
                call = "mint(address,uint256,uint256,uint256)"
                self.send(contract, to, call, owner, start, size, 1)
            else:
                self.send(contract, to, "mint(address,uint256,uint256)", owner, start, size)

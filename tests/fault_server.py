"""A server of OpenAI's chat API where much goes wrong, on the way and in what is said; it counts what it did.

What goes wrong follows from the passage's number alone: see `plan`. `with FaultServer() as server: …`.
"""

import asyncio
import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from api_server import answer

NUMBER = re.compile(r"number (\d+) ")
PASSING = {
    "429": 40,
    "429 for 200 s": 1,
    "500": 40,
    "503": 20,
    "hang": 3,
    "drop": 30,
    "half a body": 30,
    "empty body": 20,
    "malformed body": 20,
    "empty": 30,
    "malformed": 30,
    "truncated": 30,
    "cut": 30,
    "wrong schema": 30,
    "blank lines": 30,
    "slow drip": 20,
}
# What befalls a passage at every try, and the reason that it is quarantined with.
LASTING = {
    "500": "unreachable: the endpoint fails (500): injected",
    "drop": "unreachable: no connection",
    "hang": "unreachable: no answer within",
    "half a body": "unreachable: no connection: IncompleteRead",
    "malformed body": "unreachable: what came back is no answer",
    "400": "refused: injected",
    "empty": "empty",
    "malformed": "not_json",
    "truncated": "truncated",
    "wrong schema": "schema",
}
HARMLESS = ("blank lines", "slow drip")


def plan(number: int) -> tuple[str, bool]:
    """What goes wrong with a passage, if anything, and whether it does so every time. About 0.4 each at its first."""
    if number % 125 == 7:
        return list(LASTING)[number // 125 % len(LASTING)], True
    dice = random.Random(number)
    return dice.choices([*PASSING, ""], [*PASSING.values(), 1000 - sum(PASSING.values())])[0], False


class FaultServer:
    """Serves until the block ends. `injected` counts faults by name; harmless ones are counted in `odd`."""

    def __init__(self) -> None:
        self.requests = 0
        self.injected, self.odd = Counter[str](), Counter[str]()
        self._tries = Counter[int]()
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=1024))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        started.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(re.search(rb"content-length: (\d+)", head.lower())[1])
                if not await self._reply(json.loads(await reader.readexactly(length)), writer):
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _reply(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        # Whether the connection is kept.
        number = int(NUMBER.search(body["messages"][1]["content"])[1])
        self.requests += 1
        self._tries[number] += 1
        fault, lasting = plan(number)
        if not lasting and self._tries[number] > 1:
            fault = ""
        (self.odd if fault in HARMLESS else self.injected)[fault] += bool(fault)
        if fault == "hang":
            await asyncio.sleep(60)
        if fault in ("hang", "drop"):
            return False
        status, headers, content, reason = _said(fault, answer(body))
        payload = _payload(fault, status, content, reason)
        if fault in HARMLESS:
            await _in_pieces(payload, writer, blank=fault == "blank lines")
            return True
        head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(payload)}\r\n{headers}\r\n".encode()
        writer.write(head + (payload[: len(payload) // 2] if fault == "half a body" else payload))
        await writer.drain()
        return fault != "half a body"


def _said(fault: str, right: str) -> tuple[int, str, str, str]:
    # Status, headers, content, finish reason.
    wait = {"429": "Retry-After: 2\r\n", "429 for 200 s": "Retry-After: 200\r\n"}.get(fault, "")
    status = int(fault[:3]) if fault[:3].isdigit() else 200
    wrong: dict[str, Callable[[], str]] = {
        "empty": lambda: "",
        "malformed": lambda: "I would rather not.",
        "cut": lambda: right[: len(right) // 2],
        "wrong schema": lambda: '{"pears": []}',
    }
    return status, wait, wrong.get(fault, lambda: right)(), "length" if fault == "truncated" else "stop"


def _payload(fault: str, status: int, content: str, reason: str) -> bytes:
    if fault in ("empty body", "malformed body"):
        return b"" if fault == "empty body" else b'{"choices": [{"mess'
    if status != 200:
        return b'{"error": {"message": "injected"}}'
    choice = {"finish_reason": reason, "message": {"role": "assistant", "content": content}}
    return json.dumps({"choices": [choice], "usage": {"total_tokens": 150}}).encode()


async def _in_pieces(payload: bytes, writer: asyncio.StreamWriter, *, blank: bool) -> None:
    writer.write(b"HTTP/1.1 200 Said\r\nTransfer-Encoding: chunked\r\n\r\n")
    size = len(payload) // 5 + 1
    pieces = [b"\n"] * 5 + [payload] if blank else [payload[at : at + size] for at in range(0, len(payload), size)]
    for piece in pieces:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()
        await asyncio.sleep(0.02)
    writer.write(b"0\r\n\r\n")
    await writer.drain()

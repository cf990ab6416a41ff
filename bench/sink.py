"""A mail server that only says yes, as fast as it can: the same one for us and for the limit.

Run as a process of its own: `python -m bench.sink` prints its port; SIGTERM ends it. It counts what it took and tells
the count, and when the last one came, to whoever sends the line COUNT.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

taken = 0
last = 0.0


class Session(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""
        self.in_data = False
        self.say(b"220 sink")

    def say(self, line: bytes) -> None:
        self.transport.write(line + b"\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self.step():
            pass

    def step(self) -> bool:
        global taken, last
        end = b"\r\n.\r\n" if self.in_data else b"\r\n"
        head, found, rest = self.buffer.partition(end)
        if not found:
            return False
        self.buffer = rest
        if self.in_data:
            taken, last, self.in_data = taken + 1, time.time(), False
            self.say(b"250 taken")
        else:
            self.answer(head[:4].upper())
        return True

    def answer(self, word: bytes) -> None:
        if word == b"DATA":
            self.in_data = True
            self.say(b"354 go on")
        elif word == b"COUN":
            self.say(f"250 {taken} {last!r}".encode())
        elif word == b"QUIT":
            self.say(b"221 bye")
            self.transport.close()
        else:
            self.say(b"250 fine")


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def started() -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen([sys.executable, "-m", "bench.sink"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())


if __name__ == "__main__":
    asyncio.run(serve())

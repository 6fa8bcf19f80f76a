"""`python -m benchmarks.mail_sink PORT`: a mail server that takes everything and keeps nothing, as quickly as it can.

The quicker it is, the more of what is measured is the client's.
"""

import asyncio
import sys

_END = b"\r\n.\r\n"
_REPLIES = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250 SIZE 33554432\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Sink(asyncio.Protocol):
    """A client that waits for each reply sends one command, or a message, at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._reading = False  # a message
        self._tail = b""
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._tail = (self._tail + data)[-len(_END) :] if len(data) < len(_END) else data[-len(_END) :]
        if self._reading:
            if self._tail == _END:
                self._reading = False
                self._transport.write(b"250 taken\r\n")
            return
        if self._tail.endswith(b"\r\n"):
            word = data[:4].upper()
            self._reading = word == b"DATA"
            self._transport.write(_REPLIES.get(word, b"250 ok\r\n"))


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

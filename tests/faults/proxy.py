"""A wire between a client and a server that can be cut, held up, and mended."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

_PIECE = 64 * 1024


class Proxy:
    """Listens on `port` of this machine and passes on to another port of it, in a thread."""

    def __init__(self, to: int) -> None:
        self.port = 0
        self._to = to
        self._delay = 0.0  # seconds, before each piece
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def cut(self) -> None:
        """End every connection, and refuse new ones until `mend`."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._end_all)

    def slow_down(self, seconds: float) -> None:
        """Hold up each piece of what is said, in both directions."""
        self._delay = seconds

    def mend(self) -> None:
        self._is_cut, self._delay = False, 0.0

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        server = self._loop.run_until_complete(
            asyncio.start_server(self._connected, "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, to_server}
        both = (self._pass_on(reader, to_server), self._pass_on(from_server, writer))
        await asyncio.gather(*both, return_exceptions=True)
        self._open -= {writer, to_server}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(_PIECE):
                if self._delay:
                    await asyncio.sleep(self._delay)
                writer.write(piece)
                await writer.drain()
        finally:
            writer.close()

    def _end_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()


@contextlib.contextmanager
def between(to: int) -> Iterator[Proxy]:
    proxy = Proxy(to)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()

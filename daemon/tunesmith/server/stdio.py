"""stdin and stdout as streams of asyncio: no thread between, and what came together is read together."""

from __future__ import annotations

import asyncio
import sys

# The longest line of a header, and how far reading runs ahead.
LIMIT = 1 << 20


async def streams() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Both must be pipes, sockets or a terminal, as whoever starts a language server gives them."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout.buffer)
    return reader, asyncio.StreamWriter(transport, protocol, None, loop)

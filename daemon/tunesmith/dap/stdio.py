"""Standard input and output as a channel to the client."""

from __future__ import annotations

import asyncio
import os
import sys

from tunesmith.dap.channel import Channel


async def client() -> Channel:
    """The editor that started this process. Whatever else is printed from here on goes to standard error."""
    loop = asyncio.get_running_loop()
    given, taken = os.fdopen(os.dup(0), "rb", 0), os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await loop.connect_read_pipe(lambda: protocol, given)
    transport, flow = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, taken)
    return Channel("the client", reader, asyncio.StreamWriter(transport, flow, None, loop))

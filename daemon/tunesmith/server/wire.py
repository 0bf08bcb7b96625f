"""pygls' protocol with two holes mended, and a short way for what is ours: it is encoded by msgspec alone."""

from __future__ import annotations

from typing import Any

import msgspec
from pygls.exceptions import JsonRpcException
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, LanguageServerProtocol

from tunesmith.server.messages.base import Wire

PREFIX = "tunesmith/"
HEAD = b"Content-Length: %d\r\n\r\n"


class Protocol(LanguageServerProtocol):
    """LSP as pygls speaks it.

    Parameters of `tunesmith/…` are left as parsed: msgspec converts and checks them, pygls would make
    anonymous tuples of them. A typed request that does not fit its type would otherwise never be answered.
    Wire values go out as they are: through pygls' converter a long history would hold up every other answer.
    """

    def notify(self, method: str, params: Any = None) -> None:
        if isinstance(params, Wire):
            self._write({"jsonrpc": self.VERSION, "method": method, "params": params})
        else:
            super().notify(method, params)

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        if error is None and isinstance(result, Wire):
            self._write({"jsonrpc": self.VERSION, "id": msg_id, "result": result})
        else:
            super()._send_response(msg_id, result, error)

    def _write(self, message: dict[str, Any]) -> None:
        if self.writer is None:
            raise RuntimeError("there is no client to write to")
        body = msgspec.json.encode(message)
        self.writer.write(HEAD % len(body))
        self.writer.write(body)  # by itself: a history is megabytes, which are not to be copied once more

    def structure_message(self, data: dict[str, Any]) -> Any:
        method = data.get("method")
        if "jsonrpc" not in data or not isinstance(method, str):
            return super().structure_message(data)
        if method.startswith(PREFIX):
            params = data.get("params")
            if "id" in data:
                return JsonRPCRequestMessage(data["id"], method, data["jsonrpc"], params)
            return JsonRPCNotification(method, data["jsonrpc"], params)
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

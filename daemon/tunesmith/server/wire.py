"""pygls' protocol with two holes mended: our parameters stay plain, and a bad message is answered."""

from __future__ import annotations

from typing import Any

from pygls.exceptions import JsonRpcException
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, LanguageServerProtocol

PREFIX = "tunesmith/"


class Protocol(LanguageServerProtocol):
    """LSP as pygls speaks it.

    Parameters of `tunesmith/…` are left as parsed: msgspec converts and checks them, pygls would make
    anonymous tuples of them. A typed request that does not fit its type would otherwise never be answered.
    """

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

"""The error reply for a request that was understood and cannot be granted."""

from __future__ import annotations

from pygls.exceptions import JsonRpcException

# The data of a refusal that another training interpreter would mend: clients offer to select one.
ABOUT_INTERPRETER = {"about": "interpreter"}


class Refused(JsonRpcException):
    """The message is for people: what happened, where, what to do."""

    CODE = -32803
    MESSAGE = "Request failed"

"""Why a debug session cannot be had."""


class Refused(Exception):
    """The message is for people: what happened, where, what to do."""

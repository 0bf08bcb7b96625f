"""Why a debug session cannot be had."""


class Refused(Exception):
    """The message is for people: what happened, where, what to do. `shown`: unless somebody else tells it."""

    def __init__(self, message: str, shown: bool = True) -> None:
        super().__init__(message)
        self.shown = shown

"""What can be wrong with something that was handed in to be read."""

from infrastructure.errors import RollcallError


class UnreadableFile(RollcallError):
    """A file that holds no table Rollcall can read; the reason ends in what to do."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name[:80]} cannot be read: {reason}.")
        self.name = name
        self.reason = reason

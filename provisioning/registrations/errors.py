"""Errors of registrations."""

from collections.abc import Sequence

from infrastructure.errors import Conflict, Unknown


class NotRegistered(Unknown):
    """A Mac without an open registration."""

    def __init__(self, serial: str, nearest: Sequence[str] = ()) -> None:
        super().__init__("{serial} is not registered.", serial=serial)
        self.serial = serial
        self.nearest = tuple(nearest)


class RegistrationChanged(Conflict):
    """A registration that a person changed after it was read."""

    def __init__(self, serial: str) -> None:
        super().__init__(
            "The registration of {serial} changed at this moment; try again.", serial=serial
        )
        self.serial = serial

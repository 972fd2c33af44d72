"""The patience with which a process waits for its database and for locks of its repo."""

from collections.abc import Sequence
from threading import Semaphore

from infrastructure.execution.patience import Patience
from rollcall.settings import BotSettings, ServerSettings, Settings

# Seconds where a Mac or a person waits, and in the background.
REQUEST_TIMEOUT, BACKGROUND_TIMEOUT = 6.0, 60.0


class Waits:
    """The patience of a process with `settings`; a command, such as a migration, waits forever.

    Half of the threads of a server may wait for something that hangs; the others answer meanwhile.
    """

    def __init__(self, settings: Sequence[Settings], *, is_command: bool) -> None:
        is_asked = any(isinstance(each, ServerSettings | BotSettings) for each in settings)
        self._seconds = None if is_command else REQUEST_TIMEOUT if is_asked else BACKGROUND_TIMEOUT
        threads = [each.threads for each in settings if isinstance(each, ServerSettings)]
        self._places = Semaphore(max(1, threads[0] // 2)) if threads else None

    def patience(self) -> Patience | None:
        """Return the patience with one resource; None to wait forever."""
        return None if self._seconds is None else Patience(self._seconds, self._places)

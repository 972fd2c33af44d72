"""The outcome of a request, as the thread that serves it knows: has it changed anything?"""

from threading import local


class _Outcome(local):
    """The outcome of a thread's request, as far as it is known."""

    may_have_changed = False


_mine = _Outcome()


def begin() -> None:
    """Begin another request in this thread: it has changed nothing so far."""
    _mine.may_have_changed = False


def note_change() -> None:
    """Note that the request has changed something, or that it may have."""
    _mine.may_have_changed = True


def may_have_changed() -> bool:
    """Return False where the request has changed nothing for certain."""
    return _mine.may_have_changed

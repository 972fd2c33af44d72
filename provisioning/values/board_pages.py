"""The addresses of the board's pages, for the messages that lead to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote, urlencode

# The address of the board's host, without a slash at its end; None where there is no board.
_ORIGIN: ContextVar[str | None] = ContextVar("board", default=None)


def lead_to(origin: str | None) -> None:
    """From here on, have messages drawn in this thread link to the board at an address, if any."""
    _ORIGIN.set(origin)


@contextmanager
def leading_to(origin: str | None) -> Iterator[None]:
    """A context in which messages link to the board at an address, as for `lead_to`."""
    token = _ORIGIN.set(origin)
    try:
        yield
    finally:
        _ORIGIN.reset(token)


def of_mac(serial: str) -> str | None:
    """Return the address of a Mac's page; None where there is no board."""
    origin = _ORIGIN.get()
    return f"{origin}/board/macs/{quote(serial, safe='')}" if origin else None


def of_batch(card_id: int) -> str | None:
    """Return the address of a batch's page."""
    origin = _ORIGIN.get()
    return f"{origin}/board/batches/{card_id}" if origin else None


def of_import(import_id: int) -> str | None:
    """Return the address of an import's page, such as of a dry run."""
    origin = _ORIGIN.get()
    return f"{origin}/board/imports/{import_id}" if origin else None


def of_place(site: str, build: str) -> str | None:
    """Return the address of the board with the Macs of a site and a build alone."""
    origin = _ORIGIN.get()
    if origin is None:
        return None
    names = urlencode({name: each for name, each in (("site", site), ("build", build)) if each})
    return f"{origin}/board?{names}" if names else f"{origin}/board"

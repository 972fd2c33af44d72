"""Addresses of e-mail, as people type them and as a mail server takes them."""

import re
import unicodedata

from infrastructure.errors import InvalidInput

LONGEST = 254  # characters, RFC 5321
LONGEST_LOCAL = 64  # characters before the @
LONGEST_LABEL = 63  # characters between two dots of the host
# Letters and digits of any script beside what RFC 5322 allows without quotes; no quoted form.
_ATOM = r"[^\W]|[!#$%&'*+/=?^`{|}~-]"
_LOCAL = re.compile(rf"(?:{_ATOM})+(?:\.(?:{_ATOM})+)*")
_LABEL = re.compile(r"[^\W_](?:(?:[^\W_]|-)*[^\W_])?")


class UnusableAddress(InvalidInput):
    """A text that is not an e-mail address; the log does not contain it."""

    def __init__(self) -> None:
        super().__init__("That is no e-mail address, such as ada@example.com.")


def parse(typed: str) -> str:
    """Return an address in the one form in which addresses are compared: the host in small letters.

    It is one address alone, without a name, quotes or spaces, so that it is nothing else in a
    header or in a command. Letters of all scripts are taken. Raises UnusableAddress.
    """
    text = unicodedata.normalize("NFC", typed.strip())
    local, at, host = text.rpartition("@")
    if not at or len(text) > LONGEST or len(local) > LONGEST_LOCAL:
        raise UnusableAddress
    if "=?" in local:  # the beginning of an encoded word, which a header would hide anything in
        raise UnusableAddress
    labels = host.lower().split(".")
    are_labels = all(_LABEL.fullmatch(each) and len(each) <= LONGEST_LABEL for each in labels)
    if not _LOCAL.fullmatch(local) or not are_labels or not _fits_dns(host):
        raise UnusableAddress
    return f"{local}@{'.'.join(labels)}"


def is_address(typed: str) -> bool:
    """True for a text that `parse` takes."""
    try:
        parse(typed)
    except UnusableAddress:
        return False
    return True


def for_server(address: str, *, takes_letters: bool) -> str | None:
    """Return an address as a mail server gets it; None where it cannot take it.

    `takes_letters`: the server has SMTPUTF8. Without it the host is written in ASCII, as in DNS;
    the part before the @ has no such form.
    """
    local = address.rpartition("@")[0]
    if "=?" in local:  # kept by a release that did not refuse it
        return None
    if takes_letters or address.isascii():
        return address
    return f"{local}@{host_of(address)}" if local.isascii() else None


def host_of(address: str) -> str:
    """Return the host of an address as DNS has it, in ASCII; empty where it has none."""
    return address.rpartition("@")[2].encode("idna").decode()


def _fits_dns(host: str) -> bool:
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True

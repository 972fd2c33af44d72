"""Failures of sending a mail, by what is to be done with it.

`reason` contains no text that was sent to the server, and no secret.
"""

from infrastructure.text import readable

LONGEST_REASON = 200  # characters of an answer that are repeated


class MailFailure(Exception):
    """The root: the text is the reason, in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(readable(reason, LONGEST_REASON))

    @property
    def reason(self) -> str:
        """The reason in one line."""
        return str(self)


class NotNow(MailFailure):
    """A temporary failure: no connection, no TLS, or an answer of the kind 4xx."""


class InDoubt(MailFailure):
    """The mail was sent and the connection was lost before the answer: it may have been taken."""


class ReceiverRefused(MailFailure):
    """The server does not take mail for this address, now or later."""


class MailRefused(MailFailure):
    """The server refuses us or this mail, to any receiver: a person has to act."""

"""Providers of sign-in: each says who came, by an account that it has for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence


class SignInFailed(RollcallError):
    """A sign-in that came to nothing; the text is for the person, `code` for the log."""

    def __init__(self, sentence: Sentence, code: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one sign-in, which the browser brings back: none of them is used twice."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as a provider vouches for them: the `account_id` in its `team`."""

    account_id: str
    team: str


class Provider(Protocol):
    """A provider of sign-in, by its `name` in addresses and its `title` for people."""

    name: str
    title: str

    def begin(self) -> tuple[str, Attempt]:
        """Return where the browser has to go, and what it brings back. Raises SignInFailed."""
        ...

    def finish(self, answer: Mapping[str, str], attempt: Attempt) -> Identity:
        """Return who came back with the parameters `answer`. Raises SignInFailed."""
        ...

"""Providers of sign-in: each says who came, by an account that it has for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.access.accounts.outsiders import Outsider

Claims: TypeAlias = Mapping[str, Any]


class SignInFailed(RollcallError):
    """A sign-in that came to nothing; the text is for the person.

    `code` and `facts` are for the log. They hold no secret.
    """

    def __init__(self, sentence: Sentence, code: str, **facts: object) -> None:
        super().__init__(sentence)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one sign-in, which the browser brings back: none of them is used twice.

    It is good at one `provider`. One that `is_test` begins no session.
    """

    state: str
    nonce: str
    verifier: str
    provider: str = ""
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as Slack vouches for them: the `account_id` in its `team`."""

    account_id: str
    team: str


class Provider(Protocol):
    """A provider of sign-in, by its `name` in addresses and its `title` for people."""

    name: str
    title: str

    def begin(self) -> tuple[str, Attempt]:
        """Return where the browser has to go, and what it brings back. Raises SignInFailed."""
        ...

    def finish(self, answer: Mapping[str, str], attempt: Attempt) -> Claims:
        """Return the claims that came back with the parameters `answer`. Raises SignInFailed."""
        ...

    def identify(self, claims: Claims) -> Identity | Outsider:
        """Return who that is. Raises SignInFailed."""
        ...


@runtime_checkable
class PasswordProvider(Protocol):
    """A provider that is asked with a name and a password, which a form of ours takes."""

    name: str
    title: str

    def authenticate(self, user: str, password: str) -> Claims:
        """Return what is known of a person. Raises SignInFailed, WrongPassword."""
        ...

    def identify(self, claims: Claims) -> Outsider:
        """Return who that is. Raises SignInFailed."""
        ...


class WrongPassword(SignInFailed):
    """A name and a password that do not belong together, which somebody may guess."""

    def __init__(self) -> None:
        super().__init__(Sentence("The name or the password is wrong."), "wrong password")


AnyProvider: TypeAlias = Provider | PasswordProvider
Providers: TypeAlias = Callable[[], Sequence[AnyProvider]]  # those of the policy now

"""Providers of sign-in, which identify people by accounts of theirs."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Protocol, TypeAlias, runtime_checkable

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.access.accounts.outsiders import Outsider

Claims: TypeAlias = Mapping[str, Any]
MAX_ASKING = 2  # threads of a process that wait for providers: Macs wait for the others
ASKING = BoundedSemaphore(MAX_ASKING)  # for all providers: what is down may be the way out


class SignInFailed(RollcallError):
    """A sign-in that failed; the text is for the person.

    `code` and `facts` are for the log. They hold no secret.
    """

    def __init__(self, sentence: Sentence, code: str, **facts: object) -> None:
        super().__init__(sentence)
        self.code, self.facts = code, facts


def begun_elsewhere(code: str) -> SignInFailed:
    """Return the refusal of an answer to another sign-in than that of this browser."""
    return SignInFailed(
        Sentence("This sign-in was begun in another browser, or too long ago. Begin again."), code
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one sign-in, which the browser brings back; each is used once.

    It is valid at one `provider`. One that `is_test` begins no session.
    """

    state: str
    nonce: str
    verifier: str
    provider: str = ""
    is_test: bool = False

    def is_answered_by(self, answer: Mapping[str, str]) -> bool:
        """Return True for the parameters of an answer to this sign-in, by their state."""
        return hmac.compare_digest(answer.get("state", "").encode(), self.state.encode())


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as Slack identifies them: the `account_id` in its `team`."""

    account_id: str
    team: str


class Provider(Protocol):
    """A provider of sign-in, by its `name` in addresses and its `title` for people."""

    name: str
    title: str

    def begin(self) -> tuple[str, Attempt]:
        """Return the browser's next address, and the secrets to bring back. Raises SignInFailed."""

    def finish(self, answer: Mapping[str, str], attempt: Attempt) -> Claims:
        """Return the claims that came back with the parameters `answer`. Raises SignInFailed."""

    def identify(self, claims: Claims) -> Identity | Outsider:
        """Return who that is. Raises SignInFailed."""


@runtime_checkable
class PasswordProvider(Protocol):
    """A provider that checks a name and a password from a form of ours."""

    name: str
    title: str

    def authenticate(self, user: str, password: str) -> Claims:
        """Return what is known of a person. Raises SignInFailed, WrongPassword."""

    def identify(self, claims: Claims) -> Outsider:
        """Return who that is. Raises SignInFailed."""


class WrongPassword(SignInFailed):
    """A wrong name or password, which counts as a guess."""

    def __init__(self) -> None:
        super().__init__(Sentence("The name or the password is wrong."), "wrong password")


AnyProvider: TypeAlias = Provider | PasswordProvider
Providers: TypeAlias = Callable[[], Sequence[AnyProvider]]  # those of the policy now

"""A trial of a sign-in, which shows an admin the claims and the rights that follow."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from infrastructure.text import readable
from provisioning.munki import MunkiRepo
from provisioning.values.language import marked
from server.auth.browsers import Browsers, Visitor
from server.auth.providers import AnyProvider, Claims, SignInFailed
from server.board.access.account import MAX_SITES, rights
from server.board.pages import show, why

ACTION = marked("test the sign-in")
MAX_CLAIMS, LONGEST_CLAIM = 60, 500
# Of one sign-in or one session: an admin learns nothing by them, and others might.
_SECRET = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "sid", "jti"})


@dataclass(frozen=True, slots=True)
class Failure:
    """A sentence for people about a failed sign-in, and the reason in the log."""

    sentence: str
    reason: str

    @classmethod
    def of(cls, error: SignInFailed) -> "Failure":
        """Return the failure for an error."""
        facts = [
            f"{name}={readable(str(fact), LONGEST_CLAIM)}" for name, fact in error.facts.items()
        ]
        return cls(why(error), "; ".join([error.code, *facts]))


class SignInTrial:
    """The page of a tested sign-in, which begins no session and records nothing."""

    def __init__(self, repo: MunkiRepo, browsers: Browsers) -> None:
        self._repo, self._browsers = repo, browsers

    def show(self, visitor: Visitor, provider: AnyProvider, ask: Callable[[], Claims]) -> Response:
        """Show an admin the answer of a provider, and the rights that would follow."""
        claims: Claims = {}
        failure, tried = None, None
        try:
            claims = ask()
            identity = provider.identify(claims)
        except SignInFailed as error:
            failure = Failure.of(error)
        else:
            tried = self._browsers.visitor_of(identity)
            refusal = self._browsers.why_not(identity)
            failure = Failure.of(refusal) if refusal else None
        return self._page(visitor, provider, claims, failure, tried)

    def told(
        self, visitor: Visitor, provider: AnyProvider, leave: Callable[[], Response]
    ) -> Response:
        """Return the result of `leave`; where that fails, the page with the reason."""
        try:
            return leave()
        except SignInFailed as error:
            return self._page(visitor, provider, {}, Failure.of(error), None)

    def _page(
        self,
        visitor: Visitor,
        provider: AnyProvider,
        claims: Claims,
        failure: Failure | None,
        tried: Visitor | None,
    ) -> Response:
        sites = list(self._repo.now().sites())
        return show(
            "access/trial.html",
            visitor,
            provider=provider,
            claims=_shown(claims),
            failure=failure,
            tried=tried,
            sites=rights(tried, sites[:MAX_SITES]) if tried and not failure else (),
            others=max(len(sites) - MAX_SITES, 0),
        )


def _shown(claims: Claims) -> list[tuple[str, str]]:
    """Claims in one line each, without secrets."""
    named = sorted((str(name), value) for name, value in claims.items() if name not in _SECRET)
    return [
        (readable(name, 80), readable(json.dumps(value, ensure_ascii=False), LONGEST_CLAIM))
        for name, value in named[:MAX_CLAIMS]
    ]

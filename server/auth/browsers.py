"""Browsers at the board's door: sessions by cookie, and forms that only our own pages may send."""

import hmac
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

import structlog
from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.access.accounts import links, outsiders, people, sessions
from provisioning.access.accounts.models import LINK, SLACK
from provisioning.access.accounts.outsiders import Outsider
from provisioning.access.accounts.sessions import Outside, SignedIn
from provisioning.maintenance.acts import Actor
from provisioning.policy import NotAllowed, Policy, PolicyFile
from server.auth.guards import UNKNOWN_LINK, UNKNOWN_SESSION, Guard
from server.auth.providers import Attempt, Identity, SignInFailed
from server.auth.throttling import Tried, digest_of

log = structlog.get_logger()

ATTEMPT_LIFETIME = 600  # seconds between the way to a provider and the way back
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field
MOST_NAMED = 40  # groups in the log
LONGEST_COOKIE = 200  # characters of a session's id


class NotSignedIn(RollcallError):
    """A browser without an open session."""

    def __init__(self) -> None:
        super().__init__("Sign in first.")


class ForeignForm(RollcallError):
    """A form that did not come from a page of ours, or from one of another session."""

    def __init__(self) -> None:
        super().__init__(
            "This form is from another site or from an earlier session, so nothing was done. Load "
            "the page again and repeat it."
        )


class Visitor:
    """A person in a session, and what they may do: by the rules that hold in Slack."""

    def __init__(self, signed_in: SignedIn, groups: frozenset[str], policy: Policy) -> None:
        self.session, self.groups, self._policy = signed_in, groups, policy
        self.actor = Actor(signed_in.author, "board")

    @property
    def is_admin(self) -> bool:
        """True for an admin of the policy; everybody in Slack is one where it names none."""
        if outside := self.session.outside:
            return self._policy.makes_admin(outside.provider, outside.groups)
        return self._policy.is_admin(self.session.account_id)

    def title_of_provider(self, name: str) -> str:
        """The title of a provider of the policy."""
        return self._policy.title_of_provider(name)

    def permit(self, *sites: str) -> None:
        """Check that the person may register and change Macs at these sites. Raises NotAllowed."""
        for site in sites:
            if outside := self.session.outside:
                self._policy.permit_outsider(outside.provider, outside.groups, site)
            else:
                self._policy.permit_registering(
                    self.session.account_id, site, lambda group: group in self.groups
                )

    def permit_admin(self, action: str) -> None:
        """Check that the person is an admin; `action` completes “You may not …”."""
        if not self.is_admin:
            raise NotAllowed(action, admins=self._policy.admins)

    def permit_named_admin(self, action: str) -> None:
        """Check that the person is an admin whom the policy names: not everybody, for want of any.

        Raises NotAllowed; `action` completes “You may not …”.
        """
        is_named = self.session.outside is not None or self._policy.admins
        if not (self.is_admin and is_named):
            raise NotAllowed(action, admins=self._policy.admins)


class Browsers:
    """An authenticator of browsers. `origin` is the board's, by which its forms are known.

    Over plain http, which is for localhost and development, cookies have other names: browsers
    take `__Host-…` and `Secure` over https alone.
    """

    def __init__(
        self,
        database: Database,
        policy: PolicyFile,
        *,
        origin: str,
        secret_key: str,
        guard: Guard,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._policy, self._guard = database, policy, guard
        self.origin, self.clock = origin, clock
        self._is_secure = origin.startswith("https:")
        prefix = "__Host-" if self._is_secure else ""
        self._session_cookie, self._attempt_cookie = f"{prefix}rollcall", f"{prefix}rollcall-signin"
        self._sealed = URLSafeTimedSerializer(secret_key, salt="rollcall.sign-in")

    def admit(self, request: Request) -> Visitor:
        """Return who is in the session of a browser. Raises NotSignedIn, TooManyRequests."""
        token = request.cookies.get(self._session_cookie, "")[:LONGEST_COOKIE]
        if not token:
            raise NotSignedIn
        now = self.clock()
        with self._database.reading() as session:
            signed_in = sessions.find(session, token, now)
            groups = people.groups_of(session, signed_in.account_id) if signed_in else frozenset()
            is_ended = signed_in is None and sessions.is_known(session, token)
        if signed_in is None:
            if not is_ended:
                self._slow_down(request, token, UNKNOWN_SESSION)
            raise NotSignedIn
        policy = self._policy.policy
        if signed_in.outside is not None and not _is_let_in(policy, signed_in.outside):
            raise NotSignedIn
        if signed_in.needs_note:
            with self._database.begin() as session:
                sessions.note_seen(session, signed_in.session_id, now)
        return Visitor(signed_in, groups, policy)

    def check_form(self, request: Request, visitor: Visitor | None) -> None:
        """Check that a form is from a page of ours, and of this session. Raises ForeignForm."""
        if request.headers.get("Origin") != self.origin:
            raise ForeignForm
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise ForeignForm
        if visitor is not None:
            sent = request.form.get(FORM_TOKEN, "").encode("utf-8", "surrogatepass")
            if not hmac.compare_digest(sent, visitor.session.form_token.encode()):
                raise ForeignForm

    def keep(self, response: Response, attempt: Attempt) -> None:
        """Have the browser keep a sign-in that it began at the attempt's provider."""
        sealed = self._sealed.dumps(asdict(attempt))
        self._set(response, self._attempt_cookie, str(sealed), ATTEMPT_LIFETIME)

    def kept(self, request: Request, provider: str) -> Attempt:
        """Return the sign-in that a browser began at this provider. Raises SignInFailed."""
        sealed = request.cookies.get(self._attempt_cookie, "")
        try:
            attempt = Attempt(**self._sealed.loads(sealed, max_age=ATTEMPT_LIFETIME))
        except (BadData, TypeError):
            raise _begun_elsewhere("no attempt") from None
        # Or one provider could pass for another, and spend the codes that this one gives.
        if attempt.provider != provider:
            raise _begun_elsewhere("an attempt at another provider")
        return attempt

    def forget_attempt(self, response: Response) -> None:
        """Have the browser forget the sign-in that it began: each is good once."""
        self._set(response, self._attempt_cookie, "", 0)

    def begin(self, request: Request, response: Response, identity: Identity | Outsider) -> None:
        """Begin the session of a person whom a provider vouches for. Raises SignInFailed."""
        now, agent = self.clock(), request.headers.get("User-Agent", "")
        way = identity.provider if isinstance(identity, Outsider) else SLACK
        with self._database.begin() as session:
            self.check_may_enter(session, identity)
            if isinstance(identity, Outsider):
                outsiders.record(session, identity, now)
            token = sessions.begin(session, identity.account_id, way, agent, now)
        log.info("signed in", by=identity.account_id, way=way)
        lifetime = int(sessions.lifetime(way).total_seconds())
        self._set(response, self._session_cookie, token, lifetime)

    def check_may_enter(self, session: Session, identity: Identity | Outsider) -> None:
        """Check that a person may begin a session. Raises SignInFailed."""
        if isinstance(identity, Outsider):
            _check_is_mapped(self._policy.policy, identity)
        else:
            standing = people.standing(session, identity.account_id, self.clock())
            _check_may_enter(standing, identity)

    def begin_by_link(self, request: Request, response: Response, code: str) -> None:
        """Begin the session of an admin who has a link. Raises SignInFailed, TooManyRequests."""
        now = self.clock()
        with self._database.begin() as session:
            account_id = links.redeem(session, code, now)
            standing = people.standing(session, account_id, now) if account_id else None
            is_admin = account_id in self._policy.policy.admins
            token = None
            if account_id and standing and standing.refusal is None and is_admin:
                agent = request.headers.get("User-Agent", "")
                token = sessions.begin(session, account_id, LINK, agent, now)
        if token is None:
            self._slow_down(request, code, UNKNOWN_LINK)
            sentence = Sentence(
                "This link is used up, too old, or not for an admin. `boot.sh sign-in` makes "
                "another one."
            )
            raise SignInFailed(sentence, UNKNOWN_LINK)
        log.info("signed in", by=account_id, way=LINK)
        lifetime = int(sessions.LIFETIME_BY_LINK.total_seconds())
        self._set(response, self._session_cookie, token, lifetime)

    def end(self, response: Response, visitor: Visitor) -> None:
        """End a session, and have the browser forget it."""
        with self._database.begin() as session:
            signed_in = visitor.session
            sessions.revoke(session, signed_in.session_id, signed_in.account_id, self.clock())
        self._set(response, self._session_cookie, "", 0)

    def _slow_down(self, request: Request, secret: str, reason: str) -> None:
        """Count a guess; 256 random bits are none, so whoever has the right ones never waits."""
        tried = Tried(digest_of(secret))
        self._guard.hear(request, tried)
        self._guard.refuse(request, reason, tried)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Lax",
        )


def _check_may_enter(standing: people.Standing, identity: Identity) -> None:
    """Check that a person may begin a session. Raises SignInFailed."""
    if not standing.is_fresh:
        sentence = Sentence(
            "Rollcall's list of the people in Slack is older than five minutes, so nobody new is "
            "let in. Where this lasts, an admin looks at the process `jobs`."
        )
        raise SignInFailed(sentence, "old list")
    if identity.team != standing.team:
        reason: Sentence | None = Sentence(
            "your account belongs to another workspace; ask somebody of this one to do it"
        )
    elif standing.account is None:
        sentence = Sentence(
            "Rollcall does not know you yet; where you came to Slack only now, try again in a "
            "minute."
        )
        raise SignInFailed(sentence, "not in the list")
    else:
        reason = standing.refusal
    if reason is not None:
        raise SignInFailed(Sentence("You cannot use Rollcall: {reason}.", reason=reason), "refused")


def _check_is_mapped(policy: Policy, outsider: Outsider) -> None:
    """Check that the policy gives an outsider any right at all. Raises SignInFailed."""
    if policy.lets_in(outsider.provider, outsider.groups):
        return
    sentence = Sentence(
        "None of your groups at {provider} may use Rollcall; ask an admin to name one of them in "
        "the policy.",
        provider=policy.title_of_provider(outsider.provider),
    )
    groups = ", ".join(sorted(outsider.groups)[:MOST_NAMED])
    raise SignInFailed(sentence, "no mapped group", by=outsider.account_id, groups=groups)


def _is_let_in(policy: Policy, outside: Outside) -> bool:
    """True while the policy has the provider of a session, at that address, and lets them in."""
    table = policy.sign_in.get(outside.provider)
    is_same = table is not None and table.issuer == outside.issuer
    return is_same and policy.lets_in(outside.provider, outside.groups)


def _begun_elsewhere(code: str) -> SignInFailed:
    return SignInFailed(
        Sentence("This sign-in was begun in another browser, or too long ago. Begin again."), code
    )

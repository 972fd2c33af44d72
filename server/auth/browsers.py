"""Browsers at the board's door: sessions by cookie, and forms that only our own pages may send."""

import hmac
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

import structlog
from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.access.accounts import links, people, sessions
from provisioning.access.accounts.models import LINK, SLACK
from provisioning.access.accounts.sessions import SignedIn
from provisioning.maintenance.acts import Actor
from provisioning.policy import Policy, PolicyFile
from server.auth.cookies import attempt_cookie, is_secure, session_cookie
from server.auth.guards import UNKNOWN_LINK, UNKNOWN_SESSION, Guard
from server.auth.providers import Attempt, Identity, SignInFailed
from server.auth.throttling import Tried, digest_of

log = structlog.get_logger()

ATTEMPT_LIFETIME = 600  # seconds between the way to a provider and the way back
FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field
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
        self.actor = Actor(signed_in.account_id, "board")

    @property
    def is_admin(self) -> bool:
        """True for an admin of the policy; everybody is one where it names none."""
        return self._policy.is_admin(self.session.account_id)

    def permit(self, *sites: str) -> None:
        """Check that the person may register and change Macs at these sites. Raises NotAllowed."""
        for site in sites:
            self._policy.permit_registering(
                self.session.account_id, site, lambda group: group in self.groups
            )

    def permit_admin(self, action: str) -> None:
        """Check that the person is an admin; `action` completes “You may not …”."""
        self._policy.permit_admin(self.session.account_id, action)


class Browsers:
    """An authenticator of browsers. `origin` is the board's, by which its forms are known."""

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
        self._is_secure = is_secure(origin)
        self._session_cookie, self._attempt_cookie = session_cookie(origin), attempt_cookie(origin)
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
        if signed_in.needs_note:
            with self._database.begin() as session:
                sessions.note_seen(session, signed_in.session_id, now)
        return Visitor(signed_in, groups, self._policy.policy)

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
        """Have the browser keep a sign-in that it began."""
        sealed = self._sealed.dumps(asdict(attempt))
        self._set(response, self._attempt_cookie, str(sealed), ATTEMPT_LIFETIME)

    def kept(self, request: Request) -> Attempt:
        """Return the sign-in that a browser began. Raises SignInFailed."""
        sealed = request.cookies.get(self._attempt_cookie, "")
        try:
            return Attempt(**self._sealed.loads(sealed, max_age=ATTEMPT_LIFETIME))
        except (BadData, TypeError):
            sentence = Sentence(
                "This sign-in was begun in another browser, or too long ago. Begin again."
            )
            raise SignInFailed(sentence, "no attempt") from None

    def forget_attempt(self, response: Response) -> None:
        """Have the browser forget the sign-in that it began: each is good once."""
        self._set(response, self._attempt_cookie, "", 0)

    def begin(self, request: Request, response: Response, identity: Identity) -> None:
        """Begin the session of a person whom Slack vouches for. Raises SignInFailed."""
        now = self.clock()
        with self._database.begin() as session:
            standing = people.standing(session, identity.account_id, now)
            _check_may_enter(standing, identity)
            agent = request.headers.get("User-Agent", "")
            token = sessions.begin(session, identity.account_id, SLACK, agent, now)
        log.info("signed in", by=identity.account_id, way=SLACK)
        self._set(response, self._session_cookie, token, int(sessions.LIFETIME.total_seconds()))

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

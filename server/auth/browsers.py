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
from provisioning.access.accounts import codes, links, outsiders, people, sessions
from provisioning.access.accounts.models import CODE, LINK, SLACK
from provisioning.access.accounts.outsiders import Outsider
from provisioning.access.accounts.sessions import Outside, SignedIn, lifetime
from provisioning.maintenance.acts import Actor
from provisioning.maintenance.intake import Editor
from provisioning.policy import NotAllowed, Policy, PolicyFile
from provisioning.values.language import ENGLISH
from server.auth import admission
from server.auth.cookies import attempt_cookie, is_secure, session_cookie
from server.auth.guards import UNKNOWN_CODE, UNKNOWN_LINK, UNKNOWN_SESSION, Guard
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
        self.actor = Actor(signed_in.author, "board")

    @property
    def is_admin(self) -> bool:
        """True for an admin of the policy; everybody in Slack is one where it names none."""
        if outside := self.session.outside:
            return self._policy.makes_admin(outside.provider, outside.groups)
        return self._policy.is_admin(self.session.account_id)

    @property
    def is_named_admin(self) -> bool:
        """True for an admin whom the policy names: not for everybody, for want of any."""
        return self.is_admin and (self.session.outside is not None or bool(self._policy.admins))

    @property
    def editor(self) -> Editor:
        """The person as the acts on imports know them."""
        return Editor(self.actor, self.is_named_admin, self.permit)

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
        if not self.is_named_admin:
            raise NotAllowed(action, admins=self._policy.admins)


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
        policy = self._policy.policy
        if signed_in.outside is not None and not admission.is_let_in(policy, signed_in.outside):
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
            admission.check(session, self._policy.policy, identity, now)
            if isinstance(identity, Outsider):
                outsiders.record(session, identity, now)
            token = sessions.begin(session, identity.account_id, way, agent, now)
        log.info("signed in", by=identity.account_id, way=way)
        self._set(response, self._session_cookie, token, int(lifetime(way).total_seconds()))

    def visitor_of(self, identity: Identity | Outsider) -> Visitor:
        """Return whom a session of this person would be of, in which nothing can be done."""
        account_id, name, outside, groups = identity.account_id, "", None, frozenset[str]()
        if isinstance(identity, Outsider):
            name = identity.shown_name
            outside = Outside(identity.provider, identity.issuer, identity.groups)
        else:
            with self._database.reading() as session:
                name = people.names(session, [account_id]).get(account_id, account_id)
                groups = people.groups_of(session, account_id)
        way = outside.provider if outside else SLACK
        signed_in = SignedIn(
            0, account_id, name, ENGLISH, way, "", needs_note=False, outside=outside
        )
        return Visitor(signed_in, groups, self._policy.policy)

    def why_not(self, identity: Identity | Outsider) -> SignInFailed | None:
        """Return the reason why a person may not begin a session; None where they may."""
        try:
            with self._database.reading() as session:
                admission.check(session, self._policy.policy, identity, self.clock())
        except SignInFailed as error:
            return error
        return None

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
        self._set(response, self._session_cookie, token, int(lifetime(LINK).total_seconds()))

    def begin_by_code(self, request: Request, response: Response, typed: str) -> None:
        """Begin the session of a person to whom the bot gave a code.

        A code is short, so whoever guessed too often waits before it is looked at. Raises
        SignInFailed, TooManyRequests.
        """
        now, tried = self.clock(), Tried(digest_of(typed))
        self._guard.hear(request, tried)
        with self._database.begin() as session:
            account_id = codes.redeem(session, typed, now)
            refusal = people.standing(session, account_id, now).refusal if account_id else None
            token = None
            if account_id and refusal is None:
                agent = request.headers.get("User-Agent", "")
                token = sessions.begin(session, account_id, CODE, agent, now)
        if token is None:
            self._guard.refuse(request, UNKNOWN_CODE, tried)
            raise SignInFailed(
                Sentence("This code is wrong, used up or too old. The bot gives you another one."),
                UNKNOWN_CODE,
            )
        log.info("signed in", by=account_id, way=CODE)
        self._set(response, self._session_cookie, token, int(lifetime(CODE).total_seconds()))

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


def _begun_elsewhere(code: str) -> SignInFailed:
    return SignInFailed(
        Sentence("This sign-in was begun in another browser, or too long ago. Begin again."), code
    )

"""Authentication of browsers: sessions by cookie, and forms that only our own pages may send."""

import hmac
from datetime import datetime

import structlog
from flask import Request, Response

from infrastructure.database.engine import Database, Transactions
from infrastructure.errors import RollcallError
from infrastructure.execution.loop import utc_now
from infrastructure.text import Sentence
from provisioning.access.accounts import codes, links, outsiders, people, sessions
from provisioning.access.accounts.models import CODE, LINK, SLACK
from provisioning.access.accounts.outsiders import Outsider
from provisioning.access.accounts.sessions import OutsiderFacts, SignedIn, lifetime
from provisioning.access.refusals import UNKNOWN_CODE, UNKNOWN_LINK, UNKNOWN_SESSION, WRONG_PASSWORD
from provisioning.maintenance.acts.actors import Actor, Principal
from provisioning.policy import NotAllowed, Policy, PolicyFile
from provisioning.values.language import ENGLISH
from server.auth import admission
from server.auth.attempts import BegunSignIns
from server.auth.cookies import SESSION, Cookies
from server.auth.guards import Guard
from server.auth.providers import Claims, Identity, PasswordProvider, SignInFailed, WrongPassword
from server.auth.throttling import TriedCredential, digest_of

log = structlog.get_logger()

FORM_TOKEN = "form_token"  # noqa: S105 - the name of a field
LONGEST_COOKIE = 200  # characters of a session's id


class NotSignedIn(RollcallError):
    """A browser without an open session."""

    def __init__(self) -> None:
        super().__init__("Sign in first.")


class ForeignForm(RollcallError):
    """A form that is not from a page of ours, or is from one of another session."""

    def __init__(self) -> None:
        super().__init__(
            "This form is from another site or from an earlier session, so nothing was done. Load "
            "the page again and repeat it."
        )


class Visitor:
    """A person in a session, with their rights, which are the same as in Slack."""

    def __init__(self, signed_in: SignedIn, groups: frozenset[str], policy: Policy) -> None:
        self.session, self.groups, self._policy = signed_in, groups, policy
        self.title_of_provider = policy.title_of_provider
        self.actor = Actor(signed_in.author, "board")

    @property
    def is_admin(self) -> bool:
        """True for an admin of the policy; where it names none, for everyone in Slack."""
        if outside := self.session.outside:
            return self._policy.makes_admin(outside.provider, outside.groups)
        return self._policy.is_admin(self.session.account_id)

    @property
    def is_named_admin(self) -> bool:
        """True for an admin whom the policy names."""
        return self.is_admin and (self.session.outside is not None or bool(self._policy.admins))

    def principal(self, at: datetime, database: Transactions) -> Principal:
        """Return the person as acts on a database take them."""
        return Principal(
            self.actor, at, database, self.permit, self.permit_admin, is_admin=self.is_named_admin
        )

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
        """Check that the person is an admin whom the policy names.

        Raises NotAllowed; `action` completes “You may not …”.
        """
        if not self.is_named_admin:
            raise NotAllowed(action, admins=self._policy.admins)


class Browsers:
    """An authenticator of browsers. `origin` is the board's, from which forms have to come.

    `attempts` are the sign-ins that were begun.
    """

    def __init__(
        self, database: Database, policy: PolicyFile, *, origin: str, secret_key: str, guard: Guard
    ) -> None:
        self._database, self._policy, self._guard = database, policy, guard
        self.origin = origin
        self._groups, self._cookies = people.Groups(database), Cookies(origin)
        self.attempts = BegunSignIns(secret_key, self._cookies)

    def admit(self, request: Request) -> Visitor:
        """Return the visitor of a browser's session. Raises NotSignedIn, TooManyRequests."""
        token = request.cookies.get(self._cookies.named(SESSION), "")[:LONGEST_COOKIE]
        if not token:
            raise NotSignedIn
        now = utc_now()
        with self._database.reading() as session:
            signed_in = sessions.find(session, token, now)
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
        return Visitor(signed_in, self._groups.of(signed_in.account_id), policy)

    def admit_again(self, visitor: Visitor) -> Visitor:
        """Return a visitor of a while ago with the rights of now. Raises NotSignedIn."""
        found, policy = visitor.session, self._policy.policy
        with self._database.reading() as session:
            is_in = sessions.open_among(session, [found.session_id], utc_now())
        if found.outside is not None and not admission.is_let_in(policy, found.outside):
            is_in = []
        if not is_in:
            raise NotSignedIn
        return Visitor(found, self._groups.of(found.account_id), policy)

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

    def begin(self, request: Request, response: Response, identity: Identity | Outsider) -> None:
        """Begin the session of a person from a provider. Raises SignInFailed."""
        now, agent = utc_now(), request.headers.get("User-Agent", "")
        way = identity.provider if isinstance(identity, Outsider) else SLACK
        with self._database.begin() as session:
            admission.check(session, self._policy.policy, identity, now)
            if isinstance(identity, Outsider):
                outsiders.record(session, identity, now)
            token = sessions.begin(session, identity.account_id, way, agent, now)
        self._welcome(response, token, identity.account_id, way)

    def visitor_of(self, identity: Identity | Outsider) -> Visitor:
        """Return the visitor that a session of this person would have, for a test of a provider."""
        account_id, way, outside = identity.account_id, SLACK, None
        with self._database.reading() as session:
            names = people.names(session, [account_id])
        if isinstance(identity, Outsider):
            names, way = {account_id: identity.shown_name}, identity.provider
            outside = OutsiderFacts(way, identity.issuer, identity.groups)
        name = names.get(account_id, account_id)
        signed_in = SignedIn(0, account_id, name, ENGLISH, way, outside=outside)
        return Visitor(signed_in, self._groups.of(account_id), self._policy.policy)

    def why_not(self, identity: Identity | Outsider) -> SignInFailed | None:
        """Return the reason why a person may not begin a session; None where they may."""
        try:
            with self._database.reading() as session:
                admission.check(session, self._policy.policy, identity, utc_now())
        except SignInFailed as error:
            return error
        return None

    def begin_by_link(self, request: Request, response: Response, code: str) -> None:
        """Begin the session of an admin who has a link. Raises SignInFailed, TooManyRequests."""
        now = utc_now()
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
        self._welcome(response, token, account_id, LINK)

    def authenticate(self, request: Request, provider: PasswordProvider) -> Claims:
        """Return the facts of a directory about a person with this name and password.

        Guesses are slowed by address and by name, before the directory is asked: it may lock an
        account after a few. Raises SignInFailed, TooManyRequests.
        """
        user, password = (request.form.get(name, "") for name in ("user", "password"))
        name = f"{provider.name}:{user.strip().casefold()[:LONGEST_COOKIE]}"
        tried = TriedCredential(digest_of(f"{name}\0{password}"), name)
        self._guard.throttle(request, tried)
        try:
            return provider.authenticate(user, password)
        except WrongPassword:
            self._guard.refuse(request, WRONG_PASSWORD, tried)
            raise

    def begin_by_code(self, request: Request, response: Response, typed: str) -> None:
        """Begin the session of a person to whom the bot gave a code.

        A code is short, so an address with too many guesses has to wait before it is checked.
        Raises SignInFailed, TooManyRequests.
        """
        now, tried = utc_now(), TriedCredential(digest_of(typed))
        self._guard.throttle(request, tried)
        with self._database.begin() as session:
            account_id = codes.redeem(session, typed, now)
            token, agent = None, request.headers.get("User-Agent", "")
            if account_id and people.standing(session, account_id, now).refusal is None:
                token = sessions.begin(session, account_id, CODE, agent, now)
        if token is None:
            self._guard.refuse(request, UNKNOWN_CODE, tried)
            sentence = Sentence(
                "This code is wrong, used up or too old. The bot gives you another one."
            )
            raise SignInFailed(sentence, UNKNOWN_CODE)
        self._welcome(response, token, account_id, CODE)

    def end(self, response: Response, visitor: Visitor) -> None:
        """End a session, and remove its cookie."""
        with self._database.begin() as session:
            signed_in = visitor.session
            sessions.revoke(session, signed_in.session_id, signed_in.account_id, utc_now())
        self._cookies.set(response, SESSION, "", 0)

    def _welcome(self, response: Response, token: str, account_id: str | None, way: str) -> None:
        log.info("signed in", by=account_id, way=way)
        self._cookies.set(response, SESSION, token, int(lifetime(way).total_seconds()))
        self.attempts.forget_page(response)

    def _slow_down(self, request: Request, secret: str, reason: str) -> None:
        """Count a guess. A valid session never waits: its 256 random bits cannot be guessed."""
        tried = TriedCredential(digest_of(secret))
        self._guard.throttle(request, tried)
        self._guard.refuse(request, reason, tried)

"""The routes of signing in, by a provider, a link or a code, and of signing out."""

from dataclasses import replace
from functools import partial

from flask import Response, g, request
from structlog.contextvars import bind_contextvars
from werkzeug.exceptions import NotFound

from server.auth.providers import AnyProvider, Claims, PasswordProvider
from server.board.access.trial import ACTION, SignInTrial
from server.board.pages import see_other
from server.board.views import BoardPages, BoardParts, get, post

LONGEST_CODE = 200  # characters
UNKNOWN = "There is no such way to sign in."


class SignInPages(BoardPages):
    """The views of signing in and out; all but the last need no session."""

    def __init__(self, parts: BoardParts) -> None:
        super().__init__(parts)
        self._providers = self._dependencies.providers
        self._trial = SignInTrial(self._repo, self._browsers)

    @get("/sign-in")
    def sign_in(self) -> Response:
        """The ways to sign in, for browsers."""
        return self._show("access/sign_in.html", providers=self._providers())

    @get("/sign-in/<name>")
    def leave_for(self, name: str) -> Response:
        """The way to a provider of sign-in, such as `slack`; or the form, for a directory."""
        return self._left_for(name)

    @get("/test-sign-in/<name>")
    def leave_for_a_test(self, name: str) -> Response:
        """The way to a provider for an admin who tests its sign-in: it begins no session."""
        self._visitor.permit_admin(ACTION)
        leave = partial(self._left_for, name, is_test=True)
        return self._trial.told(self._visitor, self._provider(name), leave)

    @post("/sign-in/<name>")
    def use_password(self, name: str) -> Response:
        """Begin the session of a person by a name and a password, which a directory checks."""
        self._browsers.check_form(request, None)
        provider = self._password_provider(name)
        return self._welcome(provider, self._browsers.authenticate(request, provider))

    @post("/test-sign-in/<name>")
    def test_password(self, name: str) -> Response:
        """Show an admin what a directory says of a person, and what would follow."""
        self._visitor.permit_admin(ACTION)
        provider = self._password_provider(name)
        ask = partial(self._browsers.authenticate, request, provider)
        return self._trial.show(self._visitor, provider, ask)

    @get("/sign-in/<name>/callback")
    def come_back(self, name: str) -> Response:
        """The way back from a provider, which begins a session."""
        # Forgotten also where this fails: each attempt is good once.
        g.forgets_attempt = True
        provider, attempt = self._provider(name), self._browsers.attempts.load(request, name)
        # What answers another attempt, in a tab where somebody began before, does not end this one.
        g.forgets_attempt = attempt.is_answered_by(request.args)
        if isinstance(provider, PasswordProvider):
            raise NotFound(UNKNOWN)
        if attempt.is_test:
            visitor = self._browsers.admit(request)
            visitor.permit_admin(ACTION)
            return self._trial.show(
                visitor, provider, partial(provider.finish, request.args.to_dict(), attempt)
            )
        return self._welcome(provider, provider.finish(request.args.to_dict(), attempt))

    @get("/test-sign-in")
    def test_sign_in(self) -> Response:
        """The providers that an admin can test."""
        self._visitor.permit_admin(ACTION)
        return self._show("access/trials.html", providers=self._providers())

    @get("/link")
    def show_link(self) -> Response:
        """The page of a link that `boot.sh sign-in` made: a button, as previews open links too."""
        code = request.args.get("code", "")[:LONGEST_CODE]
        return self._show("access/link.html", code=code)

    @post("/link")
    def use_link(self) -> Response:
        """Begin the session of an admin, by a link that is good once."""
        self._browsers.check_form(request, None)
        response = self._to_the_page()
        code = request.form.get("code", "")[:LONGEST_CODE]
        self._browsers.begin_by_link(request, response, code)
        return response

    @get("/code")
    def show_code_form(self) -> Response:
        """The form for a code that the bot gave in Slack."""
        return self._show("access/code.html")

    @post("/code")
    def use_code(self) -> Response:
        """Begin the session of a person, by a code that is good once."""
        self._browsers.check_form(request, None)
        response = self._to_the_page()
        typed = request.form.get("code", "")[:LONGEST_CODE]
        self._browsers.begin_by_code(request, response, typed)
        return response

    @post("/sign-out")
    def sign_out(self) -> Response:
        """End the session of this browser."""
        response = see_other("/board/sign-in")
        self._browsers.end(response, self._visitor)
        return response

    def _left_for(self, name: str, *, is_test: bool = False) -> Response:
        provider = self._provider(name)
        if isinstance(provider, PasswordProvider):
            return self._show("access/password.html", provider=provider, is_test=is_test)
        url, attempt = provider.begin()
        response = Response(status=302)
        response.headers["Location"] = url
        self._browsers.attempts.store(response, replace(attempt, provider=name, is_test=is_test))
        return response

    def _welcome(self, provider: AnyProvider, claims: Claims) -> Response:
        """Begin the session of the person that a provider knows by these claims."""
        response = self._to_the_page()
        self._browsers.begin(request, response, provider.identify(claims))
        return response

    def _to_the_page(self) -> Response:
        """The redirect to the page for which a person signs in."""
        return see_other(self._browsers.attempts.page(request))

    def _password_provider(self, name: str) -> PasswordProvider:
        provider = self._provider(name)
        if not isinstance(provider, PasswordProvider):
            raise NotFound(UNKNOWN)
        return provider

    def _provider(self, name: str) -> AnyProvider:
        for provider in self._providers():
            if provider.name == name:
                bind_contextvars(provider=name)
                return provider
        raise NotFound(UNKNOWN)

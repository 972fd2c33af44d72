"""Sign in with Slack: OpenID Connect, with Slack's own claims for the user and the workspace.

docs.slack.dev/authentication/sign-in-with-slack names the claims.
"""

from collections.abc import Mapping

from infrastructure.text import Sentence
from server.auth.providers import Attempt, Claims, Identity, SignInFailed
from server.auth.providers.openid import OpenId

USER, TEAM = "https://slack.com/user_id", "https://slack.com/team_id"


class Slack:
    """The provider Slack. E-mail addresses are ignored: they may belong to other people."""

    name, title = "slack", "Slack"

    def __init__(self, openid: OpenId) -> None:
        self._openid = openid

    def begin(self) -> tuple[str, Attempt]:
        """Return the browser's next address, and the secrets to bring back. Raises SignInFailed."""
        return self._openid.begin()

    def finish(self, answer: Mapping[str, str], attempt: Attempt) -> Claims:
        """Return the claims about the person who came back. Raises SignInFailed."""
        return self._openid.finish(answer, attempt)

    def identify(self, claims: Claims) -> Identity:
        """Return the person. Raises SignInFailed."""
        user, team = claims.get(USER), claims.get(TEAM)
        if not (isinstance(user, str) and isinstance(team, str) and user and team):
            sentence = Sentence("Slack did not say who you are; ask an admin to look at the app.")
            raise SignInFailed(sentence, "no user or team")
        return Identity(user, team)

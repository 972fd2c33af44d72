"""A provider of OpenID Connect other than Slack, as a table of the policy describes it."""

from collections.abc import Mapping

from infrastructure.text import Sentence
from provisioning.access.accounts.outsiders import Outsider
from provisioning.policy import SignIn
from provisioning.values.language import of_locale
from server.auth.providers import Attempt, Claims, SignInFailed
from server.auth.providers.openid import OpenId

LONGEST_SUBJECT = 255  # ASCII characters, by OpenID Connect Core 1.0, 2
MAX_GROUPS, LONGEST_GROUP = 1000, 255
MAX_NAMED = 40  # names of claims in the log


class OutsideProvider:
    """A provider that the policy calls `name`: its people have the rights of their groups.

    Only `sub` identifies a person. An e-mail address may be another's, and a name is only shown.
    """

    def __init__(self, name: str, table: SignIn, openid: OpenId) -> None:
        self.name, self.title = name, table.title or name
        self._table, self._openid = table, openid

    def begin(self) -> tuple[str, Attempt]:
        """Return the browser's next address, and the secrets to bring back. Raises SignInFailed."""
        return self._openid.begin()

    def finish(self, answer: Mapping[str, str], attempt: Attempt) -> Claims:
        """Return the claims about the person who came back. Raises SignInFailed."""
        return self._openid.finish(answer, attempt)

    def identify(self, claims: Claims) -> Outsider:
        """Return the person with their groups. Raises SignInFailed."""
        subject = claims.get("sub")
        if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT):
            raise self._unnamed()
        if not (subject.isascii() and subject.isprintable()):
            raise self._unnamed()
        names = (claims.get(each) for each in ("name", "preferred_username", "email"))
        return Outsider(
            self.name,
            self._table.address,
            subject,
            next((name for name in names if isinstance(name, str) and name), ""),
            of_locale(claims.get("locale")),
            self._groups(claims),
        )

    def _groups(self, claims: Claims) -> frozenset[str]:
        found = claim(claims, self._table.groups_claim)
        groups = [found] if isinstance(found, str) else found
        facts = {"claim": self._table.groups_claim, "came": ", ".join(sorted(claims)[:MAX_NAMED])}
        if groups is None:
            sentence = Sentence(
                "{provider} did not say which groups you are in. An admin has it send the claim "
                "{claim}.",
                provider=self.title,
                claim=self._table.groups_claim,
            )
            raise SignInFailed(sentence, "no groups claim", **facts)
        if not isinstance(groups, list) or not all(map(_is_text, groups)):
            raise self._unreadable("groups that are no list of texts", **facts)
        if len(groups) > MAX_GROUPS or any(len(each) > LONGEST_GROUP for each in groups):
            raise self._unreadable("too many groups, or too long ones", number=len(groups))
        return frozenset(groups)

    def _unnamed(self) -> SignInFailed:
        sentence = Sentence(
            "{provider} did not say who you are; ask an admin to look at it.", provider=self.title
        )
        return SignInFailed(sentence, "no subject")

    def _unreadable(self, code: str, **facts: object) -> SignInFailed:
        sentence = Sentence(
            "{provider} named your groups in a way that Rollcall cannot read. An admin finds the "
            "reason in the log.",
            provider=self.title,
        )
        return SignInFailed(sentence, code, **facts)


def _is_text(value: object) -> bool:
    """True for a text that every database takes."""
    return isinstance(value, str) and value.isprintable()


def claim(claims: Claims, name: str) -> object:
    """Return a claim by its name, or by its path: `realm_access.roles`; None if it is missing."""
    if name in claims:  # some are named like addresses, with dots
        return claims[name]
    found: object = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found

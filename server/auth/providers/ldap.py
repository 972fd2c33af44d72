"""Signing in by an LDAP directory, OpenLDAP's or Active Directory, with a name and a password."""

from typing import Protocol

from infrastructure.directory.asking import (
    MAX_GROUPS,
    DirectoryFault,
    DirectoryPerson,
    DirectoryTable,
    NotUnique,
    authorities_of_machine,
)
from infrastructure.text import Sentence
from provisioning.access.accounts.outsiders import Outsider
from provisioning.policy import SignIn
from provisioning.values.language import ENGLISH
from server.auth.providers import ASKING, Claims, SignInFailed, WrongPassword

LONGEST_USER, LONGEST_PASSWORD = 100, 500
LONGEST_SUBJECT = LONGEST_GROUP = 255


class AskedDirectory(Protocol):
    """A directory that says who signs in with a name and a password."""

    def person(self, user: str, password: str) -> DirectoryPerson | None:
        """Return them; None where one is wrong. Raises DirectoryFault, NotUnique."""


class LdapProvider:
    """A directory that the policy calls `name`. A password goes to the directory alone."""

    def __init__(self, name: str, table: SignIn, directory: AskedDirectory) -> None:
        self.name, self.title = name, table.title or name
        self._table, self._directory = table, directory

    def authenticate(self, user: str, password: str) -> Claims:
        """Return the directory's facts about a person. Raises SignInFailed, WrongPassword."""
        user = user.strip()
        is_odd = "\0" in user + password or not user or not password
        if is_odd or len(user) > LONGEST_USER or len(password) > LONGEST_PASSWORD:
            raise WrongPassword
        if not ASKING.acquire(blocking=False):
            raise self._unreachable("too many ask")
        try:
            return self._claims(user, password)
        finally:
            ASKING.release()

    def _claims(self, user: str, password: str) -> Claims:
        try:
            found = self._directory.person(user, password)
        except NotUnique:
            raise self._unusable("several people have that name") from None
        except DirectoryFault as fault:
            raise self._unreachable(str(fault)) from None
        if found is None:
            raise WrongPassword
        return {
            "sub": found.subject,
            "dn": found.dn,
            "name": found.name,
            "mail": found.mail,
            "groups": sorted(found.groups),
        }

    def identify(self, claims: Claims) -> Outsider:
        """Return the person with their groups. Raises SignInFailed."""
        subject, groups = claims["sub"], claims["groups"]
        if not subject:
            raise self._unusable("no entryUUID or objectGUID")
        if not subject.isprintable() or len(subject) > LONGEST_SUBJECT:
            raise self._unusable("an entryUUID that is none")
        if not all(group.isprintable() for group in groups):
            raise self._unusable("groups that are no texts")
        if len(groups) > MAX_GROUPS or any(len(group) > LONGEST_GROUP for group in groups):
            raise self._unusable("too many groups, or too long ones")
        name = claims["name"] or claims["mail"]
        address = self._table.address
        return Outsider(self.name, address, subject, name, ENGLISH, frozenset(groups))

    def _unreachable(self, reason: str) -> SignInFailed:
        sentence = Sentence(
            "{provider} cannot be reached at this time; try again in a minute.", provider=self.title
        )
        return SignInFailed(sentence, "directory", fault=reason)

    def _unusable(self, code: str) -> SignInFailed:
        sentence = Sentence(
            "{provider} gave an answer that Rollcall does not trust, so you are not "
            "signed in. Begin again; if that does not help, an admin finds the "
            "reason in the log.",
            provider=self.title,
        )
        return SignInFailed(sentence, code)


def described(table: SignIn) -> DirectoryTable:
    """Return the part of a table of the policy by which its directory is asked."""
    ca = table.ca or authorities_of_machine()
    return DirectoryTable(table.url or "", table.base or "", table.directory, table.bind_as, ca)

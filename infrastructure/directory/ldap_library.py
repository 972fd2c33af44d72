"""An LDAP directory by its library: connections that are encrypted and checked, people, groups.

The library is optional; `asking` runs this module in a process of its own.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import ldap
import ldap.dn
import ldap.filter

from infrastructure.directory.asking import (
    MAX_GROUPS,
    DirectoryFault,
    DirectoryPerson,
    DirectoryTable,
    NotUnique,
)

TIMEOUT = 5  # seconds for a connection, and for each answer; not for what begins TLS
GUID = 16  # bytes of an id of Active Directory
IN_CHAIN = "1.2.840.113556.1.4.1941"  # Active Directory's rule for members of members

# What is behind the library's errors, which say no more of a certificate than of a closed port.
HINTS = (
    (
        (ldap.SERVER_DOWN, ldap.CONNECT_ERROR),
        "it is away, or its certificate is for another name, or its authority is not known (`ca`)",
    ),
    (ldap.NO_SUCH_OBJECT, "`base` is not there, or `bind_as` may not read it"),
    (ldap.INVALID_DN_SYNTAX, "`base` or `bind_as` is no name of an entry (DN)"),
    (ValueError, "`ca` cannot be read"),  # what the library makes of an option that it refuses
)

Entry: TypeAlias = tuple[str, Mapping[str, Sequence[bytes]]]
Connect: TypeAlias = Callable[[DirectoryTable], Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """The attributes and the filter of one kind of directory."""

    people: str
    subject: str
    name: str

    def subject_of(self, entry: Entry) -> str:
        """The id that a directory never reuses; empty where it has none."""
        values = entry[1].get(self.subject, ())
        if len(values) != 1:
            return ""
        if self.subject == "objectGUID":
            return str(uuid.UUID(bytes_le=values[0])) if len(values[0]) == GUID else ""
        return values[0].decode("ascii", "replace")


KINDS = {
    "openldap": _Kind("(&(objectClass=person)(uid={user}))", "entryUUID", "cn"),
    "ad": _Kind(
        "(&(objectCategory=person)(objectClass=user)(sAMAccountName={user}))",
        "objectGUID",
        "displayName",
    ),
}


def person(content: bytes) -> DirectoryPerson | None:
    """Answer what `ConfinedDirectory.person` asks, in its process."""
    asked = json.loads(content)
    directory = LdapDirectory(DirectoryTable(**asked["table"]), asked["password"])
    return directory.person(*asked["of"])


class LdapDirectory:
    """An LDAP directory as a table describes it, asked in this process.

    Its answers have no limit of time or size: `ConfinedDirectory` has them.
    """

    def __init__(
        self, table: DirectoryTable, password: str, connect: Connect | None = None
    ) -> None:
        self._table, self._password = table, password
        self._connect = connect or connected
        self._kind = KINDS[table.directory]

    def person(self, user: str, password: str) -> DirectoryPerson | None:
        """Return who signs in with that name and password; None where one is wrong.

        An unknown name takes a second question too, as a wrong password does. Raises
        DirectoryFault, NotUnique.
        """
        with self.opened() as connection:
            found = self.find(connection, user)
            dn = found.dn if found else f"cn=nobody,{self._table.base}"
            if not self.is_password(dn, password) or found is None:
                return None
            return replace(found, groups=tuple(self.groups_of(connection, found.dn)))

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """A connection of the account for searches, or an anonymous one. Raises DirectoryFault."""
        with _faults(), self._connection() as connection:
            if self._table.bind_as is not None:
                connection.simple_bind_s(self._table.bind_as, self._password)
            yield connection

    def find(self, connection: Any, user: str) -> DirectoryPerson | None:
        """Return a person, without groups, by the name that they sign in with; None for no one.

        Raises NotUnique.
        """
        sought = self._kind.people.format(user=ldap.filter.escape_filter_chars(user))
        wanted = [self._kind.subject, self._kind.name, "cn", "mail"]
        try:
            found = self._search(connection, sought, wanted, limit=2)
        except ldap.SIZELIMIT_EXCEEDED:
            raise NotUnique from None
        if len(found) > 1:
            raise NotUnique
        if not found:
            return None
        entry = found[0]
        name = _text(entry, self._kind.name) or _text(entry, "cn")
        return DirectoryPerson(
            entry[0], self._kind.subject_of(entry), name, _text(entry, "mail"), ()
        )

    def is_password(self, dn: str, password: str) -> bool:
        """Return True if this is the password of an entry. Raises DirectoryFault.

        It is never empty: a directory accepts an empty one as an anonymous login (RFC 4513,
        5.1.2).
        """
        if not password:
            return False
        with _faults(), self._connection() as connection:
            try:
                connection.simple_bind_s(dn, password)
            except (ldap.INVALID_CREDENTIALS, ldap.NO_SUCH_OBJECT, ldap.INVALID_DN_SYNTAX):
                return False
            return True

    def groups_of(self, connection: Any, dn: str) -> frozenset[str]:
        """Return the names (DN) of the groups of an entry, nested ones too."""
        if self._table.directory == "ad":
            value = ldap.filter.escape_filter_chars(dn)
            found = self._search(connection, f"(member:{IN_CHAIN}:={value})", ["1.1"])
            return frozenset(spelled(group) for group, _ in found)
        return self._walked(connection, dn)

    def _walked(self, connection: Any, dn: str) -> frozenset[str]:
        """The groups by `memberOf` of the entry, of its groups, and so on; loops do no harm."""
        known: set[str] = set()
        left = [dn]
        while left and len(known) <= MAX_GROUPS:
            for group in self._member_of(connection, left.pop()):
                if spelled(group) not in known:
                    known.add(spelled(group))
                    left.append(group)
        return frozenset(known)

    def _member_of(self, connection: Any, dn: str) -> list[str]:
        try:
            found = connection.search_ext_s(
                dn, ldap.SCOPE_BASE, "(objectClass=*)", ["memberOf"], timeout=TIMEOUT
            )
        except ldap.NO_SUCH_OBJECT:  # a group that is elsewhere, or that may not be seen
            return []
        entries = _entries(found)
        values = entries[0][1].get("memberOf", ()) if entries else ()
        return [value.decode("utf-8", "replace") for value in values]

    def _search(
        self, connection: Any, sought: str, attributes: list[str], *, limit: int = MAX_GROUPS + 1
    ) -> list[Entry]:
        found = connection.search_ext_s(
            self._table.base,
            ldap.SCOPE_SUBTREE,
            sought,
            attributes,
            timeout=TIMEOUT,
            sizelimit=limit,
        )
        return _entries(found)

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        connection = self._connect(self._table)
        try:
            yield connection
        finally:
            connection.unbind_s()


def connected(table: DirectoryTable) -> Any:
    """Return a connection that is encrypted, to a server whose certificate is checked.

    The machine's ldap.conf has no effect on these. Raises ldap.LDAPError.
    """
    connection = ldap.initialize(table.url)
    is_folder = table.ca is not None and Path(table.ca).is_dir()
    authorities = ldap.OPT_X_TLS_CACERTDIR if is_folder else ldap.OPT_X_TLS_CACERTFILE
    for option, value in (
        (ldap.OPT_PROTOCOL_VERSION, 3),
        (ldap.OPT_REFERRALS, 0),  # or our password would be sent to whom the answer names
        (ldap.OPT_NETWORK_TIMEOUT, TIMEOUT),
        (ldap.OPT_TIMEOUT, TIMEOUT),
        (ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND),
        *([(authorities, table.ca)] if table.ca else []),
        (ldap.OPT_X_TLS_NEWCTX, 0),  # the last one: it makes those before hold
    ):
        connection.set_option(option, value)
    if table.url.startswith("ldap:"):
        connection.start_tls_s()
    return connection


def spelled(dn: str) -> str:
    """Return the name of an entry in one spelling: small letters, no spaces beside the commas."""
    try:
        return str(ldap.dn.dn2str(ldap.dn.str2dn(dn))).lower()
    except ldap.DECODING_ERROR:
        return dn.lower()


@contextmanager
def _faults() -> Iterator[None]:
    """A context that turns errors of the library into one of ours, without the values sent."""
    try:
        yield
    except ldap.INVALID_CREDENTIALS:
        raise DirectoryFault("bind_as, or its password, is wrong") from None
    except (ldap.LDAPError, OSError, ValueError) as error:
        detail = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        reasons = [
            type(error).__name__,
            *(str(detail[key]) for key in ("desc", "info") if key in detail),
            *(hint for kinds, hint in HINTS if isinstance(error, kinds)),
        ]
        raise DirectoryFault(": ".join(reasons)) from None


def _entries(answer: Sequence[Any]) -> list[Entry]:
    """The entries of an answer, without references to other directories."""
    return [(each[0], each[1]) for each in answer if each[0] is not None]


def _text(entry: Entry, attribute: str) -> str:
    values = entry[1].get(attribute, ())
    return values[0].decode("utf-8", "replace") if values else ""

"""An LDAP directory, asked in a process of its own, which ends in time whatever the answer is.

The library waits without end for TLS that a server does not go on with, and takes answers of any
size. So this process does not even load it.
"""

import json
import ssl
from dataclasses import asdict, dataclass

from infrastructure.errors import RollcallError
from infrastructure.execution import sandbox

TIMEOUT = 15.0  # seconds for all questions about one person
MEMORY = 512  # MiB of addresses
MAX_GROUPS = 1000


class DirectoryFault(RollcallError):
    """A directory that cannot be asked; the text is for the log."""


class NotUnique(RollcallError):
    """A name that several people of a directory have."""


def authorities_of_machine() -> str | None:
    """Return the file of the authorities that this machine believes, or the folder; None: neither.

    As everywhere else, `SSL_CERT_FILE` names one. The library would believe nobody.
    """
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath


@dataclass(frozen=True, slots=True)
class DirectoryTable:
    """Where a directory is, and how it is asked: the keys are those of the policy.

    `ca` is a file of authorities, or a folder of such files.
    """

    url: str
    base: str
    directory: str = "openldap"
    bind_as: str | None = None
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class DirectoryPerson:
    """A person as a directory has them, with the names (DN) of their groups, nested ones too."""

    dn: str
    subject: str
    name: str
    mail: str
    groups: tuple[str, ...]


class ConfinedDirectory:
    """A directory as a table describes it, asked at each sign-in with the `password` of `bind_as`.

    All questions about a person take `seconds` at most.
    """

    def __init__(self, table: DirectoryTable, password: str, seconds: float = TIMEOUT) -> None:
        self._table, self._password, self._seconds = table, password, seconds

    def person(self, user: str, password: str) -> DirectoryPerson | None:
        """Return who signs in with that name and password; None where one is wrong.

        Raises DirectoryFault, NotUnique.
        """
        asked = {"table": asdict(self._table), "password": self._password, "of": [user, password]}
        try:
            found = sandbox.run(
                "infrastructure.directory.ldap_library:person",
                json.dumps(asked).encode(),
                seconds=self._seconds,
                megabytes=MEMORY,
            )
        except sandbox.GaveUp as error:
            raise DirectoryFault(error.reason) from None
        return found and DirectoryPerson(**{**found, "groups": tuple(found["groups"])})

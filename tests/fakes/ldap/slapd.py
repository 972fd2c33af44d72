"""A directory of OpenLDAP on free ports: a process of its own, never the machine's service.

It speaks ldap, with StartTLS, and ldaps, with a certificate for loopback by an authority of its
own, and keeps `memberOf`. `alice` is in `paris-it`, that is in `it`, which is in `everyone`, and
that in `paris-it` again.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.databases.postgres import free_port
from tests.support.running.certificates import HOST, certify
from tests.support.waiting import eventually

BASE = "dc=example,dc=com"
ADMIN, ADMIN_PASSWORD = f"cn=admin,{BASE}", "the-directory's-own"
READER, READER_PASSWORD = f"cn=rollcall,{BASE}", "reader's: pässword"
PASSWORDS = {"alice": "correct horse", "bob": "staple*)", "twin": "t", "a*": "starred"}
GROUPS = {"paris-it": ["uid=alice", "cn=everyone"], "it": ["cn=paris-it"], "everyone": ["cn=it"]}
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
security simple_bind=128
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw "{password}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
overlay memberof
"""


@dataclass(frozen=True, slots=True)
class Slapd:
    """A running directory: its addresses, and the file of its authority."""

    plain: str
    encrypted: str
    ca: Path


def is_possible() -> bool:
    """True where this machine has slapd, and this Python the library."""
    try:
        import ldap  # noqa: F401, PLC0415 - optional
    except ImportError:
        return False
    return shutil.which("slapd") is not None


@contextmanager
def running(folder: Path) -> Iterator[Slapd]:
    """The directory, while it runs."""
    (folder / "data").mkdir()
    certify(folder)
    config = folder / "slapd.conf"
    config.write_text(
        CONFIG.format(folder=folder, base=BASE, admin=ADMIN, password=ADMIN_PASSWORD, reader=READER)
    )
    plain, encrypted = (f"{way}://{HOST}:{free_port()}" for way in ("ldap", "ldaps"))
    command = ["slapd", "-h", f"{plain}/ {encrypted}/", "-f", str(config), "-d", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            connection = eventually(lambda: _as_admin(encrypted, folder / "ca.pem"))
            _fill(connection)
            connection.unbind_s()
            yield Slapd(plain, encrypted, folder / "ca.pem")
        finally:
            process.terminate()


def _as_admin(url: str, ca: Path) -> Any:
    """A connection of the admin; None where nobody listens yet."""
    import ldap  # noqa: PLC0415 - optional

    connection = ldap.initialize(url)
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, str(ca))
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    try:
        connection.simple_bind_s(ADMIN, ADMIN_PASSWORD)
    except ldap.SERVER_DOWN:
        return None
    return connection


def _fill(connection: Any) -> None:
    """Put people and groups in."""
    connection.add_s(BASE, _entry(objectClass=["dcObject", "organization"], dc="example", o="E"))
    role = ["organizationalRole", "simpleSecurityObject"]
    connection.add_s(READER, _entry(objectClass=role, cn="rollcall", userPassword=READER_PASSWORD))
    for uid, password in PASSWORDS.items():
        entry = _entry(
            objectClass="inetOrgPerson",
            cn=f"{uid.title()} <b>",
            sn=uid,
            mail=f"{uid}@example.com",
            userPassword=password,
        )
        connection.add_s(f"uid={uid},{BASE}", entry)
    units = _entry(objectClass="organizationalUnit", ou="others")
    connection.add_s(f"ou=others,{BASE}", units)
    twin = _entry(objectClass="inetOrgPerson", cn="Twin", sn="twin", userPassword="u")
    connection.add_s(f"uid=twin,ou=others,{BASE}", twin)
    for name in GROUPS:
        placeholder = _entry(objectClass="groupOfNames", cn=name, member=ADMIN)
        connection.add_s(f"cn={name},{BASE}", placeholder)
    for name, members in GROUPS.items():
        values = [f"{member},{BASE}".encode() for member in members]
        connection.modify_s(f"cn={name},{BASE}", [(2, "member", values)])  # MOD_REPLACE


def _entry(**attributes: str | list[str]) -> list[tuple[str, list[bytes]]]:
    return [
        (name, [each.encode() for each in ([value] if isinstance(value, str) else value)])
        for name, value in attributes.items()
    ]

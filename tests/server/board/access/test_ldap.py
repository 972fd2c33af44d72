"""A directory that is asked by LDAP: a real slapd, and what an attacker would try at it."""

import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest

from provisioning.policy import SignIn
from server.auth.providers import MAX_ASKING, SignInFailed, WrongPassword
from tests.fakes.ldap import slapd
from tests.fakes.ldap.slapd import BASE, PASSWORDS, READER, READER_PASSWORD, Slapd
from tests.support.running.certificates import certify

if not slapd.is_possible():
    pytest.skip("slapd or python-ldap is not installed", allow_module_level=True)

import ldap

from infrastructure.directory.asking import ConfinedDirectory, DirectoryFault, NotUnique
from infrastructure.directory.ldap_library import IN_CHAIN, LdapDirectory, connected, spelled
from server.auth.providers.ldap import LdapProvider, described


def table(there: Slapd, **keys: Any) -> SignIn:
    """The table of the directory, by StartTLS unless told otherwise."""
    given = {"url": there.plain, "base": BASE, "bind_as": READER, "ca": str(there.ca)}
    return SignIn.model_validate({**given, **keys})


def provider(directory: Slapd, password: str = READER_PASSWORD, **keys: Any) -> LdapProvider:
    """The provider that a policy with this table has."""
    found = table(directory, **keys)
    return LdapProvider("corp", found, LdapDirectory(described(found), password))


def fault(directory: Slapd, password: str = READER_PASSWORD, **keys: Any) -> str:
    """The fault in the log of a sign-in with a right password."""
    with pytest.raises(SignInFailed) as caught:
        provider(directory, password, **keys).authenticate("alice", PASSWORDS["alice"])
    assert PASSWORDS["alice"] not in str(caught.value.facts)
    assert password not in str(caught.value.facts)
    return str(caught.value.facts["fault"])


def test_people_are_found_with_the_groups_of_their_groups(directory: Slapd) -> None:
    for url in (directory.plain, directory.encrypted):
        corp = provider(directory, url=url)
        claims = corp.authenticate(" ALICE ", PASSWORDS["alice"])
        alice = corp.identify(claims)

        assert claims["dn"] == f"uid=alice,{BASE}"
        assert len(alice.subject) == len("5f0e2b1c-0000-0000-0000-000000000000")
        assert alice.name == "Alice <b>"
        # in a loop, which ends
        assert alice.groups == {f"cn={name},{BASE}" for name in ("paris-it", "it", "everyone")}
    assert provider(directory).authenticate("bob", PASSWORDS["bob"])["groups"] == []


def test_wrong_names_and_passwords_are_told_alike(directory: Slapd) -> None:
    corp = provider(directory)
    for user, password in (
        ("alice", "wrong"),
        ("alice", ""),  # which a directory would take for nobody, and say yes
        ("alice", "\0"),
        ("alice", "correct horse\0"),
        ("alice", "x" * 501),
        ("", "correct horse"),
        ("nobody", "correct horse"),
        ("alice@example.com", "correct horse"),
        ("*", "correct horse"),
        ("a*", "correct horse"),
        ("alic*", "correct horse"),
        ("alice)(uid=*", "correct horse"),
        ("*)(objectClass=*", "correct horse"),
        ("x)(|(uid=alice", "correct horse"),
        ("rollcall", READER_PASSWORD),
        ("\\61lice", "correct horse"),
        ("alice,dc=example", "correct horse"),
    ):
        with pytest.raises(WrongPassword):
            corp.authenticate(user, password)
    # signs of filters are signs of names
    assert corp.authenticate("a*", PASSWORDS["a*"])["dn"] == f"uid=a*,{BASE}"


def test_a_name_of_two_people_is_nobodys(directory: Slapd) -> None:
    with pytest.raises(SignInFailed, match="does not trust") as caught:
        provider(directory).authenticate("twin", "t")
    assert caught.value.code == "several people have that name"


def test_only_a_server_with_a_certificate_for_its_name_is_asked(
    directory: Slapd, tmp_path: Path
) -> None:
    certify(tmp_path)
    stranger = str(tmp_path / "ca.pem")
    other_name = directory.encrypted.replace("127.0.0.1", "localhost")
    for keys in (
        {"ca": stranger},
        {"ca": stranger, "url": directory.encrypted},
        {"url": other_name},
        {"url": directory.plain.replace("127.0.0.1", "localhost")},
        {"ca": None},
    ):
        assert "its certificate is for another name" in fault(directory, **keys), keys


def test_what_the_machine_says_of_certificates_does_not_count(
    directory: Slapd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certify(tmp_path)
    monkeypatch.setenv("LDAPTLS_REQCERT", "never")
    fault(directory, ca=str(tmp_path / "ca.pem"))


@pytest.mark.parametrize("is_folder", [True, False])
def test_without_an_authority_of_its_own_those_of_the_machine_are_believed(
    directory: Slapd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_folder: bool
) -> None:
    shutil.copy(directory.ca, tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere" if is_folder else str(directory.ca))
    for url in (directory.plain, directory.encrypted):
        corp = provider(directory, url=url, ca=None)
        assert corp.authenticate("alice", PASSWORDS["alice"])["dn"] == f"uid=alice,{BASE}"


def test_faults_of_the_directory_are_in_the_log(directory: Slapd) -> None:
    assert fault(directory, "mistyped") == "bind_as, or its password, is wrong"
    assert "SERVER_DOWN" in fault(directory, url="ldaps://localhost:1")
    assert "`base` is not there" in fault(directory, base="dc=elsewhere,dc=com")
    assert "`bind_as` is no name of an entry" in fault(directory, bind_as="rollcall")
    assert "`ca` cannot be read" in fault(directory, ca="/nowhere/ca.pem")


def test_nobody_else_is_asked_where_an_answer_refers_to_another_directory(directory: Slapd) -> None:
    connection = connected(described(table(directory)))
    assert connection.get_option(ldap.OPT_REFERRALS) == 0
    assert connection.get_option(ldap.OPT_X_TLS_REQUIRE_CERT) == ldap.OPT_X_TLS_DEMAND
    with pytest.raises(ldap.LDAPError):  # slapd takes passwords on what is encrypted alone
        ldap.initialize(directory.plain).simple_bind_s(READER, READER_PASSWORD)
    connection.unbind_s()


class ActiveDirectory:
    """A connection to what answers as Active Directory does, as far as it is asked here."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def simple_bind_s(self, _dn: str, _password: str) -> None:
        """Let everybody in."""

    def search_ext_s(self, _base: str, _scope: int, sought: str, *_: Any, **__: Any) -> Any:
        """Find one person, in one group; and refer to another directory."""
        self.asked.append(sought)
        referral = (None, ["ldap://elsewhere.example.com/DC=example"])
        if IN_CHAIN in sought:
            return [("CN=Rollcall Admins, OU=IT,DC=example,DC=com", {}), referral]
        guid = bytes.fromhex("33221100554477668899aabbccddeeff")
        entry = {"objectGUID": [guid], "displayName": [b"Ada Lovelace"]}
        return [(r"CN=Lovelace\, Ada (IT),DC=example,DC=com", entry), referral]

    def unbind_s(self) -> None:
        """Nothing is open."""


def test_active_directory_is_asked_for_members_of_members(directory: Slapd) -> None:
    found, answering = table(directory, directory="ad"), ActiveDirectory()
    ad = LdapProvider("ad", found, LdapDirectory(described(found), "x", lambda _: answering))

    ada = ad.identify(ad.authenticate("ada)(x=*", "secret"))

    assert ada.subject == "00112233-4455-6677-8899-aabbccddeeff"
    assert ada.name == "Ada Lovelace"
    assert ada.groups == {"cn=rollcall admins,ou=it,dc=example,dc=com"}
    people, groups = answering.asked
    assert r"(sAMAccountName=ada\29\28x=\2a)" in people
    assert groups == rf"(member:{IN_CHAIN}:=CN=Lovelace\5c, Ada \28IT\29,DC=example,DC=com)"


def test_a_directory_that_does_not_answer_holds_two_threads_at_the_most(directory: Slapd) -> None:
    found, over = table(directory), Event()
    asked = Semaphore(0)

    def silent(_: Any) -> Any:
        asked.release()
        over.wait(5)
        raise OSError("timed out")

    slow = LdapProvider("corp", found, LdapDirectory(described(found), "x", silent))
    with ThreadPoolExecutor(2) as threads:
        waiting = [threads.submit(slow.authenticate, "ada", "secret") for _ in range(2)]
        assert asked.acquire(timeout=5)
        assert asked.acquire(timeout=5)
        with pytest.raises(SignInFailed, match="cannot be reached") as refused:
            slow.authenticate("ada", "secret")
        over.set()
    assert refused.value.facts == {"fault": "too many ask"}
    assert [each for each in waiting if not isinstance(each.exception(), SignInFailed)] == []


def test_a_directory_is_asked_in_a_process_of_its_own(directory: Slapd) -> None:
    asked = ConfinedDirectory(described(table(directory)), READER_PASSWORD)
    alice = asked.person("alice", PASSWORDS["alice"])
    assert alice is not None
    assert {*alice.groups} == {f"cn={name},{BASE}" for name in ("paris-it", "it", "everyone")}
    assert asked.person("alice", "wrong") is None
    with pytest.raises(NotUnique):
        asked.person("twin", "t")
    with pytest.raises(DirectoryFault, match="bind_as, or its password, is wrong"):
        ConfinedDirectory(described(table(directory)), "mistyped").person("alice", "x")


def test_a_directory_that_does_not_go_on_with_tls_gives_its_place_back(directory: Slapd) -> None:
    """The library waits for it without end; so it does for groups of groups that come slowly."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = table(directory, url=f"ldaps://127.0.0.1:{silent.getsockname()[1]}")
        corp = LdapProvider("corp", found, ConfinedDirectory(described(found), "x", seconds=1))
        for _ in range(MAX_ASKING + 1):
            with pytest.raises(SignInFailed, match="cannot be reached") as refused:
                corp.authenticate("ada", "secret")
            assert refused.value.facts == {"fault": "it took longer than 1 seconds"}


def test_an_id_that_no_database_takes_is_not_trusted(directory: Slapd) -> None:
    corp = provider(directory)
    claims = corp.authenticate("alice", PASSWORDS["alice"])
    for odd in ("x" * 256, "5f0e\0", "5f0e\n", "\ufffd\u202e"):
        with pytest.raises(SignInFailed, match="does not trust"):
            corp.identify({**claims, "sub": odd})


def test_groups_are_spelled_in_one_way() -> None:
    assert spelled("CN=IT , OU=Groups,DC=Example") == "cn=it,ou=groups,dc=example"
    assert spelled("no name at all") == "no name at all"

"""Keys of sites at the Macs' door: a script, a manifest, a report."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import REPORTS
from provisioning.munki import Destination
from provisioning.registrations.models import Registration
from tests.fakes.imagr.reports import Reporter
from tests.provisioning.access.conftest import MakeKey
from tests.support.acting import register
from tests.support.fixtures.doors import NOON, Script
from tests.support.owed import troubles
from tests.support.waiting import eventually

AT_LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}
AT_PARIS = {"X-bootstrap-site": "paris", "X-bootstrap-build": "design"}
PARIS = Destination("paris", "design")


def basic(key: str, username: str = "london") -> dict[str, str]:
    pair = base64.b64encode(f"{username}:{key}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def token_in(answer: TestResponse) -> str:
    found = re.search(r"^token=(\S+)$", answer.text, re.MULTILINE)
    assert found, answer.text
    return found[1]


def asks(client: FlaskClient, headers: dict[str, str], **fields: str) -> TestResponse:
    return client.post("/gen_manifest", headers=headers, data=fields)


def state_of(database: Database, serial: str) -> str:
    with database.reading() as session:
        query = select(Registration.state).where(Registration.serial == serial)
        return session.scalars(query).one()


# A script


@pytest.mark.parametrize("sent", [basic, bearer, lambda key: basic(key, "whoever")])
@pytest.mark.parametrize("site", ["london", "LONDON"])
def test_a_sites_key_fetches_its_script_however_a_client_sends_it(
    client: FlaskClient, make_key: MakeKey, sent: Callable[[str], dict[str, str]], site: str
) -> None:
    answer = client.get("/", headers={**sent(make_key()), **AT_LONDON, "X-bootstrap-site": site})

    assert answer.status_code == 200
    assert answer.text.startswith("#!/bin/sh\n")


def test_a_sites_key_fetches_no_script_of_another_site(
    client: FlaskClient, make_key: MakeKey
) -> None:
    answer = client.get("/", headers={**basic(make_key()), **AT_PARIS})

    assert answer.status_code == 403
    assert answer.text.startswith("This credential opens the site 'london' and no other")
    assert "'paris'" in answer.text


@pytest.mark.postgresql(soak=True)
def test_several_keys_of_a_site_are_good_at_a_time_and_one_of_all_sites_everywhere(
    client: FlaskClient, make_key: MakeKey
) -> None:
    old, new, everywhere = make_key(), make_key(), make_key(None)

    for key in (old, new, everywhere):
        assert client.get("/", headers={**bearer(key), **AT_LONDON}).status_code == 200
    assert client.get("/", headers={**bearer(everywhere), **AT_PARIS}).status_code == 200


def test_the_servers_own_pair_opens_every_site_beside_them(
    script: Script, make_key: MakeKey
) -> None:
    make_key()

    for site in ("london", "paris"):
        answer = script.fetch(X_bootstrap_site=site, X_bootstrap_build="design")
        assert answer.status_code == 200


def test_a_key_that_is_wrong_in_any_way_opens_nothing(
    client: FlaskClient, make_key: MakeKey
) -> None:
    key = make_key()
    reports = make_key(opens=REPORTS)
    odd = [key[:-1], key + "0", key.upper(), key[:-1] + "é", key[:-1] + "\0", "0" * len(key)]

    for wrong in (*odd, reports, credentials.PREFIX, f"{credentials.PREFIX}{'0' * 48}"):
        assert client.get("/", headers={**basic(wrong), **AT_LONDON}).status_code == 401
    assert client.get("/", headers={**basic("", key), **AT_LONDON}).status_code == 401
    assert (
        client.get("/", headers={"Authorization": f"Digest {key}", **AT_LONDON}).status_code == 401
    )


# A manifest


@pytest.mark.postgresql(soak=True)
def test_a_sites_key_has_manifests_written_for_its_site(
    client: FlaskClient, make_key: MakeKey, repo_folder: Path
) -> None:
    answer = asks(client, basic(make_key()), serial="C02AAA", site="London", build="design")

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert b"sites/london" in (repo_folder / "manifests/C02AAA").read_bytes()


def test_a_sites_key_has_none_written_for_another(
    client: FlaskClient, make_key: MakeKey, repo_folder: Path
) -> None:
    answer = asks(client, basic(make_key()), serial="C02AAA", site="paris", build="design")

    assert answer.status_code == 403
    assert "no other, so not 'paris'" in answer.text
    assert not (repo_folder / "manifests/C02AAA").exists()


@pytest.mark.parametrize("fields", [{"site": "london", "build": "design"}, {}])
@pytest.mark.parametrize("by_token", [True, False])
def test_what_is_registered_for_another_site_is_refused_and_the_channel_is_told_once(
    client: FlaskClient,
    make_key: MakeKey,
    database: Database,
    repo_folder: Path,
    fields: dict[str, str],
    by_token: bool,
) -> None:
    """By the key, or by the token of a script that was fetched with it."""
    register(database, "C02AAA", to=PARIS)
    sent = basic(make_key())
    if by_token:
        named = AT_LONDON if fields else {}
        sent = bearer(token_in(client.get("/", headers={**sent, **named})))

    for _ in range(3):
        answer = asks(client, sent, serial="C02AAA", **fields)

    assert answer.status_code == 403
    assert "C02AAA goes to paris, but it called with a credential of london" in answer.text
    assert not (repo_folder / "manifests/C02AAA").exists()
    [sentence] = troubles(database)
    assert sentence in answer.text


@pytest.mark.parametrize("named", [AT_LONDON, {}])
def test_a_script_that_a_sites_key_fetched_brings_its_mac_in(
    client: FlaskClient,
    make_key: MakeKey,
    database: Database,
    repo_folder: Path,
    named: dict[str, str],
) -> None:
    register(database, "C02AAA")
    token = token_in(client.get("/", headers={**basic(make_key()), **named}))
    fields = {"site": "london", "build": "design"} if named else {}

    assert asks(client, bearer(token), serial="C02AAA", **fields).text == "Manifest saved"
    assert b"sites/london" in (repo_folder / "manifests/C02AAA").read_bytes()
    other = asks(client, bearer(token), serial="C02BBB", site="paris", build="design")
    assert other.status_code == 403


def test_a_mac_that_nobody_registered_waits_for_its_card_as_always(
    client: FlaskClient, make_key: MakeKey
) -> None:
    sent = basic(make_key())
    token = token_in(client.get("/", headers=sent))

    for _ in range(25):
        answer = asks(client, bearer(token), serial="C02AAA")
        assert (answer.status_code, answer.headers.get("Retry-After")) == (403, "15")
        assert "/mac register C02AAA SITE BUILD" in answer.text
    assert client.get("/", headers=sent).status_code == 200


def test_the_servers_own_pair_still_goes_by_what_is_registered(
    script: Script, database: Database, repo_folder: Path
) -> None:
    register(database, "C02AAA", to=PARIS)
    token = token_in(
        script.fetch(**{name.replace("-", "_"): AT_LONDON[name] for name in AT_LONDON})
    )

    answer = script.manifest(token, serial="C02AAA", site="london", build="design")

    assert answer.status_code == 200
    assert b"sites/paris" in (repo_folder / "manifests/C02AAA").read_bytes()


# A report


@pytest.mark.postgresql(instead=True)
def test_a_sites_report_key_speaks_of_its_own_macs_only(
    client: FlaskClient, make_key: MakeKey, database: Database
) -> None:
    register(database, "C02AAA")
    register(database, "C02BBB", to=PARIS)
    old, new = make_key(opens=REPORTS), make_key(opens=REPORTS)

    for key in (old, new):
        for serial in ("C02AAA", "C02BBB", "C02ZZZ"):
            answer = Reporter(client, serial, key).says("in_progress", "Imagr is starting up...")
            assert answer.status_code == 200

    assert state_of(database, "C02AAA") == "imaging"
    assert state_of(database, "C02BBB") == "waiting"


def test_a_report_key_of_all_sites_speaks_of_every_mac(
    client: FlaskClient, make_key: MakeKey, database: Database
) -> None:
    register(database, "C02BBB", to=PARIS)

    Reporter(client, "C02BBB", make_key(None, REPORTS)).says(
        "in_progress", "Imagr is starting up..."
    )

    assert state_of(database, "C02BBB") == "imaging"


def test_the_key_of_scripts_is_not_one_of_reports(
    client: FlaskClient, make_key: MakeKey, database: Database
) -> None:
    register(database, "C02AAA")

    assert Reporter(client, "C02AAA", make_key()).says("error", "boo").status_code == 404


# Revoked, and unknown


def test_a_revoked_key_is_soon_refused_and_the_new_one_is_not(
    client: FlaskClient, database: Database, make_key: MakeKey
) -> None:
    old, new = make_key(), make_key()
    assert client.get("/", headers={**bearer(old), **AT_LONDON}).status_code == 200
    with database.begin() as session:
        credentials.revoke(session, credentials.listed(session)[-1].id, NOON)

    def is_refused() -> bool:
        return client.get("/", headers={**bearer(old), **AT_LONDON}).status_code == 401

    eventually(is_refused)
    assert client.get("/", headers={**bearer(new), **AT_LONDON}).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite", "own_postgresql"], indirect=True)
def test_a_server_whose_database_was_never_there_says_so_and_serves_its_own_pair(
    client: FlaskClient, script: Script, database: Database, make_key: MakeKey
) -> None:
    key = make_key()
    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE credentials RENAME TO away")

    assert client.get("/", headers={**bearer(key), **AT_LONDON}).status_code == 503
    assert script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").status_code == 200

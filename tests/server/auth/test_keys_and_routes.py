"""Each credential against each route of the Macs' door: what it opens, and nothing else."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import (
    API,
    INSTALLAPPLICATIONS,
    MANIFESTS,
    METRICS,
    REPORTS,
    SCRIPTS,
)
from provisioning.access.programs import tokens
from provisioning.access.refusals import (
    ELSEWHERE,
    FORGED,
    NOTHING_SENT,
    ONE_JSON,
    UNKNOWN_KEY,
    WRONG,
)
from provisioning.access.tokens import Tokens
from provisioning.munki import Destination
from rollcall.application import Application
from tests.fakes.mac.installapplications import basic
from tests.server.api.v1.conftest import make_token
from tests.server.auth.openings import ASKED, HERE, OPENS, OTHER_BUILD, OTHER_SITE, STAGES, TOKEN
from tests.server.machines.asked import registered
from tests.support.fixtures.doors import NOON, Script
from tests.support.inputs.samples import sample_repo
from tests.support.installation import PASSWORD, SECRET_KEY, USERNAME
from tests.support.running import settings
from tests.support.tables import for_each

SHUT = (401, 403, 404)
SHUT_IN_THE_API = (401, 403)  # where a program asks for what is not there, it is let in


@pytest.fixture(scope="module")
def database(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database that all tests of this module share: none sees what another does."""
    path = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("keys"))
    with closing(Database(f"sqlite:///{path}")) as database:
        yield database


@pytest.fixture(scope="module")
def application(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Application:
    """A server that they share too."""
    repo = sample_repo(tmp_path_factory.mktemp("repo") / "munki_repo")
    return Application(settings.server_settings(repo), database=database)


@pytest.fixture(scope="module")
def app(application: Application) -> Flask:
    """The Macs' door."""
    return application.web_app()


@pytest.fixture(scope="module")
def of_the_api(app: Flask) -> set[str]:
    """Calls of all routes of the API but its document, with a number that nothing has."""
    document = {line.removeprefix("GET ") for line in ASKED.values()}
    return {
        f"{method} {re.sub('<.*?>', '999', rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.rule not in document
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture(scope="module")
def sent(database: Database) -> Mapping[str, tuple[str, str]]:
    """The key of each kind, as a header and at the end of the reports' address."""

    def make(opens: str, site: str | None = None, build: str | None = None) -> str:
        with database.begin() as session:
            return credentials.make(session, site, opens, NOON, build=build)

    narrow = make(INSTALLAPPLICATIONS, "london", "design")
    revoked = make(INSTALLAPPLICATIONS, "london", "design")
    with database.begin() as session:
        credentials.revoke(session, max(row.id for row in credentials.listed(session)), NOON)
    token = make_token(database)
    ended = make_token(database)
    with database.begin() as session:
        tokens.revoke(session, max(row.id for row in credentials.listed(session)), NOON)
    keys = {
        TOKEN: token,
        "a token for the API, revoked": ended,
        "a key of the kind without facts": make(API),
        "a key of all sites": make(SCRIPTS),
        "a key of London": make(SCRIPTS, "london"),
        "a key for reports": make(REPORTS),
        "a key for manifests": make(MANIFESTS),
        "a key for metrics": make(METRICS),
        "a key for a JSON": narrow,
        "a key for a JSON, revoked": revoked,
        "a script's token": Tokens(SECRET_KEY, timedelta(hours=1)).issue(
            Destination("london", "design")
        ),
    }
    found = {name: (f"Bearer {key}", key) for name, key in keys.items()}
    for name in ("a key of London", "a key for a JSON", TOKEN):
        found[f"{name}, basic"] = (basic("whoever", keys[name]), keys[name])
    found["the pair"] = (basic(USERNAME, PASSWORD), PASSWORD)
    found["nothing"] = ("", "x")
    return found


@pytest.fixture(scope="module")
def ask(app: Flask, sent: Mapping[str, tuple[str, str]], database: Database) -> Callable[..., int]:
    """Ask for something with a credential, from an `address`; returns the status."""
    registered(database, "C02AAA")
    registered(database, "C02BBB", "paris")
    client = app.test_client()
    key = {"Authorization": sent["a key of London"][0]}
    stages = json.loads(client.get(STAGES.format(HERE), headers=key).text)
    script = urlsplit(stages["setupassistant"][0]["url"]).path
    site, build, name = script.rsplit("/", 3)[1:]
    capitals = f"/installapplications/{site.upper()}/{build.title()}/{name}"

    def asks(what: str, credential: str, address: str | None = None) -> int:
        header, key = sent[credential]
        method, path = ASKED.get(what, what).split(" ", 1)
        path = {"SCRIPT": script, "SCRIPT IN CAPITALS": capitals}.get(path, path)
        answer = client.open(
            path.replace("KEY", key).replace("DIGEST", name.removesuffix(".sh")),
            method=method,
            headers={"Authorization": header} if header else {},
            data=b"<plist><dict/></plist>" if method == "PUT" else None,
            environ_base={"REMOTE_ADDR": address or f"10.0.{len(what)}.{len(credential)}"},
        )
        return answer.status_code

    return asks


@for_each("credential", OPENS)
def test_a_credential_opens_what_it_is_for_and_nothing_else(
    ask: Callable[..., int], of_the_api: set[str], credential: str
) -> None:
    if "change" in OPENS[credential]:  # or there would be nothing to remove
        assert ask("change", credential) == 201

    opened = {what for what in ASKED if ask(what, credential) not in SHUT}
    of_api = {what for what in of_the_api if ask(what, credential) not in SHUT_IN_THE_API}

    assert opened == OPENS[credential]
    assert of_api == (of_the_api if credential == TOKEN else set())


@for_each(
    ("what", "credential", "reason"),
    [
        ("any script", "nothing", NOTHING_SENT),
        ("any script", "a key for a JSON", ONE_JSON),
        ("other build's JSON", "a key for a JSON", ONE_JSON),
        ("paris's script", "a key of London", ELSEWHERE),
        ("script of a Mac in Paris", "a key of London", ELSEWHERE),
        ("manifest of a Mac in Paris", "a key of London", ELSEWHERE),
        ("name of a Mac in Paris", "a key of London", ELSEWHERE),
        ("preview of a Mac in Paris", "a key of London", ELSEWHERE),
        ("other site's JSON", "a key of London", ELSEWHERE),
        ("any script", "a key for reports", WRONG),
        ("name", "a key for reports", WRONG),
        ("any script", "a script's token", FORGED),
        ("manifests", "nothing", NOTHING_SENT),
        ("manifests", "a key of London", WRONG),
        ("metrics", "nothing", NOTHING_SENT),
        ("metrics", "a key of all sites", WRONG),
        ("report", "nothing", UNKNOWN_KEY),
    ],
)
def test_a_refusal_is_noted_with_its_reason(
    ask: Callable[..., int], what: str, credential: str, reason: str
) -> None:
    with capture_logs() as lines:
        ask(what, credential, address=f"10.1.{len(what)}.{len(credential)}")

    assert [line["reason"] for line in lines if line["event"] == "refused"] == [reason]


def test_each_route_is_in_the_table_but_those_of_the_api(app: Flask) -> None:
    routes = app.url_map.bind("127.0.0.1")
    asked = [each.replace("SCRIPT", STAGES.format(HERE)[:-5] + "/0.sh") for each in ASKED.values()]
    matched = {
        routes.match(urlsplit(path).path, method, return_rule=True)[0].rule
        for method, path in (each.split(" ")[:2] for each in asked)
    }

    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert [rule for rule in rules - matched if not rule.startswith("/api/v1/")] == []


@pytest.mark.parametrize("path", ["/", "/script?site=london&build=design", "/gen_manifest"])
def test_who_asks_elsewhere_with_a_key_for_a_json_is_told_what_it_opens_and_not_slowed(
    app: Flask, sent: Mapping[str, tuple[str, str]], script: Script, path: str
) -> None:
    client = app.test_client()
    for header in (sent["a key for a JSON"][0], sent["a key for a JSON, basic"][0]):
        for _ in range(25):
            answer = client.get(path, headers={"Authorization": header})
            assert answer.status_code == 403
            assert "opens the JSON of london/design for InstallApplications" in answer.text

    assert client.get(STAGES.format(OTHER_BUILD), headers=script.basic).status_code == 200


def test_a_mac_with_a_wrong_jsonurl_is_told_which_json_its_key_opens(
    app: Flask, sent: Mapping[str, tuple[str, str]]
) -> None:
    key = {"Authorization": sent["a key for a JSON"][0]}
    for other in (OTHER_BUILD, OTHER_SITE):
        answer = app.test_client().get(STAGES.format(other), headers=key)
        assert answer.status_code == 403
        assert "opens the JSON of london/design for InstallApplications" in answer.text
        assert f"so not {other}." in answer.text

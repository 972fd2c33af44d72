"""What Macs, scripts and admins get from the server, on both databases."""

import plistlib
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from provisioning import migrations, registrations
from provisioning.database import Database
from provisioning.models import CONFIRMATION, TROUBLE, Event, Notification, Registration
from provisioning.munki import Destination
from provisioning.serials import Serial, parse_all
from provisioning.settings import ServerSettings
from provisioning.tokens import Tokens
from server.app import create_app
from tests.integration.conftest import NOON, Script
from tests.support.acting import did
from tests.support.installation import SECRET_KEY

LONDON_DESIGN = [
    "site_default",
    "included_manifests/sites/london",
    "included_manifests/builds/design",
]


def includes(repo_folder: Path, serial: str) -> list[str]:
    content = (repo_folder / "manifests" / serial).read_bytes()
    return list(plistlib.loads(content)["included_manifests"])


def owed(database: Database, kind: str) -> list[Notification]:
    with database.reading() as session:
        query = select(Notification).where(Notification.kind == kind)
        return list(session.scalars(query.order_by(Notification.id)))


def registered(
    database: Database, serial: str, site: str = "london", build: str = "design"
) -> None:
    with database.begin() as session:
        registrations.register(
            session,
            parse_all([serial]),
            Destination(site, build),
            act=did(session, "registered", by="U0ALICE", at=NOON),
            channel="C0IMAGING",
        )


def token_in(script: Script) -> str:
    text = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").text
    found = re.search(r"^token=(\S+)$", text, re.MULTILINE)
    assert found
    return found[1]


# The script


@pytest.mark.parametrize("spelling", ["X_bootstrap", "X_enrolment", "x_BOOTSTRAP"])
def test_the_script_is_served_for_either_spelling_of_the_headers(
    script: Script, spelling: str
) -> None:
    answer = script.fetch(**{f"{spelling}_site": "london", f"{spelling}_build": "design"})

    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("#!/bin/sh\n")


def test_names_beyond_ascii_are_understood_however_they_are_stored(
    script: Script, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    decomposed = "zu\u0308rich"
    (sites / decomposed).write_bytes((sites / "paris").read_bytes())
    as_wsgi_has_it = "Z\u00fcrich".encode().decode("latin-1")

    answer = script.fetch(X_bootstrap_site=as_wsgi_has_it, X_bootstrap_build="design")

    assert answer.status_code == 200
    assert f"site='{decomposed}'" in answer.text


def test_validateplist_may_ask_with_head(app: Flask, script: Script) -> None:
    headers = {**script.basic, "X-bootstrap-site": "london", "X-bootstrap-build": "design"}

    answer = app.test_client().head("/", headers=headers)

    assert (answer.status_code, answer.data) == (200, b"")


def test_without_credentials_it_asks_for_them_as_the_old_app_did(app: Flask) -> None:
    answer = app.test_client().get("/")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Login Required"'


@pytest.mark.parametrize("pair", ["wrong:pair", "imaging:", ":", "imaging", "ä:ö"])
def test_wrong_credentials_are_refused(app: Flask, pair: str) -> None:
    answer = app.test_client().get("/", auth=tuple(pair.partition(":")[::2]))

    assert answer.status_code == 401


@pytest.mark.parametrize(("sent", "missing"), [("site", "build"), ("build", "site")])
def test_one_header_without_the_other_is_an_error_that_names_it(
    script: Script, sent: str, missing: str
) -> None:
    answer = script.fetch(**{f"X_bootstrap_{sent}": "london"})

    assert answer.status_code == 400
    assert f"Send the header X-bootstrap-{missing} too" in answer.text


def test_without_both_headers_it_serves_a_script_that_goes_by_what_is_registered(
    script: Script, database: Database, repo_folder: Path
) -> None:
    answer = script.fetch()
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    found = re.search(r"^token=(\S+)$", answer.text, re.MULTILINE)
    assert found
    registered(database, "C02AAA")

    assert script.manifest(found[1], serial="C02AAA").status_code == 200
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN


def test_an_unknown_site_is_no_script_and_the_channel_is_told_once(
    script: Script, database: Database
) -> None:
    for _ in range(3):
        answer = script.fetch(X_bootstrap_site="londn", X_bootstrap_build="design")

    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert answer.text == "The Munki repo has no site named 'londn'. Did you mean 'london'?\n"
    [trouble] = owed(database, TROUBLE)
    assert "'londn'" in trouble.facts["sentence"]


def test_errors_are_json_where_that_is_asked_for(script: Script) -> None:
    answer = script.fetch(
        X_bootstrap_site="nowhere", X_bootstrap_build="design", Accept="application/json"
    )

    assert answer.status_code == 404
    assert "nowhere" in answer.json["error"]  # type: ignore[index]


def test_what_is_not_there_is_no_2xx_and_no_page(script: Script, app: Flask) -> None:
    answer = app.test_client().get("/robots.txt", headers=script.basic)

    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"


# The manifest


def test_the_first_call_writes_the_manifest_and_owes_the_news(
    script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, "C02AAA")

    answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN
    [news] = owed(database, CONFIRMATION)
    assert news.facts["registered_by"] == "U0ALICE"
    assert news.facts["overruled"] is None


@pytest.mark.parametrize("path", ["/gen_manifest", "/gen_manifest/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_way_in_which_published_scripts_call_is_understood(
    app: Flask, script: Script, repo_folder: Path, path: str, method: str
) -> None:
    fields = {"serial": "abc123", "site": "london", "build": "design"}
    sent = {"query_string": fields} if method == "GET" else {"data": fields}

    answer = app.test_client().open(path, method=method, headers=script.basic, **sent)  # type: ignore[arg-type]

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert includes(repo_folder, "abc123") == LONDON_DESIGN


def test_head_never_writes_a_manifest(app: Flask, script: Script, repo_folder: Path) -> None:
    fields = {"serial": "abc123", "site": "london", "build": "design"}

    answer = app.test_client().head("/gen_manifest", query_string=fields, headers=script.basic)

    assert answer.status_code == 405
    assert not (repo_folder / "manifests" / "abc123").exists()


def test_a_call_that_is_repeated_is_told_once(script: Script, database: Database) -> None:
    registered(database, "C02AAA")

    for _ in range(3):
        assert script.manifest(serial="C02AAA").status_code == 200

    assert len(owed(database, CONFIRMATION)) == 1
    with database.reading() as session:
        events = session.scalars(select(Event.what).order_by(Event.id)).all()
    assert events == ["registered", "confirmed"]


def test_a_registration_beats_what_the_script_says(
    script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, "C02AAA")

    script.manifest(serial="c02aaa", site="paris", build="nothing-like-it")

    assert includes(repo_folder, "c02aaa") == LONDON_DESIGN
    [news] = owed(database, CONFIRMATION)
    assert news.facts["overruled"] == "paris/nothing-like-it"


def test_a_mac_that_nobody_registered_goes_where_its_script_says(
    script: Script, database: Database, repo_folder: Path
) -> None:
    for _ in range(2):
        script.manifest(serial="VMw+x=_.-9", site="LONDON", build="design")

    assert includes(repo_folder, "VMw+x=_.-9") == LONDON_DESIGN
    [news] = owed(database, CONFIRMATION)
    assert news.facts["registered_by"] is None


def test_a_mac_that_nobody_registered_may_come_back_for_somewhere_else(
    script: Script, database: Database, repo_folder: Path
) -> None:
    script.manifest(serial="C02AAA", site="london", build="design")
    script.manifest(serial="C02AAA", site="paris", build="design")

    assert includes(repo_folder, "C02AAA")[1] == "included_manifests/sites/paris"
    assert len(owed(database, CONFIRMATION)) == 2


def test_somebody_may_register_a_mac_that_its_script_brought_in(
    script: Script, database: Database, repo_folder: Path
) -> None:
    script.manifest(serial="C02AAA", site="paris", build="basic")
    registered(database, "C02AAA")

    script.manifest(serial="C02AAA", site="paris", build="basic")

    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN


@pytest.mark.parametrize("fields", [{}, {"site": "london"}, {"build": "design"}])
def test_a_mac_that_nobody_can_place_is_told_what_to_type(
    script: Script, repo_folder: Path, fields: dict[str, str]
) -> None:
    answer = script.manifest(serial="C02AAA", **fields)

    assert answer.status_code == 403
    assert "/mac register C02AAA SITE BUILD" in answer.text
    assert not (repo_folder / "manifests" / "C02AAA").exists()


def test_a_missing_serial_is_403_as_it_always_was(script: Script) -> None:
    assert script.manifest(site="london", build="design").status_code == 403


@pytest.mark.parametrize(
    "serial",
    [
        "../../x",
        "..",
        ".hidden",
        "a/b",
        "site_default",
        "Included_Manifests",
        "x\0y",
        "é" * 9,
        "A" * 65,
        "C02\nAAA",
        "a b c",
        "-rf",
    ],
)
def test_nothing_that_could_leave_the_folder_is_written(
    script: Script, repo_folder: Path, serial: str
) -> None:
    before = sorted(repo_folder.rglob("*"))

    answer = script.manifest(serial=serial, site="london", build="design")

    assert answer.status_code == 400
    assert sorted(repo_folder.rglob("*")) == before


def test_a_manifest_that_cannot_be_read_is_left_alone_and_told_to_the_channel(
    script: Script, database: Database, repo_folder: Path
) -> None:
    manifest = repo_folder / "manifests" / "C02AAA"
    manifest.write_bytes(b"<plist><dict><key>half")

    for _ in range(2):
        answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert answer.status_code == 409
    assert manifest.read_bytes() == b"<plist><dict><key>half"
    assert len(owed(database, TROUBLE)) == 1
    assert owed(database, CONFIRMATION) == []


def test_an_include_that_is_missing_is_never_written_down(
    script: Script, database: Database, repo_folder: Path
) -> None:
    (repo_folder / "manifests" / "site_default").unlink()

    answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert answer.status_code == 409
    assert "site_default" in answer.text
    assert not (repo_folder / "manifests" / "C02AAA").exists()


def test_a_repo_that_is_gone_is_a_reason_to_try_again_later(
    script: Script, repo_folder: Path
) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")

    answer = script.manifest(serial="C02AAA", site="london", build="design")

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


def test_a_body_that_is_far_too_large_is_refused(script: Script) -> None:
    assert script.manifest(serial="C02AAA", note="x" * 100_000).status_code == 413


def test_sixteen_calls_at_once_leave_file_and_database_agreeing(
    app: Flask, script: Script, database: Database, repo_folder: Path
) -> None:
    statuses: list[int] = []

    def mac(number: int) -> None:
        own = Script(app.test_client())
        for turn in range(6):
            site = ("london", "paris")[(number + turn) % 2]
            answer = own.manifest(serial=f"C02{turn % 3}", site=site, build="design")
            statuses.append(answer.status_code)

    threads = [threading.Thread(target=mac, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) == {200}
    with database.reading() as session:
        for mac_row in session.scalars(select(Registration)):
            site = includes(repo_folder, mac_row.serial)[1].rpartition("/")[2]
            assert site == mac_row.site
        events = session.scalars(select(Event).where(Event.what == "confirmed")).all()
    assert len(events) == len(owed(database, CONFIRMATION))


# The token


def test_the_token_of_a_script_opens_the_way_for_its_own_site_and_build(
    script: Script, repo_folder: Path
) -> None:
    answer = script.manifest(token_in(script), serial="C02AAA", site="london", build="design")

    assert answer.status_code == 200
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN


def test_the_token_alone_says_where_a_mac_goes(script: Script, repo_folder: Path) -> None:
    assert script.manifest(token_in(script), serial="C02AAA").status_code == 200
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN


def test_the_token_of_one_site_is_no_good_for_another(script: Script) -> None:
    answer = script.manifest(token_in(script), serial="C02AAA", site="paris", build="design")

    assert answer.status_code == 403


def test_the_token_fetches_no_script(script: Script, app: Flask) -> None:
    bearer = {"Authorization": f"Bearer {token_in(script)}"}

    assert app.test_client().get("/", headers=bearer).status_code == 401


def test_a_token_that_is_not_ours_is_refused(script: Script) -> None:
    answer = script.manifest(token_in(script)[:-2] + "xx", serial="C02AAA")

    assert answer.status_code == 401
    assert "not one of ours" in answer.text


def test_a_script_that_is_too_old_is_news_for_the_channel(
    server_settings: ServerSettings, database: Database
) -> None:
    """The Mac cannot fetch another one; it would ask in vain, and nobody would hear of it."""
    old = Tokens(SECRET_KEY, timedelta(hours=-1)).issue(Destination("london", "design"))
    settings = server_settings.model_copy(update={"token_hours": -1})

    answer = Script(create_app(settings, database).test_client()).manifest(old, serial="C02AAA")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    [trouble] = owed(database, TROUBLE)
    assert "a Mac for london/design is too old" in trouble.facts["sentence"]


def test_no_script_holds_the_password(script: Script, server_settings: ServerSettings) -> None:
    text = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").text

    assert server_settings.password.get_secret_value() not in text
    assert server_settings.secret_key.get_secret_value() not in text


# Health


def test_a_server_that_can_work_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.text) == (200, "database: ok\nrepo: ok\n")
    assert app.test_client().get("/healthz").text == "ok\n"


def test_a_server_without_its_repo_is_alive_but_not_ready(app: Flask, repo_folder: Path) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")

    answer = app.test_client().get("/readyz", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert "there is no folder" in answer.json["repo"]  # type: ignore[index]
    assert app.test_client().get("/healthz").status_code == 200


def test_a_server_whose_database_was_never_migrated_is_not_ready(
    server_settings: ServerSettings, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
    client = create_app(server_settings, empty).test_client()

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "is at nothing, needs" in answer.text

    migrations.upgrade(empty)
    assert client.get("/readyz").status_code == 200
    empty.close()


def test_what_slack_refused_for_good_is_shown_and_holds_up_no_mac(
    app: Flask, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        for row in session.scalars(select(Notification)):
            row.state, row.reason = "parked", "not_in_channel: invite the bot to the channel"

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert "parked: card for C0IMAGING: not_in_channel: invite the bot" in answer.text
    assert script.manifest(serial="C02AAA").status_code == 200


def test_a_serial_is_matched_in_any_case_and_the_file_is_named_as_the_mac_says(
    script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, "vmabcDEF12")

    script.manifest(serial="VMAbcdef12")

    assert (repo_folder / "manifests" / "VMAbcdef12").exists()
    with database.reading() as session:
        mac = session.scalars(select(Registration)).one()
    assert mac.serial == Serial.parse("vmabcdef12").key
    assert mac.name == "VMAbcdef12"

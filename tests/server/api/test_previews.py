"""Previews of a Mac's boot, which change nothing."""

import plistlib
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.models import KnownClient
from provisioning.maintenance.tables import Base
from provisioning.munki import Destination
from provisioning.registrations import queries
from provisioning.registrations.names import naming
from provisioning.values.serials import Serial
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.server.api.previewing import ask, facts
from tests.support import acting
from tests.support.acting import did, register
from tests.support.fixtures.doors import Script
from tests.support.installation import PASSWORD, SECRET_KEY

PARIS = Destination("paris", "basic")


pytestmark = pytest.mark.policy('[sites.london]\nname = "lab-{n:03}"\n')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of templates that is empty so far."""
    (tmp_path / "templates").mkdir()
    return tmp_path / "templates"


@pytest.fixture
def server_settings(server_settings: ServerSettings, folder: Path) -> ServerSettings:
    """A server with templates of its own."""
    return server_settings.model_copy(update={"templates": folder})


def everything(database: Database) -> dict[str, object]:
    """All rows of all tables, but for the callers, who are noted a second later."""
    with database.reading() as session:
        tables = set(Base.metadata.sorted_tables) - {KnownClient.__table__}
        return {table.name: session.execute(select(table)).all() for table in tables}


def test_a_registered_mac_goes_where_it_is_registered_whatever_its_script_names(
    app: Flask, database: Database
) -> None:
    register(database, "C02AAA")

    told = ask(app, site="atlantis", build="design").text
    assert "C02AAA would go to london/design." in told


def test_who_is_no_person_in_slack_is_named_as_everywhere_else(
    app: Flask, database: Database
) -> None:
    register(database, "C02AAA", by="okta:00u1 Ada Lovelace")
    with database.begin() as session:
        act = did(session, "moved", by="api:7 service desk")
        acting.move(session, Serial("C02AAA"), PARIS, act=act)

    told = ask(app).text
    assert "- service desk (api) moved it to paris/basic on 20" in told
    assert "- Ada Lovelace (okta) registered it on 20" in told


def test_a_preview_says_where_a_mac_goes_and_why_and_shows_its_files(
    app: Flask, database: Database
) -> None:
    register(database, "C02AAA")

    told = ask(app).text

    head, why, name, template, *_ = told.splitlines()
    assert head == "C02AAA would go to london/design."
    assert why.startswith("- @U0ALICE registered it for london/design on 20")
    assert name == (
        "- It would be called lab-001 now, by the pattern lab-{n:03}; its number is taken once "
        "its script asks for it."
    )
    assert template.startswith(
        "- Its script is made of base.sh.j2, the first there is of sites/london/design.sh.j2, "
        "builds/design.sh.j2, sites/london.sh.j2, base.sh.j2; "
    )
    assert "<string>included_manifests/sites/london</string>" in told
    assert "site=london\nbuild=design\n" in told


def test_a_tool_gets_the_same_as_json(app: Flask, database: Database, repo_folder: Path) -> None:
    register(database, "C02AAA")
    present = {"catalogs": ["testing"], "included_manifests": ["site_default"], "notes": "x"}
    (repo_folder / "manifests/C02AAA").write_bytes(plistlib.dumps(present))

    told = facts(app)

    assert told["destination"] == {"site": "london", "build": "design"}
    assert told["changed"] == ["included_manifests"]
    manifest = plistlib.loads(str(told["manifest"]).encode())
    assert (manifest["catalogs"], manifest["notes"]) == (["testing"], "x")
    assert manifest["included_manifests"][1:] == [
        "included_manifests/sites/london",
        "included_manifests/builds/design",
    ]
    assert (told["template"], told["computer_name"]) == ("base.sh.j2", "lab-001")
    assert told["faults"] == []


def test_what_is_foreseen_is_what_happens(
    app: Flask, script: Script, database: Database, repo_folder: Path
) -> None:
    register(database, "C02AAA")
    told = facts(app)

    served = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").text
    script.manifest(serial="C02AAA")
    client = app.test_client()
    name = client.get("/computer_name?serial=C02AAA", headers=script.basic).text

    token = served.partition("\ntoken=")[2].splitlines()[0]
    assert told["script"] == served.replace(token, "REDACTED")
    assert str(told["manifest"]).encode() == (repo_folder / "manifests/C02AAA").read_bytes()
    assert name.splitlines()[0] == told["computer_name"]
    again = facts(app)
    assert (again["changed"], again["computer_name"]) == ([], "lab-001")
    assert "stays as it is" in ask(app).text


@pytest.mark.policy('[munki]\ncatalogs = ["pilot"]\n[builds.basic]\ncatalogs = ["testing"]\n')
def test_a_new_manifest_is_shown_with_the_catalogs_that_it_gets(app: Flask) -> None:
    shown = [facts(app, site="london", build=build)["manifest"] for build in ("design", "basic")]

    catalogs = [plistlib.loads(str(manifest).encode())["catalogs"] for manifest in shown]
    assert catalogs == [["pilot"], ["testing"]]


@pytest.mark.postgresql
def test_nothing_is_written_by_looking(app: Flask, database: Database, repo_folder: Path) -> None:
    register(database, "C02AAA")
    before = everything(database), sorted(repo_folder.rglob("*"))

    for serial in ("C02AAA", "C02UNKNOWN"):
        assert ask(app, serial).status_code == 200
        assert ask(app, serial, site="paris", build="basic").status_code == 200
        assert ask(app, serial, site="atlantis", build="basic").status_code == 200

    assert (everything(database), sorted(repo_folder.rglob("*"))) == before


def test_secrets_are_left_out_wherever_a_template_has_them_from(
    app: Flask, database: Database, folder: Path
) -> None:
    register(database, "C02AAA")
    (folder / "builds").mkdir()
    (folder / "builds/design.sh.j2").write_text(
        f"curl --user imaging:{PASSWORD} http://me:hidden@mac.lan/\necho {{= token|sh =}}\n"
        f"echo {SECRET_KEY}\n"
    )

    told = facts(app)

    assert told["template"] == "builds/design.sh.j2"
    assert told["script"] == (
        "curl --user imaging:REDACTED http://REDACTED@mac.lan/\necho REDACTED\necho REDACTED\n"
    )


def test_who_moved_it_is_said_and_who_typed_its_name(app: Flask, database: Database) -> None:
    register(database, "C02AAA")
    with database.begin() as session:
        act = did(session, "moved", by="U0BOB")
        acting.move(session, Serial("C02AAA"), PARIS, act=act)
        mac = queries.get_open(session, Serial("C02AAA"))
        naming.assign(
            session, mac, "Front desk", lambda _: None, operation=did(session, "named", by="U0BOB")
        )

    moved, registered, named, *_ = ask(app).text.splitlines()[1:]

    assert moved.startswith("- @U0BOB moved it to paris/basic on ")
    assert registered.startswith("- @U0ALICE registered it on ")
    assert named == "- It is called Front desk: somebody typed that, and it stays."


def test_what_would_go_wrong_is_part_of_it(
    app: Flask, database: Database, repo_folder: Path, folder: Path
) -> None:
    register(database, "C02AAA")
    register(database, "C02BBB", to=PARIS)
    (repo_folder / "manifests/included_manifests/sites/london").unlink()
    (repo_folder / "manifests/C02BBB").write_bytes(b"no plist")
    (folder / "base.sh.j2").write_text("{= nonsense =}")

    missing, unreadable = facts(app), facts(app, "C02BBB")
    lost = facts(app, "C02CCC", site="atlantis", build="basic")

    assert "would include 'included_manifests/sites/london'" in str(missing["faults"])
    assert "The script cannot be made: " in str(missing["faults"])
    assert "base.sh.j2, line 1: 'nonsense' is undefined" in str(missing["faults"])
    assert "cannot be read (it is not a property list)" in str(unreadable["faults"])
    assert "has no site named 'atlantis'" in str(lost["faults"])
    assert (lost["destination"], lost["script"], lost["manifest"]) == (None, None, None)
    assert "What is wrong:\n- " in ask(app).text


def test_only_basic_credentials_open_it(app: Flask, script: Script) -> None:
    token = script.fetch().text.partition("\ntoken=")[2].split()[0]
    client = app.test_client()

    assert client.get("/preview?serial=C02AAA").status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/preview?serial=C02AAA", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"serial": ""}, "Send the field serial, "),
        ({"serial": "../x"}, "'../x' is not a serial number: "),
        ({"site": "london"}, "and site and build: both or neither."),
    ],
)
def test_what_makes_no_sense_is_refused(app: Flask, fields: dict[str, str], said: str) -> None:
    answer = ask(app, **fields)

    assert (answer.status_code, said in answer.text) == (400, True)


def test_a_mac_whose_names_lead_elsewhere_by_a_new_layout_is_shown_without_a_manifest(
    policy_file: Path, server_settings: ServerSettings, database: Database
) -> None:
    register(database, "C02AAA")
    policy_file.write_text('[munki]\nsites = {prefix = "site_"}\n')

    shown = facts(Application(server_settings, database=database).web_app())

    assert "boot.sh adopt --from-current" in str(shown["faults"])
    assert shown["manifest"] is None


def test_a_second_site_that_rollcall_did_not_write_goes_from_a_manifest_that_it_wrote(
    app: Flask, repo_folder: Path, database: Database, script: Script
) -> None:
    register(database, "C02AAA")
    assert script.manifest(serial="C02AAA").status_code == 200
    manifest = repo_folder / "manifests" / "C02AAA"
    content = plistlib.loads(manifest.read_bytes())
    content["included_manifests"].append("included_manifests/sites/paris")
    manifest.write_bytes(plistlib.dumps(content))

    shown = facts(app)

    assert shown["faults"] == []
    assert "sites/paris" not in str(shown["manifest"])

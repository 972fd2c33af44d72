"""Names that clash on their way to a Mac: patterns, calls, previews, the doctor."""

import pytest
from flask import Flask
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.diagnostics import Examination, examined
from provisioning.munki import Destination, MunkiRepo
from provisioning.policy import Policy
from provisioning.registrations import queries
from provisioning.registrations.models import Counter
from provisioning.registrations.names import generated_names, name_clashes
from provisioning.values.serials import Serial
from tests.provisioning.registrations.conftest import MAC, OTHER, Put
from tests.provisioning.registrations.naming import LONDON, PARIS, ask, call, cautions, register
from tests.support.fixtures.doors import NOON, Script

pytestmark = pytest.mark.policy('[sites.london]\nname = "lab-{n:03}"\n')


def preview(app: Flask, script: Script) -> str:
    """The preview that an admin gets at a terminal."""
    fields = {"serial": MAC}
    return app.test_client().get("/preview", query_string=fields, headers=script.basic).text


def findings(repo: MunkiRepo, database: Database) -> list[Finding]:
    """The doctor's findings about names."""
    found = examined(Examination(repo, database))
    return [one for one in found if one.kind == "names that are manifests"]


@pytest.mark.parametrize(
    ("pattern", "there", "made"),
    [
        ("lab-{n:03}", ("lab-001", "LAB-002", "lab-004"), "lab-003"),
        ("{site}-{serial4}", ("london-jgh5", "london-JGH5-2"), "london-JGH5-3"),
        ("Lab {n}", ("lab-1",), "Lab 2"),
        ("{serial}", (), MAC),
    ],
)
def test_a_pattern_takes_its_next_number(
    database: Database, repo: MunkiRepo, put: Put, pattern: str, there: tuple[str, ...], made: str
) -> None:
    policy = Policy.model_validate({"sites": {"london": {"name": pattern}}})
    register(database, MAC)
    for name in there:
        put(name)

    with database.reading() as session:
        mac, look = queries.get_open(session, Serial(MAC)), repo.now().namesakes()
        assert generated_names.next_name(session, policy, Serial(MAC), LONDON, mac, look) == made
    with database.begin() as session:
        mac = queries.get_open(session, Serial(MAC))
        assert generated_names.name_for(session, policy, mac, repo.now().namesakes(), NOON) == made


def test_a_pattern_whose_number_the_network_does_not_see_ends_in_an_error(
    database: Database, repo: MunkiRepo, put: Put
) -> None:
    site = "Ⅷ" * 20  # of which the network makes 80 letters
    policy = Policy.model_validate({"sites": {site: {"name": "{site}-{n}"}}})
    to = Destination(site, "design")
    register(database, MAC, to=to)
    put(("VIII" * 20)[:63])

    with database.reading() as session:
        mac, look = queries.get_open(session, Serial(MAC)), repo.now().namesakes()
        with pytest.raises(name_clashes.ComputerNameClashes, match="takes 63 signs of a name"):
            generated_names.next_name(session, policy, Serial(MAC), to, mac, look)


def test_a_pattern_that_was_served_meets_no_manifest(
    app: Flask, database: Database, put: Put
) -> None:
    put("lab-001")
    register(database, MAC)

    assert ask(app, MAC).text == "lab-002\nlab-002\n"
    assert ask(app, MAC).text == "lab-002\nlab-002\n"


def test_a_manifest_that_comes_later_keeps_a_mac_from_its_name_and_is_told(
    app: Flask, script: Script, database: Database, put: Put
) -> None:
    register(database, MAC, to=PARIS)
    call(database, MAC, "lab-07")
    path = put("lab-07")

    answer = ask(app, MAC)
    assert (answer.status_code, "there is a manifest 'lab-07'" in answer.text) == (409, True)
    assert script.manifest(serial=MAC).status_code == 200
    [caution] = cautions(database)
    assert caution.startswith(f"{MAC} is not given the name lab-07, because Munki asks")

    path.unlink()
    assert ask(app, MAC).text == "lab-07\nlab-07\n"


def test_a_mac_that_is_registered_later_does_too(app: Flask, database: Database) -> None:
    register(database, MAC, to=PARIS)
    call(database, MAC, OTHER.lower())
    register(database, OTHER, to=PARIS)

    assert ask(app, MAC).status_code == 409


def test_whose_name_is_the_serial_of_a_new_manifest_is_told_with_it(
    script: Script, database: Database
) -> None:
    register(database, MAC, to=PARIS)
    call(database, MAC, OTHER)

    script.manifest(serial=OTHER, site="london", build="design")
    script.manifest(serial=OTHER, site="paris", build="design")

    [caution] = cautions(database)
    assert caution.startswith(f"{MAC} is called {OTHER}, so Munki there takes this manifest")


def test_a_name_that_is_doubtful_is_given(app: Flask, database: Database, put: Put) -> None:
    register(database, MAC, to=PARIS)
    call(database, MAC, "lab-07.example.com")
    put("lab-07")

    assert ask(app, MAC).text == "lab-07.example.com\nlab-07-example-com\n"


@pytest.mark.postgresql(soak=True)
def test_a_preview_says_it_before_the_mac_boots(
    app: Flask, script: Script, database: Database, put: Put
) -> None:
    register(database, MAC, to=PARIS)
    call(database, MAC, "lab-07.x")
    put("lab-07")
    assert "- That is doubtful, because Munki asks" in preview(app, script)
    assert f"sets Munki's ClientIdentifier to {MAC}" in preview(app, script)

    put("lab-07-x")
    told = preview(app, script)
    assert f"{MAC} cannot be called lab-07.x, because Munki asks" in told
    assert "It is called" not in told
    with database.reading() as session:
        assert session.scalars(select(Counter)).all() == []


def test_the_doctor_lists_macs_that_have_such_a_name_already(
    database: Database, repo: MunkiRepo, put: Put
) -> None:
    register(database, MAC, OTHER, "C02BBB", "C02CCC", "C02DDD", to=PARIS)
    names = ["lab-07", "c02aaa", "lab-08.x", "fine", "C02DDD"]
    for serial, name in zip((MAC, OTHER, "C02BBB", "C02CCC", "C02DDD"), names, strict=True):
        call(database, serial, name)
    assert findings(repo, database) == []
    register(database, "C02AAA", to=PARIS)
    put("lab-07")
    put("lab-08")

    told = [str(one) for one in findings(repo, database)]

    assert [line.partition(",")[0] for line in told] == [
        "C02BBB should not be called lab-08.x",
        f"{MAC} should not be called lab-07",
        f"{OTHER} should not be called c02aaa",
    ]
    assert told[1].endswith(f"or set Munki's ClientIdentifier on it to {MAC}.")

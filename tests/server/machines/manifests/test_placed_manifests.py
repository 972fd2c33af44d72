"""The destination of a Mac: by its registration, or else by its script."""

from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from provisioning.outbox.models import CONFIRMATION
from tests.server.machines.asked import LONDON_DESIGN, includes, owed, registered
from tests.support.fixtures.doors import Script


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


@pytest.mark.postgresql(soak=True)
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

"""Keys for the Macs' door, for programs whose tokens are of named admins."""

from collections.abc import Callable
from datetime import UTC, datetime

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import SCRIPTS
from provisioning.access.programs.models import ADMINISTER, READ
from tests.server.api.v1.conftest import Program, make_token


def test_keys_are_listed_and_revoked_and_never_shown(program: Program, database: Database) -> None:
    with database.begin() as session:
        key = credentials.make(session, "london", SCRIPTS, datetime.now(UTC))

    listed = program.get("/credentials")
    (ours,) = [each for each in listed.get_json()["items"] if each["opens"] == SCRIPTS]
    assert key not in listed.text
    assert (ours["site"], ours["revoked_at"]) == ("london", None)
    revoked = program.post(f"/credentials/{ours['id']}/revoke").get_json()
    assert revoked["revoked_at"] is not None
    assert program.post("/credentials/999/revoke").status_code == 404


def test_only_a_token_for_all_sites_and_for_that_act_manages_them(
    program_with: Callable[[str], Program], database: Database
) -> None:
    of_paris = program_with(make_token(database, ADMINISTER, sites=["paris"]))
    reader = program_with(make_token(database, READ))

    for program in (of_paris, reader):
        assert program.get("/credentials").status_code == 403
        assert program.post("/credentials/1/revoke").status_code == 403

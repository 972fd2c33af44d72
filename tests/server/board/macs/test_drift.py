"""A manifest that drifted, on the page of its Mac: the same object as its message in Slack."""

import html
import plistlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job
from provisioning.monitoring.drift import drifts, scans
from provisioning.monitoring.drift.models import PUT_BACK, TAKEN_OVER, Drift
from provisioning.outbox.models import CARD
from provisioning.registrations.models import Operation
from provisioning.values.serials import Serial
from rollcall.application import Application
from tests.server.board.conftest import Browser
from tests.server.board.macs.test_page import HOSTILE, mac_of
from tests.server.machines.asked import owed, registered
from tests.support.fixtures.doors import Script
from tests.support.installation import CHANNEL

MAC = "C02XG0FDJGH5"
PATH = f"/board/macs/{MAC}"


class Manifest:
    """The manifest of a Mac that is done, which an admin changes."""

    def __init__(self, application: Application, database: Database, path: Path) -> None:
        self._application, self._database, self._path = application, database, path

    def send(self, *names: str, catalogs: Sequence[str] = ("production",)) -> Drift:
        """Have it lead there, and be found; return the drift, which was told in Slack."""
        now = datetime.now(UTC)
        keys = plistlib.loads(self._path.read_bytes())
        kinds = zip(("sites", "builds"), names, strict=False)
        includes = [f"included_manifests/{kind}/{name}" for kind, name in kinds]
        keys["included_manifests"] = ["site_default", *includes]
        keys["catalogs"] = [*catalogs]
        self._path.write_bytes(plistlib.dumps(keys))
        scans.scan_mac(self._database, self._application.repo, Serial(MAC), now)
        with self._database.begin() as session:
            policy = self._application.policy.policy
            drifts.tell(session, policy, channel=CHANNEL, at=now + drifts.GRACE)
            return session.scalars(select(Drift).order_by(Drift.id.desc())).first()  # type: ignore[return-value]


@pytest.fixture
def manifest(
    application: Application, database: Database, script: Script, repo_folder: Path
) -> Manifest:
    """The manifest of a Mac that was registered for London, and is done."""
    registered(database, MAC)
    assert script.manifest(serial=MAC).status_code == 200
    return Manifest(application, database, repo_folder / "manifests" / MAC)


def drift_of(database: Database) -> Drift:
    with database.reading() as session:
        return session.scalars(select(Drift)).one()


def test_a_mac_whose_manifest_is_as_it_should_be_has_no_such_part(
    alice: Browser, manifest: Manifest
) -> None:
    page = alice.get(PATH)

    assert (page.status_code, "drifted" in page.text) == (200, False)


def test_a_manifest_is_put_back_by_a_job_and_its_message_follows(
    alice: Browser, manifest: Manifest, database: Database
) -> None:
    drift = manifest.send("london", "kiosk")
    page, told = alice.get(PATH).text, len(owed(database, CARD))
    assert "Its manifest leads to london / kiosk." in page

    done = alice.post(f"{PATH}/put-back/{drift.id}")

    with database.reading() as session:
        (job,) = session.scalars(select(Job).where(Job.what == PUT_BACK))
    assert job.facts == {"drift": drift.id, "by": "U0ALICE", "via": "board"}
    assert drift_of(database).answered_by == "U0ALICE"
    assert len(owed(database, CARD)) == told + 1
    page = alice.get(done.location).text
    assert "The manifest is being put back." in page
    assert "Alice &lt;b&gt; is having it put back." in page
    assert "Take over" not in page


def test_a_manifest_with_other_catalogs_is_kept_by_taking_it_over(
    alice: Browser, manifest: Manifest
) -> None:
    manifest.send("london", "design", catalogs=["testing"])

    page = alice.get(PATH).text

    assert "The manifest stays as it is, and Rollcall goes by it from now on." in page
    assert "becomes registered" not in page


def test_a_registration_follows_the_manifest_and_undo_asks_again(
    alice: Browser, manifest: Manifest, database: Database
) -> None:
    drift = manifest.send("london", "kiosk")
    there = drifts.facts_of(drift).difference.digest

    done = alice.post(f"{PATH}/take-over/{drift.id}", there=there)

    page = alice.get(done.location).text
    assert mac_of(database, MAC).build == "kiosk"
    assert (drift_of(database).outcome, drift_of(database).answered_by) == (TAKEN_OVER, "U0ALICE")
    assert "registered for where its manifest leads, london / kiosk, by Alice" in page
    with database.reading() as session:
        operation = session.scalars(select(Operation).order_by(Operation.id.desc())).first()
    assert operation is not None
    assert operation.via == "board"
    alice.post(f"{PATH}/undo/{operation.id}")
    assert mac_of(database, MAC).build == "design"
    assert f"/take-over/{drift.id}" in alice.get(PATH).text


def test_who_may_not_change_both_sites_cannot_take_over(
    alice: Browser, admin: Browser, manifest: Manifest, database: Database
) -> None:
    drift = manifest.send("paris", "kiosk")
    there = drifts.facts_of(drift).difference.digest

    page = html.unescape(alice.get(PATH).text)
    refused = alice.post(f"{PATH}/take-over/{drift.id}", there=there)

    assert "why-take-over" in page
    assert "You may not" in page
    assert refused.status_code == 403
    assert drift_of(database).answer is None
    assert admin.post(f"{PATH}/take-over/{drift.id}", there=there).status_code == 303


def test_a_manifest_that_leads_nowhere_can_only_be_put_back(
    admin: Browser, manifest: Manifest
) -> None:
    drift = manifest.send("london")
    there = drifts.facts_of(drift).difference.digest

    page = html.unescape(admin.get(PATH).text)

    assert "The registration cannot be changed to match" in page
    assert admin.post(f"{PATH}/take-over/{drift.id}", there=there).status_code == 409
    assert admin.post(f"{PATH}/put-back/{drift.id}").status_code == 303


def test_what_was_seen_is_what_is_decided_about(
    alice: Browser, manifest: Manifest, database: Database
) -> None:
    """Also where strange things are sent, or those of another Mac, or without a token."""
    drift = manifest.send("london", "kiosk")
    there = drifts.facts_of(drift).difference.digest
    manifest.send("london", "basic")
    registered(database, "C02AAA")

    strange: list[tuple[str, dict[str, Any], int]] = [
        (f"{PATH}/take-over/{drift.id}", {"there": there}, 409),
        (f"{PATH}/take-over/{drift.id}", {"there": HOSTILE}, 409),
        (f"{PATH}/take-over/{drift.id}", {}, 409),
        (f"{PATH}/take-over/{drift.id + 1}", {"there": there}, 409),
        (f"{PATH}/put-back/{drift.id + 1}", {}, 409),
        (f"{PATH}/put-back/{drift.id}", {"form_token": "x"}, 403),
        (f"/board/macs/C02AAA/put-back/{drift.id}", {}, 409),
        (f"/board/macs/C02NONE/put-back/{drift.id}", {}, 404),
        (f"{PATH}/put-back/99999999999", {}, 404),
        (f"{PATH}/put-back/x", {}, 404),
    ]
    for path, fields, status in strange:
        assert alice.post(path, **fields).status_code == status, (path, fields)
    assert drift_of(database).answer is None
    assert mac_of(database, MAC).build == "design"
    assert alice.post(f"{PATH}/put-back/{drift.id}").status_code == 303
    assert alice.post(f"{PATH}/put-back/{drift.id}").status_code == 409  # the first one wins

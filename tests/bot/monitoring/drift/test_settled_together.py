"""Many drifts that people have put back by one press."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.monitoring.drift import remedies
from provisioning.monitoring.drift.models import Drift
from tests.bot.firstboot.unknown.asking import told
from tests.bot.monitoring.conftest import B, Fleet, S
from tests.bot.monitoring.drift.conftest import (
    ALL_BACK,
    DriftedMac,
    Work,
    buttons,
    drifts,
    words,
)
from tests.fakes.slack import Person, Workspace
from tests.support.fixtures.doors import NOON

OURS = ["site_default", f"{S}/london", f"{B}/design"]

pytestmark = pytest.mark.usefixtures("bot", "unhurried")


def test_who_has_many_put_back_hears_once_that_the_repo_took_none(
    fleet: Fleet, work: Work, slack: Workspace, alice: Person
) -> None:
    macs = [f"C02XG0FDJG{number}X" for number in range(6)]
    fleet.boot(*macs)
    work()
    for mac in macs:
        fleet.send(mac, "paris", "kiosk")
    work(hours=1)
    site = fleet.path(S) / "london"
    kept = site.read_bytes()

    for presses in (1, 2):
        site.unlink()
        alice.click(drifts(slack)[0], ALL_BACK)
        work()

        assert len(alice.dm.messages) == presses
        assert "Not all manifests were put back" in alice.dm.messages[-1].text
        assert f"`{macs[0]}`" in alice.dm.messages[-1].text
        assert buttons(drifts(slack)[0]) == ["Put all back"]
        site.write_bytes(kept)


@pytest.mark.postgresql(instead=True)
def test_many_are_put_back_by_one_press_but_for_those_that_were_decided(
    fleet: Fleet, work: Work, slack: Workspace, alice: Person, bob: Person
) -> None:
    macs = [f"C02XG0FDJG{number}X" for number in range(7)]
    fleet.boot(*macs)
    work()
    kept = fleet.path(macs[0]).read_bytes()
    for mac in macs:
        fleet.path(mac).unlink()
    work(hours=1)
    [message] = drifts(slack)
    assert buttons(message) == ["Put all back"]
    fleet.path(macs[0]).write_bytes(kept)
    work(hours=1)

    alice.click(message, ALL_BACK)
    told(alice, "The manifests of 6 Macs are being put back; the message about them says when.")
    bob.click(message, ALL_BACK)
    told(bob, "It has already been settled what becomes of these manifests.")
    work()

    assert all(fleet.keys(mac)["included_manifests"] == OURS for mac in macs)
    assert words(message).count("<@U0ALICE> had it put back") == 6
    assert buttons(message) == []


def test_of_two_who_press_at_the_same_moment_one_has_each_put_back(
    mac: DriftedMac, database: Database
) -> None:
    """Both have read which drifts nobody has decided about; the second one finds them taken."""
    mac.send()
    with database.reading() as session:
        ids = list(session.scalars(select(Drift.id)))

    for number, by in ((1, "U0ALICE"), (0, "U0BOB")):
        with database.begin() as session:
            asked = remedies.ask_to_put_all_back(session, ids, by=by, via="button", at=NOON)
        assert asked == number

    with database.reading() as session:
        assert session.scalars(select(Drift.answered_by)).all() == ["U0ALICE"]


def test_many_are_put_back_only_by_who_may_at_each_of_their_sites(
    fleet: Fleet, work: Work, slack: Workspace, database: Database
) -> None:
    carol = slack.person("U0CAROL", name="carol")
    macs = [f"C02XG0FDJG{number}X" for number in range(6)]
    fleet.boot(*macs)
    work()
    for mac in macs:
        fleet.path(mac).unlink()
    work(hours=1)

    carol.click(drifts(slack)[0], ALL_BACK)

    told(carol, "You may not")
    with database.reading() as session:
        assert set(session.scalars(select(Drift.answer))) == {None}

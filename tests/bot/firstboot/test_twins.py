"""The question about a manifest that a Mac does not find, as its name differs in case only."""

import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.monitoring.drift import examination
from provisioning.munki import MunkiRepo
from provisioning.munki.models import Revision
from provisioning.munki.storage import FolderStore
from provisioning.registrations.models import Registration
from tests.bot.firstboot.unknown.asking import buttons, told
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.messages import Message
from tests.support.acting import register
from tests.support.fixtures.doors import Script, Work
from tests.support.installation import CHANNEL

pytestmark = [
    pytest.mark.usefixtures("bot", "unhurried"),
    pytest.mark.policy('[sites.london]\ngroup = "S0LONDON"\n'),
]

MAC = "C02PQ05YG8WX"
TWIN = MAC.lower()
S, B = "included_manifests/sites", "included_manifests/builds"
OURS = ["site_default", f"{S}/london", f"{B}/design"]
Boot = Callable[[], Message]


@pytest.fixture(autouse=True)
def group(slack: Workspace) -> None:
    """The people who may register at London."""
    slack.add_group("S0LONDON", handle="london", members=["U0ALICE", "U0BOB"])


@pytest.fixture
def manifests(repo_folder: Path) -> Path:
    """The manifests, among them one of people's for the Mac, by its serial in lower case."""
    folder = repo_folder / "manifests"
    (folder / "extras").write_bytes(plistlib.dumps({}))
    twin = {
        "catalogs": ["testing", "production"],
        "included_manifests": ["site_default", "extras", f"{S}/paris"],
        "managed_installs": ["Zoom"],
        "notes": "Olivia's",
    }
    (folder / TWIN).write_bytes(plistlib.dumps(twin))
    return folder


@pytest.fixture
def boot(
    alice: Person, manifests: Path, script: Script, slack: Workspace, database: Database, work: Work
) -> Boot:
    """Have the Mac, which Alice registered, call; returns the question that this leads to."""

    def booted() -> Message:
        register(database, MAC)
        assert script.manifest(serial=MAC).status_code == 200
        work()
        return question(slack)

    return booted


def question(slack: Workspace) -> Message:
    """The message that asks."""
    return next(
        each for each in slack.channels[CHANNEL].messages if "it was there before" in each.text
    )


def carry_over(person: Person, asked: Message) -> None:
    """Have a person say that what the twin has is to be carried over."""
    person.click(asked, "twin_carry")
    told(person, "is to be carried over")


def undo(person: Person) -> None:
    """Have a person take back what they said."""
    person.click(person.ephemerals[-1], "undo")
    told(person, "Undone")


def drift(database: Database, repo_folder: Path) -> object:
    """The difference that the job runner would find in the Mac's manifest; None for none."""
    with database.reading() as session:
        macs = session.scalars(select(Registration)).all()
        [mac] = examination.examine(session, MunkiRepo(FolderStore(repo_folder)), macs)
    return mac.found


def keys(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = plistlib.loads(path.read_bytes())
    return found


@pytest.mark.postgresql(instead=True)
def test_a_twin_is_asked_about_in_the_thread_of_the_card_and_what_only_it_has_is_carried_over(
    boot: Boot, alice: Person, work: Work, slack: Workspace, manifests: Path, database: Database
) -> None:
    asked, before = boot(), (manifests / TWIN).read_bytes()
    assert asked.thread_ts == slack.channels[CHANNEL].messages[0].ts
    assert f"<@U0ALICE>: The manifest `{TWIN}` differs from `{MAC}` only in case" in asked.text
    assert buttons(asked) == ["Carry over", "Leave it"]
    assert keys(manifests / MAC)["included_manifests"] == OURS

    carry_over(alice, asked)
    work()

    carried = keys(manifests / MAC)
    assert carried["included_manifests"] == [*OURS, "extras"]
    assert carried["catalogs"] == ["testing", "production"]
    assert (carried["managed_installs"], carried["notes"]) == (["Zoom"], "Olivia's")
    assert not (manifests / TWIN).exists()
    with database.reading() as session:
        revision = session.scalars(select(Revision).where(Revision.name == TWIN)).one()
    assert (revision.before, revision.after, revision.by) == (before, None, "U0ALICE")
    assert "<@U0ALICE> said: what it has is to be carried over" in question(slack).text
    assert buttons(question(slack)) == []
    last = slack.channels[CHANNEL].messages[-1]
    assert (last.thread_ts, "its content is kept" in last.text) == (asked.thread_ts, True)


def test_what_was_carried_over_is_no_drift_and_stays_at_the_next_boot(
    boot: Boot,
    alice: Person,
    work: Work,
    manifests: Path,
    script: Script,
    database: Database,
    repo_folder: Path,
) -> None:
    carry_over(alice, boot())
    work()
    carried = (manifests / MAC).read_bytes()

    assert script.manifest(serial=MAC).status_code == 200
    assert (manifests / MAC).read_bytes() == carried
    assert drift(database, repo_folder) is None


@pytest.mark.postgresql(soak=True)
def test_undo_restores_both_and_asks_again(
    boot: Boot,
    alice: Person,
    work: Work,
    slack: Workspace,
    manifests: Path,
    database: Database,
    repo_folder: Path,
) -> None:
    asked = boot()
    before = (manifests / MAC).read_bytes(), (manifests / TWIN).read_bytes()
    carry_over(alice, asked)
    work()

    undo(alice)
    work()

    assert ((manifests / MAC).read_bytes(), (manifests / TWIN).read_bytes()) == before
    assert buttons(question(slack)) == ["Carry over", "Leave it"]
    assert drift(database, repo_folder) is None


def test_an_undo_before_the_job_leaves_both_alone(
    boot: Boot, alice: Person, work: Work, manifests: Path
) -> None:
    asked = boot()
    before = (manifests / MAC).read_bytes(), (manifests / TWIN).read_bytes()

    carry_over(alice, asked)
    undo(alice)
    work()

    assert ((manifests / MAC).read_bytes(), (manifests / TWIN).read_bytes()) == before


def test_a_twin_that_others_include_or_have_removed_is_not_carried_over_and_the_person_is_told(
    boot: Boot, alice: Person, work: Work, slack: Workspace, manifests: Path
) -> None:
    asked = boot()
    (manifests / "extras").write_bytes(plistlib.dumps({"included_manifests": [TWIN]}))
    before = (manifests / MAC).read_bytes()

    carry_over(alice, asked)
    work()

    assert (manifests / TWIN).exists()
    assert f"{TWIN} is included by extras" in alice.dm.messages[-1].text
    assert buttons(question(slack)) == ["Carry over", "Leave it"]

    (manifests / TWIN).unlink()
    carry_over(alice, asked)
    work()

    assert f"The Munki repo has no manifest '{TWIN}'" in alice.dm.messages[-1].text
    assert (manifests / MAC).read_bytes() == before


def test_a_twin_may_be_left_and_who_answers_after_that_is_told_who_was_faster(
    boot: Boot, alice: Person, bob: Person, work: Work, slack: Workspace, manifests: Path
) -> None:
    asked = boot()

    alice.click(asked, "twin_leave")
    told(alice, "it stays as it is")
    bob.click(asked, "twin_carry")
    told(bob, "<@U0ALICE> was faster.")
    work()

    assert (manifests / TWIN).exists()
    assert "<@U0ALICE> said: it stays as it is." in question(slack).text


def test_only_who_may_register_at_the_site_may_carry_over(
    boot: Boot, slack: Workspace, work: Work, manifests: Path
) -> None:
    asked, carol = boot(), slack.person("U0CAROL", name="carol")

    carol.click(asked, "twin_carry")

    told(carol, "You may not")
    work()
    assert (manifests / TWIN).exists()


def test_nothing_is_done_for_a_mac_that_was_cancelled(
    boot: Boot, alice: Person, work: Work, manifests: Path
) -> None:
    asked = boot()
    alice.slash("/mac", f"cancel {MAC}", channel=CHANNEL)

    alice.click(asked, "twin_carry")

    told(alice, "is not registered any more")
    work()
    assert (manifests / TWIN).exists()


@pytest.mark.policy('[munki]\nmacs = "clients"\n')
class TestWhereMacsHaveAFolderOfTheirOwn:
    """A repo whose layout keeps the Macs' manifests in a folder."""

    def test_a_twin_is_carried_over_there(
        self,
        manifests: Path,
        alice: Person,
        script: Script,
        slack: Workspace,
        database: Database,
        work: Work,
    ) -> None:
        folder = manifests / "clients"
        folder.mkdir()
        (manifests / TWIN).rename(folder / TWIN)
        register(database, MAC)
        assert script.manifest(serial=MAC, client_identifier="").status_code == 200
        work()

        carry_over(alice, question(slack))
        work()

        assert not (folder / TWIN).exists()
        assert keys(folder / MAC)["managed_installs"] == ["Zoom"]

"""Slack takes its time to say who may do what: no Mac waits for that."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from provisioning.registrations.models import Registration
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import LONDON, did, register
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

SLOW = 20  # seconds at the most
ASKED = "usergroups.users.list"

pytestmark = pytest.mark.policy('[sites.london]\ngroup = "S0LONDON"\n')


@pytest.fixture(autouse=True)
def group(slack: Workspace) -> None:
    """The people who may register at London."""
    slack.add_group("S0LONDON", handle="london", members=["U0ALICE"])


@pytest.fixture
def alice(slack: Workspace, bot: object) -> Person:
    """A technician of London, known as a member already."""
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", "list", channel=CHANNEL)
    return alice


@pytest.fixture
def while_slack_thinks(
    slack: Workspace, database: Database
) -> Callable[[Callable[[], object]], bool]:
    """Do something, and tell whether a Mac that says something meanwhile is done before Slack."""

    def thinks(act: Callable[[], object]) -> bool:
        said = Event()
        slack.faults.delay(SLOW, methods=[ASKED], until=said)
        acting = Thread(target=act)
        acting.start()
        asked = eventually(lambda: [call for call in slack.calls if call.method == ASKED])
        with database.begin() as session:
            session.execute(update(Registration).values(step="hello"))
            session.execute(update(Bench).values(taken=0))
        thinks = asked[0].status is None
        said.set()
        acting.join()
        return thinks

    return thinks


@pytest.fixture
def mac(database: Database, clock: Clock) -> None:
    """A Mac of London that another technician registered."""
    register(database, "C02AAA", by="U0BOB", at=clock())


@pytest.mark.parametrize("text", ["cancel C02AAA", "move C02AAA paris basic", "reimage C02AAA"])
@pytest.mark.postgresql(soak=True)
def test_a_command_holds_no_mac_up_while_slack_thinks(
    text: str, alice: Person, mac: None, while_slack_thinks: Callable[[Callable[[], object]], bool]
) -> None:
    assert while_slack_thinks(lambda: alice.slash("/mac", text, channel=CHANNEL))


@pytest.mark.postgresql(instead=True)
def test_a_window_of_a_card_holds_no_mac_up_while_slack_thinks(
    alice: Person,
    mac: None,
    slack: Workspace,
    deliver_all: DeliverAll,
    while_slack_thinks: Callable[[Callable[[], object]], bool],
) -> None:
    deliver_all()
    alice.click(slack.channels[CHANNEL].messages[-1], "card_cancel")
    window = alice.open_view()

    assert while_slack_thinks(lambda: alice.click(window, "danger_all"))


def test_the_end_of_a_bench_holds_no_mac_up_while_slack_thinks(
    alice: Person,
    database: Database,
    slack: Workspace,
    clock: Clock,
    deliver_all: DeliverAll,
    while_slack_thinks: Callable[[Callable[[], object]], bool],
) -> None:
    with database.begin() as session:
        act = did(session, "benched", by="U0BOB", at=clock())
        until = clock() + benches.USUAL
        benches.start(session, LONDON, number=3, until=until, operation=act, channel=CHANNEL)
    deliver_all()
    card = slack.channels[CHANNEL].messages[-1]

    assert while_slack_thinks(lambda: alice.click(card, "bench_end"))

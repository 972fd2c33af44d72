"""The other doors: the form, long texts, shortcuts, the step of a workflow, the template."""

import pytest
from sqlalchemy import select

from bot.imports.finish_step import FINISH_STEP
from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job
from provisioning.imports.models import Import
from provisioning.munki import Destination
from provisioning.registrations.models import Operation
from tests.bot.imports.conftest import Registered, Work
from tests.fakes.slack import Execution, View, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


PAIR = "C02XG0FDJGH5\nC02YK1QWLVDN"
LIST = b"Serial,Site,Build\nC02XG0FDJGH5,london,design\nC02YK1QWLVDN,paris,kiosk\n"


def form_of(person: Person) -> View:
    """Open the form."""
    assert person.slash("/mac", "", channel=CHANNEL).error is None
    return person.open_view()


class TestTheForm:
    def test_several_macs_turn_the_window_into_a_dry_run(
        self, alice: Person, registered: Registered
    ) -> None:
        alice.submit(form_of(alice), {"serials": PAIR, "site": "london", "build": "design"})
        assert "*2 Macs can be registered.*" in str(alice.open_view().blocks)

        alice.click(alice.open_view(), "import")

        eventually(lambda: "Registered 2 Macs." in str(alice.open_view().blocks))
        assert len(registered()) == 2

    def test_menus_in_the_window_fill_in_what_the_form_left_out(
        self, alice: Person, registered: Registered
    ) -> None:
        alice.submit(form_of(alice), {"serials": PAIR, "build": "design", "note": "shelf 4"})
        alice.select(alice.open_view(), "import_site", "paris")
        eventually(lambda: "2 Macs can be registered" in str(alice.open_view().blocks))

        alice.click(alice.open_view(), "import")

        eventually(lambda: len(registered()) == 2)
        assert [mac[1:3] for mac in registered()] == [("paris", "design")] * 2

    def test_one_mac_without_a_site_is_a_dry_run_too(self, alice: Person) -> None:
        alice.submit(form_of(alice), {"serials": "C02XG0FDJGH5"})

        assert "names no site and no build" in str(alice.open_view().blocks)

    def test_files_are_read_and_their_dry_run_comes_as_a_message(
        self, alice: Person, slack: Workspace, registered: Registered, work_all: Work
    ) -> None:
        alice.submit(
            form_of(alice),
            {
                "serials": "C02AB3CDLVDN",
                "files": [("macs.csv", LIST)],
                "site": "new york",
                "build": "basic",
            },
        )
        assert "comes as a message from Rollcall" in str(alice.open_view().blocks)
        work_all()

        (shown,) = slack.channels[alice.dm.id].messages
        assert "*3 Macs can be registered.*" in readable(shown)
        alice.click(shown, "import")
        eventually(lambda: len(registered()) == 3)
        work_all()
        assert "Registered 3 Macs: by <@U0ALICE>" in readable(shown)
        assert registered()[0][:3] == ("C02AB3CDLVDN", "new york", "basic")

    def test_nothing_at_all_is_said_beside_the_field(self, alice: Person) -> None:
        form = form_of(alice)

        assert "it is empty" in alice.submit(form, {}).errors["serials"]
        assert "there is no serial" in alice.submit(form, {"serials": "hello"}).errors["serials"]


def test_a_long_text_is_acknowledged_at_once_and_shown_as_a_message(
    alice: Person, slack: Workspace, registered: Registered, work_all: Work
) -> None:
    lines = "\n".join(f"C02ZX{number:04}JH5 london design" for number in range(500))
    reply = alice.slash("/mac", f"register\n{lines}", channel=CHANNEL)
    assert "It is being read." in reply.text
    work_all()

    shown, file = slack.channels[alice.dm.id].messages
    assert file.files[0].content.count(b"\n") == 501
    assert "*500 Macs can be registered.*" in readable(shown)
    alice.click(shown, "import")
    eventually(lambda: len(registered()) == 500)


class TestShortcuts:
    def test_a_message_is_read_from_its_own_menu(
        self, alice: Person, bob: Person, registered: Registered
    ) -> None:
        said = bob.say(CHANNEL, f"please: {PAIR} for london, design")

        alice.shortcut_on(said, "register_message")

        eventually(lambda: alice.ephemerals)
        alice.click(alice.ephemerals[-1], "import")
        eventually(lambda: len(registered()) == 2)

    def test_the_files_of_a_message_are_read_too(
        self, alice: Person, bob: Person, slack: Workspace, work_all: Work
    ) -> None:
        said = bob.drop(CHANNEL, ("notes.pdf", b"%PDF"), ("macs.csv", LIST), text="new ones")

        alice.shortcut_on(said, "register_message")
        work_all()

        (shown,) = slack.channels[alice.dm.id].messages
        assert "*2 Macs can be registered.*" in readable(shown)
        assert "`notes.pdf`" in readable(shown)

    @pytest.mark.parametrize("why", ["deleted", "is_too_old"])
    def test_a_file_that_slack_shows_no_more_is_said_to_be_gone(
        self, why: str, alice: Person, bob: Person, slack: Workspace, work_all: Work
    ) -> None:
        said = bob.drop(CHANNEL, ("macs.csv", LIST))
        setattr(said.files[0], why, True)

        alice.shortcut_on(said, "register_message")
        work_all()

        (shown,) = slack.channels[alice.dm.id].messages
        assert "Slack no longer has it; upload it again" in readable(shown)

    def test_what_stands_beside_the_text_of_a_message_is_read(
        self, alice: Person, bob: Person
    ) -> None:
        cells = [["C02XG0FDJGH5", "london", "design"], ["C02YK1QWLVDN", "paris", "kiosk"]]
        alice.shortcut_on(bob.paste(CHANNEL, cells, "the new ones"), "register_message")

        eventually(lambda: alice.ephemerals)
        assert "1 Mac for *paris* / *kiosk*" in readable(alice.ephemerals[-1])

    def test_a_message_without_a_serial_is_answered_too(self, alice: Person, bob: Person) -> None:
        alice.shortcut_on(bob.say(CHANNEL, "lunch?"), "register_message")

        eventually(lambda: alice.ephemerals)
        assert "There is no serial in that message." in readable(alice.ephemerals[-1])

    def test_the_form_opens_from_anywhere(self, alice: Person) -> None:
        alice.shortcut("register_macs")

        assert alice.open_view().callback_id == "register"

    def test_a_trigger_that_ran_out_is_said_as_a_message(
        self, alice: Person, slack: Workspace, deliver: Work
    ) -> None:
        slack.faults.fail("expired_trigger_id", methods=("views.open",))

        alice.shortcut("register_macs")

        eventually(lambda: _delivered(slack, alice, deliver))
        assert "could not be opened" in readable(slack.channels[alice.dm.id].messages[-1])


def _delivered(slack: Workspace, person: Person, deliver: Work) -> bool:
    deliver()
    return bool(slack.channels[person.dm.id].messages)


class TestTheStepOfAWorkflow:
    def run(self, slack: Workspace, by: Person, **inputs: str) -> Execution:
        given = {"site": "london", "build": "design", "person": by.id, **inputs}
        return slack.run_step("register_macs_step", given, by, outputs=["registered"])

    @pytest.mark.postgresql
    def test_the_step_of_a_workflow_registers_what_is_ready_and_leaves_the_rest(
        self,
        alice: Person,
        slack: Workspace,
        registered: Registered,
        work_all: Work,
        database: Database,
    ) -> None:
        register(database, "C02D0UBT0004", to=Destination("paris", "kiosk"), by="U0BOB")
        person = f"<@{alice.id}>"  # as a text of a workflow has it
        step = self.run(slack, alice, serials=f"{PAIR}\nC02D0UBT004", person=person)
        slack.redeliver()
        with database.reading() as session:
            assert session.scalars(select(Job.what)).all() == [FINISH_STEP], "no failure besides"
        work_all()

        assert step.outputs == {"registered": 2}
        assert [mac[:2] for mac in registered()] == [
            ("C02D0UBT0004", "paris"),
            ("C02XG0FDJGH5", "london"),
            ("C02YK1QWLVDN", "london"),
        ]
        said = readable(slack.channels[alice.dm.id].messages[-1])
        assert "Registered 2 Macs." in said
        assert "Left alone: 1 doubtful." in said
        with database.reading() as session:
            vias = [(act.by, act.via) for act in session.scalars(select(Operation))]
            assert vias == [("U0BOB", "command"), ("U0ALICE", "workflow")]
            assert session.scalars(select(Job)).all() == []

    @pytest.mark.parametrize(
        ("inputs", "sentence"),
        [
            ({"serials": "hello"}, "There is no serial in what the workflow sent."),
            ({"serials": PAIR, "site": "londn"}, "Did you mean london?"),
            ({"serials": PAIR, "build": ""}, "The workflow sent nothing as 'build'."),
            ({"serials": PAIR, "person": ""}, "The workflow sent nothing as 'person'."),
            ({"serials": PAIR, "person": "U0GUEST"}, "you are a guest in this workspace"),
        ],
    )
    def test_what_cannot_be_done_ends_the_step_with_a_sentence(
        self,
        alice: Person,
        slack: Workspace,
        work_all: Work,
        inputs: dict[str, str],
        sentence: str,
        registered: Registered,
    ) -> None:
        slack.person("U0GUEST", guest=True)
        step = self.run(slack, alice, **inputs)
        work_all()

        assert sentence in (step.error or "")
        assert registered() == []

    def test_a_step_that_slack_cannot_end_now_is_ended_later(
        self, alice: Person, slack: Workspace, work_all: Work, database: Database
    ) -> None:
        slack.faults.fail(times=3, methods=["functions.completeSuccess"])

        step = self.run(slack, alice, serials=PAIR)
        work_all()

        assert step.outputs is None
        with database.reading() as session:
            assert session.scalars(select(Job.what)).all() == [FINISH_STEP]

    @pytest.mark.postgresql(instead=True)
    def test_an_answer_that_slack_lost_is_no_reason_to_do_it_again(
        self, alice: Person, slack: Workspace, work_all: Work, database: Database
    ) -> None:
        step = self.run(slack, alice, serials=PAIR)
        with database.begin() as session:
            (job,) = session.scalars(select(Job))
            session.add(Job(what=job.what, facts=job.facts, due_at=job.due_at))
        work_all()

        assert step.outputs == {"registered": 2}
        with database.reading() as session:
            assert session.scalars(select(Job)).all() == []
            assert len(session.scalars(select(Import)).all()) == 1

"""Searches: found Macs, their pages and their past, and the log of operations."""

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning.firstboot import unknown
from provisioning.munki import Destination
from provisioning.registrations import operations
from provisioning.registrations.models import CONFIRMED, Event, Registration
from provisioning.values.serials import Serial
from tests.bot.commands.typed import typed
from tests.fakes.slack import Message, Reply, Workspace
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.rendering import rows_of
from tests.fakes.slack.web.faults import RESPONSE_URL
from tests.support import acting
from tests.support.acting import cancel_now, register
from tests.support.fixtures.doors import NOON, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.tables import for_each
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")

LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")


def asked(person: Person, text: str) -> Reply:
    reply = person.ask("/mac", text, channel=CHANNEL)
    assert reply.error is None, (reply.problems, person.errors)
    return reply


def written(reply: Reply) -> str:
    """The text of an answer as it is now: to turn a page edits the answer in place."""
    assert reply.message is not None
    texts = [block["text"]["text"] for block in reply.message.blocks if "text" in block]
    tables = (block for block in reply.message.blocks if block["type"] == "table")
    return "\n".join([*texts, *(row for table in tables for row in rows_of(table)[1:])])


class TestFind:
    def test_by_any_part_of_what_is_known(self, alice: Person, database: Database) -> None:
        register(database, "C02AAA", note="Shelf 4", by="U0BOB")
        register(database, "C03BBB", by="U0CAROL", to=PARIS)
        parts = [*("c02A", "LOND", "esig", "shelf 4", '"shelf 4"')]  # fmt: skip
        parts += ["<@U0BOB|bob>", "<@U0BOB>", "u0bob"]
        parts += ["everything in london", "macs registered by <@U0BOB>"]

        answers = {part: written(asked(alice, f"find {part}")) for part in parts}

        assert [part for part in parts if ": 1\n`C02AAA`" not in answers[part]] == []

    def test_by_a_whole_computer_name(self, alice: Person, database: Database) -> None:
        register(database, "C02AAA", "C02BBB")
        typed(alice, "name C02AAA lab-07")

        assert ": 1\n`C02AAA`" in written(asked(alice, "find LAB-07"))
        assert ": none." in typed(alice, "find lab-0")
        assert "Did you mean *C02AAA*?" in typed(alice, "cancel Lab-07")

    def test_an_act_on_a_part_of_a_serial_names_the_macs_that_have_it(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02XG0FDJGH5", "C02YK1QWLVDN")

        assert "Did you mean *C02XG0FDJGH5*?" in typed(alice, "cancel G0FD")
        assert "Did you mean" not in typed(alice, "cancel C02")

    def test_what_a_person_registered_is_said_with_their_name(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02AAA", by="U0BOB")

        assert "Registrations of <@U0BOB>: 1\n" in written(asked(alice, "find <@U0BOB|bob>"))
        assert "Choose the person from the list" in typed(alice, "find @bob")

    @for_each("text", ["JGH5", "lab-07"])
    def test_a_part_that_is_shown_finds_its_macs(
        self, alice: Person, database: Database, text: str
    ) -> None:
        register(database, "C02XG0FDJGH5")
        typed(alice, "name C02XG0FDJGH5 lab-07")

        assert f"Registrations with “{text}”: 1\n" in written(asked(alice, f"show {text}"))
        assert "XYZ9 is not registered" in typed(alice, "show XYZ9")

    def test_a_serial_with_no_command_finds_its_mac_where_that_is_registered(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02XG0FDJGH5")

        answers = [asked(alice, text) for text in ("C02XG0FDJGH5", "this is c02xg0fdjgh5")]

        assert ["“C02XG0FDJGH5”: 1\n" in written(answer) for answer in answers] == [True, True]
        assert "cancel:C02XG0FDJGH5" in str(answers[0].message)  # in its menu
        assert "1 without a place" in typed(alice, "register C02XG0FDJGH5")
        cancel_now(database, "C02XG0FDJGH5")
        assert "names no site and no build" in typed(alice, "C02XG0FDJGH5")
        assert "names no site and no build" in typed(alice, "register C02XG0FDJGH5")

    @pytest.mark.postgresql
    def test_a_mac_that_called_and_was_never_registered_is_shown_with_where_it_is_asked_about(
        self, alice: Person, database: Database
    ) -> None:
        with database.begin() as session:
            unknown.ask_about(session, Serial("C02XG0FDJGH5"), channel=CHANNEL, at=NOON)
        answer = typed(alice, "where is C02XG0FDJGH5?")

        assert "is asking for its manifest, and nobody has registered it. First asked" in answer
        assert f"Its card in <#{CHANNEL}> asks where it goes." in answer
        register(database, "C02XG0FDJGH5")
        assert "is asking" not in typed(alice, "show C02XG0FDJGH5")

    def test_by_all_of_a_text_before_the_words_in_it_that_say_more(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02AAA", note="all saints")
        register(database, "C03BBB", note="saints alone")

        assert ": 1\n`C02AAA`" in written(asked(alice, "find all saints"))

    def test_the_pages_of_many_are_turned_in_place(self, alice: Person, database: Database) -> None:
        register(database, *(f"C02{number:03}" for number in range(45)), by="U0BOB")
        answer = asked(alice, "find c02")
        assert "Registrations with “c02”: 45, the newest 20 of them\nC02044 |" in written(answer)

        alice.click(answer, "found_older")
        eventually(lambda: "45, here 21 to 40\nC02024 |" in written(answer))
        alice.click(answer, "found_older")
        eventually(lambda: "45, here 41 to 45\n`C02004`" in written(answer))
        alice.click(answer, "found_newer")
        eventually(lambda: "45, here 21 to 40" in written(answer))
        assert len(alice.ephemerals) == 1

    def test_where_slack_refuses_the_table_the_lines_come_for_a_day(
        self, alice: Person, database: Database, slack: Workspace
    ) -> None:
        """To a command, and to a button; the first refusal is remembered."""
        register(database, *(f"C02{number:03}" for number in range(45)), by="U0BOB")
        slack.faults.fail("invalid_blocks", methods=[RESPONSE_URL])

        answer = asked(alice, "list")
        assert "45, the newest 20 of them\n• `C02044` → *london*" in written(answer)
        alice.click(answer, "found_older")
        eventually(lambda: "45, here 21 to 40\n• `C02024`" in written(answer))

        assert "• `C02044`" in written(asked(alice, "list"))

    def test_an_answer_that_slack_refuses_in_words_as_well_comes_as_a_message(
        self, alice: Person, database: Database, slack: Workspace, deliver_all: DeliverAll
    ) -> None:
        register(database, *(f"C02{number:03}" for number in range(11)), by="U0BOB")
        slack.faults.fail("invalid_blocks", times=3, methods=[RESPONSE_URL])

        alice.slash("/mac", "list", channel=CHANNEL)

        def delivered() -> list[Message]:
            deliver_all()
            return alice.dm.messages

        assert "Macs waiting: 11" in eventually(delivered)[0].text
        assert alice.ephemerals == []

    @pytest.mark.postgresql(soak=True)
    def test_the_pages_of_macs_that_wait_are_turned_in_place(
        self, alice: Person, database: Database
    ) -> None:
        register(database, *(f"C02{number:03}" for number in range(25)), by="U0BOB")
        register(database, *(f"C03{number:03}" for number in range(25)), to=PARIS, by="U0BOB")
        answer = asked(alice, "list london")

        alice.click(answer, "found_older")

        eventually(lambda: "*london*: 25, here 21 to 25\n`C02004`" in written(answer))

    @pytest.mark.postgresql(instead=True)
    def test_a_page_that_is_gone_by_now_is_the_first(
        self, alice: Person, database: Database
    ) -> None:
        register(database, *(f"C02{number:03}" for number in range(25)), by="U0BOB")
        answer = asked(alice, "list")
        with database.begin() as session:
            not_it = Registration.serial != "C02007"
            session.execute(update(Registration).where(not_it).values(state=CONFIRMED))

        alice.click(answer, "found_older")

        eventually(lambda: "Macs waiting: 1\n`C02007`" in written(answer))

    def test_the_menu_of_a_found_mac_opens_its_details(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02AAA", "C02BBB", by="U0BOB")
        answer = asked(alice, "find c02")
        assert answer.message is not None
        [row] = [
            b for b in answer.message.blocks if "`C02AAA`" in b.get("text", {"text": ""})["text"]
        ]

        alice.select(answer, row["block_id"], "details:C02AAA")

        window = alice.open_view()
        assert "`C02AAA` → *london* / *design*" in window.blocks[0]["text"]["text"]

    @pytest.mark.postgresql(instead=True)
    def test_a_text_that_is_far_too_long_finds_nothing(self, alice: Person) -> None:
        assert "none." in asked(alice, "find " + "x" * 2500).text


class TestShow:
    def test_everything_that_happened_the_newest_first_even_before_a_cancellation(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02AAA", by="U0BOB")
        acting.cancel_now(database, "C02AAA", by="U0BOB")
        register(database, "C02AAA", by="U0ALICE", to=PARIS)

        head, *events = written(asked(alice, "show c02aaa")).splitlines()

        assert head.startswith("`C02AAA` → *paris* / *basic*: waiting for its first boot;")
        assert [event.split("}| ")[0].split("> ", 1)[1] for event in events] == [
            "registered, *paris* / *basic*, by <@U0ALICE> (command)",
            "cancelled, by <@U0BOB> (command)",
            "registered, *london* / *design*, by <@U0BOB> (command)",
        ]

    def test_a_mac_that_is_cancelled_now_is_still_there(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02AAA", by="U0BOB")
        acting.cancel_now(database, "C02AAA", by="U0BOB")

        assert ": cancelled; registered by <@U0BOB>" in written(asked(alice, "show C02AAA"))

    def test_of_a_long_history_the_rest_is_counted(self, alice: Person, database: Database) -> None:
        register(database, "C02AAA", by="U0BOB")
        with database.begin() as session:
            act = operations.begin(session, "moved", by="U0ALICE", via="command", at=NOON)
            acting.move(session, Serial.parse("C02AAA"), PARIS, act=act)
            moved = session.scalars(select(Event).where(Event.act_id == act.id)).one()
            names = ("registration_id", "act_id", "what", "by", "at", "before", "after")
            again = {name: getattr(moved, name) for name in names}
            session.add_all(Event(**again) for _ in range(99))

        lines = written(asked(alice, "show C02AAA")).splitlines()

        assert lines[-1] == f"… and {101 - len(lines[1:-1])} older"

    def test_nothing_of_another_mac_is_told(self, alice: Person, database: Database) -> None:
        register(database, "C02AAA", "C02BBB", by="U0BOB")
        acting.cancel_now(database, "C02BBB", by="U0BOB")

        shown = written(asked(alice, "show C02AAA"))
        assert "`C02AAA`" in shown
        assert "cancelled" not in shown
        assert "C02BBB" not in shown

    @pytest.mark.postgresql(soak=True)
    def test_a_serial_that_nobody_registered_gets_its_near_misses(
        self, alice: Person, database: Database
    ) -> None:
        register(database, "C02XG0FDJGH5", by="U0BOB")

        answer = asked(alice, "show C02XGOFDJGH5").text

        assert "C02XGOFDJGH5 is not registered." in answer
        assert "Did you mean *C02XG0FDJGH5*?" in answer


class TestLog:
    def test_the_log_says_who_did_what_to_how_many(self, alice: Person, database: Database) -> None:
        register(database, "C02AAA", "C02BBB", by="U0BOB")
        acting.cancel_now(database, "C02AAA", by="U0BOB")

        head, newest, oldest = written(asked(alice, "log")).splitlines()

        assert head == "The last 2 actions"
        assert newest.endswith("<@U0BOB> cancelled 1 Mac (command)")
        assert oldest.endswith("<@U0BOB> registered 2 Macs (command)")


@pytest.mark.policy('admins = ["U0BOSS"]')
class TestUnderAPolicy:
    def test_the_log_is_for_admins(self, alice: Person, slack: Workspace) -> None:
        boss = slack.person("U0BOSS", name="boss")

        assert "You may not see who did what." in asked(alice, "log").text
        assert "Nobody has done anything yet." in asked(boss, "log").text

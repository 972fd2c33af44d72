"""Messages that lead to the board, where there is one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_sdk import WebClient

from bot.delivery import news, silence
from bot.delivery.transport import SlackTransport
from bot.firstboot import bench_blocks
from bot.imports import dry_run_blocks
from bot.monitoring import digest_blocks
from bot.registrations import batch_card
from bot.slack.markup import standing
from infrastructure.database.engine import Database
from provisioning.firstboot.models import Bench
from provisioning.imports.models import Import
from provisioning.imports.summary import KINDS
from provisioning.monitoring.digest import Digest, DigestPart
from provisioning.outbox.relay import Relay
from provisioning.registrations.models import CONFIRMED, WAITING
from provisioning.values.board_pages import leading_to
from tests.bot.delivery.test_news import FACTS
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.fixtures.doors import Clock
from tests.support.inputs.examples import (
    LONGEST,
    NOON,
    card,
    faults_in_a_channel,
    mac,
    macs,
    written,
)
from tests.support.installation import CHANNEL

BOARD = "https://rollcall.example.com"
PAGE = f"<{BOARD}/board/macs/C02AAA|C02AAA>"


@pytest.fixture
def board() -> Iterator[None]:
    """The address of the board, as a relay with one sets it around each message."""
    with leading_to(BOARD):
        yield


@pytest.mark.usefixtures("board")
class TestWithABoard:
    def test_each_mac_of_a_card_leads_to_its_page_and_the_card_to_its_own(self) -> None:
        message = batch_card.batch(card(id=7), {WAITING: 1}, [mac("C02AAA")])

        assert f"• {PAGE} waiting" in written(message)
        assert f"<{BOARD}/board/batches/7|On the board>" in written(message)

    def test_a_bench_leads_to_its_place_and_a_dry_run_to_its_page(self) -> None:
        place = {"site": "r&d", "build": "a b"}
        bench = Bench(by="U0ALICE", wanted=2, taken=1, takes_named=False, until=NOON, **place)
        message = bench_blocks.card(bench, card(**place), {WAITING: 1}, [mac("C02AAA")])
        assert f"<{BOARD}/board?site=r%26d&build=a+b|On the board>" in written(message)

        counts = dict.fromkeys(KINDS, 0)
        shown = {"counts": counts, "first": {kind: [] for kind in KINDS}, "places": [], "wants": []}
        dry_run = Import(id=8, by="U0ALICE", note="", shown=shown, ends_at=NOON)
        assert f"<{BOARD}/board/imports/8|On the board>" in written(dry_run_blocks.dry_run(dry_run))

    def test_no_mac_is_left_out_for_the_length_of_the_addresses(self) -> None:
        done = macs(20, state=CONFIRMED, confirmed_at=NOON)
        message = batch_card.batch(card(), {CONFIRMED: 20}, done)

        assert written(message).count(f"\n• <{BOARD}/board/macs/") == 20
        assert faults_in_a_channel(message) == []

    def test_slack_takes_the_card_of_the_longest_names(self) -> None:
        longest = macs(20, site=LONGEST, build=LONGEST, state=CONFIRMED, confirmed_at=NOON)
        shown = card(site=LONGEST, build=LONGEST)

        assert faults_in_a_channel(batch_card.batch(shown, {CONFIRMED: 10_000}, longest)) == []

    def test_a_confirmation_a_silence_and_a_line_lead_to_the_page(self) -> None:
        this = mac("C02AAA")
        confirmation = news.confirmation({**FACTS, "serial": "C02AAA"}, None)
        lines = [confirmation, silence.stalled([this], None), silence.reminder(this)]

        assert [PAGE in written(message) for message in lines] == [True, True, True]
        assert standing(this).startswith(f"{PAGE} → ")

    def test_slack_takes_a_digest_whose_lines_and_table_lead_to_the_pages(self) -> None:
        part = DigestPart(10, macs(10, step="x", heard_at=NOON))
        message = digest_blocks.digest(Digest(part, part, part, part, [], 0), "/mac")

        assert faults_in_a_channel(message) == []
        table = next(block for block in message.blocks if block.type == "table")
        assert table.to_dict()["rows"][1][0]["elements"][0]["elements"][0] == {
            "type": "link",
            "url": f"{BOARD}/board/macs/{macs(1)[0].name}",
            "text": macs(1)[0].name,
            "style": {"code": True},
        }
        assert faults_in_a_channel(replace(message, blocks=message.tableless)) == []


def test_the_relay_leads_to_the_board_that_its_settings_name(
    alice: Person,
    bot: object,
    database: Database,
    slack_client: WebClient,
    clock: Clock,
    slack: Workspace,
) -> None:
    register(database, "C02AAA")
    Relay(database, SlackTransport(slack_client, board=BOARD), clock=clock).deliver()

    assert PAGE in str(slack.channels[CHANNEL].messages[0].blocks)

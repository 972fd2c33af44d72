"""The clerk sends people the spreadsheet that they may fill in."""

from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from sqlalchemy.orm import Session

from bot.blocks.texts import escape
from bot.clerk import Record
from bot.conversations import with_person
from provisioning.intake.template import csv_template
from provisioning.munki import MunkiRepo
from provisioning.notifications import owe_file, owe_news

SEND_TEMPLATE = "send template"  # the job
_SENTENCE = (
    "Fill in one Mac a line and drop the file here; the names of sites and builds are in it."
)


class Templates:
    """Sends the template to the person who asked for it."""

    def __init__(self, repo: MunkiRepo, slack: WebClient) -> None:
        self._repo, self._slack = repo, slack

    def do(self, facts: dict[str, Any]) -> Record:
        """Owe the file to our conversation with the person, which is opened."""
        content = csv_template(self._repo.sites(), self._repo.builds())
        channel = with_person(self._slack, facts["user"])
        return lambda session, now: owe_file(
            session, channel=channel, name="macs.csv", content=content, sentence=_SENTENCE, at=now
        )

    def give_up(self, facts: dict[str, Any], reason: str) -> Record:
        """Say that it cannot be sent."""
        why = escape(reason[:200])
        sentence = f"The template could not be sent: {why} Ask whoever runs Rollcall."

        def record(session: Session, now: datetime) -> None:
            owe_news(session, channel=facts["user"], sentence=sentence, at=now)

        return record

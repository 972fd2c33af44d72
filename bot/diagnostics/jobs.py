"""The job that examines what the doctor cannot see at once."""

from collections.abc import Callable
from typing import Any

from bot.slack.markup import escape
from infrastructure.jobs.runner import Record
from provisioning.diagnostics import Examination, Finding, inspected, shortened
from provisioning.outbox import records

LONGEST_SAID = 2_900  # characters of one message's section


class CheckupJob:
    """A job that examines the repo and the addresses for the person who asked.

    `validate` returns what Slack would refuse of our messages, and raises nothing.
    """

    def __init__(
        self, examination: Examination, validate: Callable[[], list[Finding]] = list
    ) -> None:
        self._examination, self._validate = examination, validate

    def do(self, payload: dict[str, Any]) -> Record:
        """Look; `payload` are `by` (a user id)."""
        lines = list(shortened([*inspected(self._examination), *self._validate()]))
        if not lines:
            return records.news(
                payload["by"], "The Munki repo, the addresses and the clocks: nothing to fix."
            )
        heading = f"Of the Munki repo, the addresses and the clocks, {len(lines)} to fix:"
        text = "\n".join([heading, *(f"• {escape(line)}" for line in lines)])
        if len(text) <= LONGEST_SAID:
            return records.news(payload["by"], text)
        content = "\n".join(lines).encode()
        return records.file(
            payload["by"], "doctor.txt", content, heading.rstrip(":") + "; the list is in the file."
        )

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the person that nothing was examined."""
        return records.news(
            payload["by"], f"The Munki repo could not be looked through: {escape(reason)}"
        )

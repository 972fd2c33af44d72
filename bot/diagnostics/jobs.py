"""The job of the doctor's slow examinations."""

from collections.abc import Callable
from typing import Any

from infrastructure.findings import Finding, shortened
from infrastructure.jobs.runner import Record
from infrastructure.text import Sentence
from provisioning.diagnostics import Examination, inspected
from provisioning.outbox import records
from provisioning.values.slack import escape

LONGEST_TEXT = 2_900  # characters of one message's section


class CheckupJob:
    """A job that examines the repo and the addresses for the person who asked.

    `validate` returns the faults that Slack finds in our messages, and raises nothing.
    """

    def __init__(
        self, examination: Examination, validate: Callable[[], list[Finding]] = list
    ) -> None:
        self._examination, self._validate = examination, validate

    def do(self, payload: dict[str, Any]) -> Record:
        """Examine the installation; `payload` has `by` (a user id)."""
        lines = list(shortened([*inspected(self._examination), *self._validate()]))
        if not lines:
            return records.news(
                payload["by"],
                Sentence("The Munki repo, the addresses and the clocks: nothing to fix."),
            )
        number, listed = len(lines), "\n".join(f"• {escape(line)}" for line in lines)
        sentence = Sentence(
            "Of the Munki repo, the addresses and the clocks, {number} to fix:\n{findings}",
            number=number,
            findings=listed,
        )
        if len(sentence) <= LONGEST_TEXT:
            return records.news(payload["by"], sentence)
        content = "\n".join(lines).encode()
        heading = Sentence(
            "Of the Munki repo, the addresses and the clocks, {number} to fix; the list is in the "
            "file.",
            number=number,
        )
        return records.file(payload["by"], "doctor.txt", content, heading)

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Tell the person that nothing was examined."""
        return records.news(
            payload["by"],
            Sentence("The Munki repo could not be looked through: {reason}", reason=escape(reason)),
        )

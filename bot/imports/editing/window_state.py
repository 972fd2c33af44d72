"""The state of the window: the part that Slack keeps, and the values that a person filled in."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from bot.slack import payloads
from bot.slack.payloads import StrangeValue
from provisioning.imports.edits.changes import Draft
from provisioning.imports.edits.listing import EditableRow, Values

# The actions of a row; the number of the row follows.
SERIAL, SITE, BUILD, DECISION = "row_serial-", "row_site-", "row_build-", "row_decision-"
UNDECIDED = "undecided"  # the value of a menu's option, which cannot be empty
LONGEST_NUMBER = 9  # digits of an id, a page or a version
_FIELD = re.compile(r"row_(serial|site|build|decision)-([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class WindowState:
    """The private metadata of a window: its import, its page, and the rows as they were shown.

    `rows` are the number, the version and the digest of the values of each. `reply` is Slack's URL
    by which a dry run that only one person sees is drawn again; None for a card.
    """

    import_id: int
    page: int = 0
    rows: Sequence[tuple[int, int, str]] = ()
    reply: str | None = None

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> Self:
        """Return the state of one of Slack's views. Raises StrangeValue."""
        try:
            stored = json.loads(view["private_metadata"], parse_int=_bounded)
            rows = [
                (int(number), int(version), str(sign)) for number, version, sign in stored["rows"]
            ]
            reply = stored.get("reply")
            return cls(
                int(stored["import"]), int(stored["page"]), rows, str(reply) if reply else None
            )
        except (LookupError, ValueError, TypeError, OverflowError, RecursionError):
            raise StrangeValue(view.get("private_metadata")) from None

    def showing(self, rows: Sequence[EditableRow], page: int) -> Self:
        """Return the state of a window that shows these rows."""
        shown = [(row.number, row.version, row.values.digest) for row in rows]
        return replace(self, rows=shown, page=page)

    def to_json(self) -> str:
        """Return the private metadata; Slack takes 3,000 characters of it."""
        stored = {"import": self.import_id, "page": self.page, "rows": self.rows}
        return json.dumps({**stored, "reply": self.reply}, separators=(",", ":"))

    def drafts(self, view: Mapping[str, Any]) -> list[Draft]:
        """Return the values that a person filled in, for each row of the window."""
        filled: dict[int, dict[str, str]] = {}
        for number, name, text in _fields(view):
            filled.setdefault(number, {})[name] = text
        names = ("serial", "site", "build", "decision")
        return [
            Draft(number, version, sign, Values(*(filled[number].get(name, "") for name in names)))
            for number, version, sign in self.rows
            if number in filled
        ]


def _bounded(digits: str) -> int:
    """Return a number that a database takes. Raises ValueError."""
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(digits[:LONGEST_NUMBER])
    return int(digits)


def site_beside(body: Mapping[str, Any]) -> str | None:
    """Return the site that was chosen in the row of the menu whose options Slack asks for."""
    found = _FIELD.fullmatch(str(body.get("action_id") or ""))
    if found is None:
        return None
    sites = (
        text
        for number, name, text in _fields(body.get("view") or {})
        if name == "site" and number == int(found[2])
    )
    return next(filter(None, sites), None)


def _fields(view: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Yield the number of the row, the name and the text of each field."""
    answers = payloads.answers_in(view)
    for action, answer in answers.items():
        if found := _FIELD.fullmatch(action):
            text = answer.get("value") or payloads.chosen(answers, action)
            yield int(found[2]), found[1], "" if text == UNDECIDED else str(text).strip()

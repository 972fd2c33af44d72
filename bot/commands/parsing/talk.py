"""Sentences that are no commands: questions, answers to the message before, thanks.

Their forms, in each language, are those of `talk.toml`.
"""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from provisioning.imports.parsing.vocabulary.words import known
from provisioning.values.language import marked

ONE_SERIAL = marked(
    "Type the command and one serial; for several Macs use the buttons of their card"
)
OWN_MACS = marked("Your own Macs stand in the Home tab; to list them here, find your @name")
NOTHING_DONE = marked("Nothing was changed")
BENCH_END = marked("The button on the card of a bench ends it")
READ_ALONE = marked(
    "Rollcall reads each message by itself: use the buttons below its last answer, such as "
    "*Undo*, or type the whole command"
)
_HINTS = {
    "undo": marked(
        "*Undo* is the button below the answer to a change, for ten minutes; after that, "
        "move or cancel the Mac"
    ),
    "thanks": marked("You are welcome"),
    "press": marked("Press the button below what Rollcall asked"),
    "nothing_done": NOTHING_DONE,
    "one_serial": ONE_SERIAL,
    "own_macs": OWN_MACS,
    "bench_end": BENCH_END,
}
# Words before what is right, where something was registered wrongly; a list may begin so, too.
CORRECTIONS = known("correction")


def _pattern(forms: Sequence[str], end: str = "", *, is_repeated: bool = False) -> re.Pattern[str]:
    """A pattern of the beginning of a text, or where forms repeat, of all of it."""
    each = f"(?:{'|'.join(forms)}){end}"
    return re.compile(f"(?:{each})+$" if is_repeated else each, re.IGNORECASE)


_TALK = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_QUESTIONS = [(_pattern(each["forms"]), each["verb"]) for each in _TALK["questions"]]
_HINTED = [
    (
        _pattern(each["forms"], each.get("end", ""), is_repeated=each.get("repeated", False)),
        _HINTS[each["hint"]],
    )
    for each in _TALK["hints"]
]
_ANSWERS = _pattern([*map(re.escape, CORRECTIONS), *_TALK["answers"]["forms"]], r"(?!\w)")


def verb_asked_for(text: str, *, has_serial: bool) -> Sequence[str]:
    """Return the verbs for which a text may ask, such as `how many left?`."""
    asked = (verb for form, verb in _QUESTIONS if form.match(text))
    return [verb for verb in asked if verb == "show" or not has_serial]


def hint_for(text: str) -> str:
    """Return how that is done which a text wants, where it is not by a verb; or nothing."""
    return next((hint for form, hint in _HINTED if form.match(text)), "")


def is_answer(text: str) -> bool:
    """Return True if a text without a serial answers what was said before: `no, Paris`."""
    return _ANSWERS.match(text) is not None

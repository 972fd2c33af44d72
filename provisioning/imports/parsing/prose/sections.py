"""Sections of a list about Macs that are not to be set up: old, returned, broken, not arrived."""

import re

from provisioning.imports.parsing.prose.places import is_filler
from provisioning.imports.parsing.tokens.labels import SERIAL_LABEL
from provisioning.imports.parsing.vocabulary.words import exact_pattern, pattern, whole

MAX_WORDS = 3  # of a heading without a colon
LONGEST = 60  # characters of a heading
_ACT = r"(?:be )?(?:set up|register|deploy|image|use|install|enrol+|ship|issue|touch|add|do)(?:ed)?"
_NOT = r"do(?:n['’ ]t| not)"
_NOT_TO_DO = rf"{_NOT}(?: {_ACT}(?: (?:this|it|these|them|yet))?(?: ?[-–—,;:(].*)?)?"
# A whole heading, or a whole cell.
ABSENT = re.compile(
    r"(?:(?:please|bitte|svp|por favor|per favore) )?(?:"
    rf"(?:{pattern('absent')})(?: (?:until|till|bis|jusqu|hasta)\b.*)?|out|later|später"
    rf"|{_NOT_TO_DO}|(?:to|will) be (?:{pattern('gone')}|sent back|recycled|repaired)(?: .*)?)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    # What became of them.
    whole(rf"{pattern('gone', 'aside', 'unplaced')}|{_NOT} {_ACT}(?: yet)?$")
    # Their age: an old building is none of theirs.
    + rf"|\b(?:{pattern('a_former')})(?:$|\s(?:{pattern('machine')})(?!\w))"
    rf"|^(?:(?:already|schon|bereits|déjà|ya|già|al)\s)?(?:{pattern('done')}|{exact_pattern('told')})$"
    rf"|^(?:{ABSENT.pattern})$",
    re.IGNORECASE,
)
# Macs that come in their place, or that are to be set up all the same.
_INSTEAD = re.compile(
    r"\b(?:replac|ersatz|rempla|reempla|sostitu|vervang|instead|now\b)", re.IGNORECASE
)
# Names of rooms, groups and dates in which such a word is one of several: “Returning students”.
_NAMES = re.compile(
    r"(?!.*\b(?:from|in|at|by|of|to|von|aus|vom|de|du)\b)(?:.*\w\s(?:property|office|campus|school"
    r"|room|hall|gym|desk|building|students?|pupils?|teachers?|staff|date)(?: \w+)?"
    r"|(?:sala|aula|escuela|salle|école) \w+)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_EMPTY_BRACKETS = re.compile(r"\(\W*\)")  # in which a place stood
_ASIDE_IN_BRACKETS = re.compile(
    rf"\((?:{pattern('a_former', 'gone')}|{_NOT_TO_DO}|(?:{pattern('unplaced')})(?: yet)?)\)",
    re.IGNORECASE,
)
_UNPLACED = re.compile(rf"(?:{pattern('unplaced')})(?: yet)?", re.IGNORECASE)
_CLAUSE = re.compile(r"[,.;:!?()–—]+|\s-+\s")  # between the clauses of a line
_WITHDRAWN = re.compile(
    whole(rf"{pattern('withdrawn')}|{_NOT_TO_DO}") + r"(?: (?:until|till|bis|jusqu|hasta)\b.*)?",
    re.IGNORECASE,
)
_BESIDE = re.compile(whole(rf"{pattern('correction')}|but|yet"), re.IGNORECASE)  # such words
_LABEL = re.compile(r"(?:^|[.;,|])\s*\W*([^:.;,|]{3,40}):\W*$")


class Aside:
    """The part of a list that a reader is in: its `heading`, where its Macs are not to be set up.

    A place ends it below its Macs. One right below its heading is a part of it, as are others below
    that.
    """

    def __init__(self) -> None:
        self.heading = ""
        self._has_places: bool | None = None  # False: Macs stand right below the heading

    @property
    def state(self) -> tuple[str, bool | None]:
        """The facts that decide how later lines are read."""
        return self.heading, self._has_places

    @property
    def doubt(self) -> str | None:
        """The doubt about its Macs; None where they are to be set up."""
        return doubt_of(self.heading)

    def begin(self, heading: str) -> None:
        """Take note of a heading; nothing for one of Macs that are to be set up."""
        self.heading, self._has_places = heading, None

    def hear(self, heading: str | None, *, is_place: bool) -> None:
        """Take note of a line without a serial by its `heading_of`, and if it names a place."""
        is_place = is_place and not heading
        if is_place and self.heading and self._has_places is not False:
            self._has_places = True
        elif is_place or heading is not None:
            self.begin(heading or "")

    def go_on(self) -> None:
        """Take note of a Mac."""
        self._has_places = self._has_places or False

    @property
    def wants_place(self) -> bool:
        """True where a place ends it: its heading asked for one, or had none yet."""
        return self.heading.endswith("?") or _UNPLACED.search(self.heading) is not None


def heading_of(line: str, *, is_placed: bool = False) -> str | None:
    """Return what a line without a serial says about the Macs below it.

    Empty for a heading of Macs that are to be set up, and None for a line that is no heading.
    `line` is without the places in it; where it had some, *Other site:* is a heading of Macs that
    go there.
    """
    text = line.strip(" *_#>\t•|-")
    words = _ASIDE_IN_BRACKETS.sub("", text).split()
    if not words or SERIAL_LABEL.fullmatch(text):  # which says nothing about the Macs
        return None
    if len(text) > LONGEST or not (text.endswith(":") or len(words) <= MAX_WORDS):
        return None
    is_whole = text.endswith(":") or all(aside(word) or is_filler(word) for word in words)
    is_marked = re.fullmatch(rf"{_UNPLACED.pattern}|{_NOT_TO_DO}", text, re.IGNORECASE)
    is_marked = is_marked or _ASIDE_IN_BRACKETS.search(text)
    said = _EMPTY_BRACKETS.sub("", text).strip(" :-–—")
    is_told = is_placed and _UNPLACED.fullmatch(said)
    return aside(text) if (is_whole or is_marked) and not is_told else ""


def takes_back(line: str) -> bool:
    """Return True if a clause of a line takes back what stands above it, and does nothing else."""
    line = re.sub("['’]", " ", line)
    is_short = len(line) <= LONGEST and not line.rstrip().endswith(":")
    clauses = _CLAUSE.split(line) if is_short and _WITHDRAWN.search(line) else []
    both = ((clause, _WITHDRAWN.sub("", clause)) for clause in clauses)
    rests = (_BESIDE.sub("", rest) for clause, rest in both if rest != clause)
    return any(all(map(is_filler, rest.split())) for rest in rests)


def label_of(before: str) -> str | None:
    """Return the label at the end of a text, before a serial, where it says that this is aside.

    Empty for another label, and None where there is none.
    """
    match = _LABEL.search(before[-LONGEST:])
    return aside(match[1]) if match else None


def doubt_of(heading: str | None) -> str | None:
    """Return the doubt about Macs below such a heading; None for an empty one."""
    return f"is listed as {heading!r}" if heading else None


def aside(text: str) -> str:
    """Return a heading, or the name of a sheet, where it says that Macs are gone; else nothing."""
    plain = " ".join(text.strip(" :*_").replace(";", ",").split())
    said = _IN_BRACKETS.sub("", plain).strip() or plain.strip("()")
    if _ASIDE_IN_BRACKETS.search(plain):
        return plain
    is_room = _NAMES.fullmatch(said) and not _UNPLACED.search(said)
    is_other = _INSTEAD.search(said) or is_room
    return plain if _ASIDE.search(said) and not is_other else ""

"""The corpus itself: each case is whole, and the half that was written unseen stays as it was."""

import hashlib
import re
import unicodedata
import zipfile
from collections import Counter
from functools import cache
from html import unescape
from io import BytesIO

from tests.corpora.intake.cases import Case, cases, files

UNSEEN = "unseen"
SHA256 = "1a4433eddebb5c433e6d0ba0b94733693c622fec3680022fe9e01b741a76ac68"
MAX_SERIALS = 30
LEAST_CASES = 12  # of a class
SERIAL = re.compile(r"[A-Z0-9]{8,14}")


@cache
def unseen() -> tuple[Case, ...]:
    return tuple(cases(UNSEEN))


def letters(text: str) -> str:
    """The letters and digits of a text, as capitals of one width."""
    text = unicodedata.normalize("NFKC", unescape(text))
    return "".join(filter(str.isalnum, text)).upper()


def test_the_unseen_half_stays_as_it_was_written() -> None:
    """It was written before the reader that it measures: a later change gives a reason."""
    digest = hashlib.sha256()
    for path in files(UNSEEN):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")

    assert digest.hexdigest() == SHA256, "say in the commit why a case of the unseen half changes"


def test_every_class_has_enough_cases_and_no_two_have_one_name() -> None:
    counts = Counter(case.kind for case in unseen())

    assert len(unseen()) >= 220
    assert {kind for kind, count in counts.items() if count < LEAST_CASES} == set()
    assert len({case.id for case in unseen()}) == len(unseen())


def test_every_answer_fits_its_input() -> None:
    faults = [f"{case.id}: {fault}" for case in unseen() for fault in faults_of(case)]

    assert faults == []


def faults_of(case: Case) -> list[str]:
    """The reasons for which a case cannot be right."""
    text = letters(case.readable)
    serials = [mac.serial for mac in case.answer]
    remarks = [remark.text for remark in (*case.doubtful, *case.left_out)]
    names = [mac.name for mac in case.answer if mac.name]
    asked = [value for mac in case.answer for value in mac.asked]
    return [
        *(f"no serial: {serial}" for serial in serials if not SERIAL.fullmatch(serial)),
        *(
            f"not in the input: {said}"
            for said in serials + remarks + names
            if letters(said) not in text
        ),
        *(f"asked, not in the input: {name}" for name in asked if not stands_in(case, name)),
        *(f"no site: {mac.site}" for mac in case.answer if mac.site not in (None, *case.sites)),
        *(f"no build: {mac.build}" for mac in case.answer if mac.build not in (None, *case.builds)),
        *(f"said twice: {name}" for name, n in Counter(serials + remarks).items() if n > 1),
        *(["too many serials"] if len(serials) > MAX_SERIALS else []),
    ]


def stands_in(case: Case, value: str) -> bool:
    """True where a value that is asked about stands in the input, or in the file's name."""
    return letters(value) in letters(f"{case.readable} {case.filename}")


def test_every_file_is_made_of_what_can_be_read() -> None:
    for case in unseen():
        content = case.content()
        if case.media_type.endswith(".sheet"):
            assert zipfile.ZipFile(BytesIO(content)).testzip() is None
        assert content, case.id

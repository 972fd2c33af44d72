"""Lists that would do harm: what is nested, endless or repeated, and the work that it makes."""

import time

import pytest

from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.formats import mails, objects
from provisioning.imports.parsing.tokens import glued
from tests.support.soaking import soak_only
from tests.support.suite.work import calls_in
from tests.support.tables import for_each

SITES, BUILDS = ("london", "leeds"), ("design",)
ONE = "C02YK1QWLVDN"


def serials(content: str, name: str) -> list[str]:
    reading = files.read_here(content.encode(), name, SITES, BUILDS)
    return [entry.serial.text for entry in reading.entries]


@for_each("text", ["[" * 20_000, '{"a":' * 20_000, "[" * 5_000 + f'"{ONE}"' + "]" * 5_000])
def test_deep_json_is_read_or_refused(text: str) -> None:
    assert objects.rows_of(text) in (None, [("the names", [])])


def test_objects_of_different_names_make_no_more_columns_than_are_looked_at() -> None:
    text = ",".join(f'{{"k{n}": "x"}}' for n in range(500)) + f',{{"serial": "{ONE}"}}'

    rows = objects.rows_of(f"[{text}]")

    assert rows is not None
    assert {len(cells) for _, cells in rows} == {200}
    assert "serial" in rows[0][1]


def test_a_mail_in_a_hundred_mails_is_read() -> None:
    text = "Content-Type: message/rfc822\n\n" * 100 + f"Content-Type: text/plain\n\n{ONE} london"

    assert serials(text, "mail.eml") in ([ONE], [])


def test_a_mail_in_a_hundred_parts_is_read_or_empty() -> None:
    heads = (f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(100))

    assert serials("".join(heads) + f"Content-Type: text/plain\n\n{ONE}\n", "mail.eml") in (
        [ONE],
        [],
    )


def test_a_mail_of_thousands_of_parts_is_refused_unread() -> None:
    text = "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * (
        mails.MAX_BOUNDARIES + 1
    )

    with pytest.raises(UnreadableFile, match="it has too many parts"):
        serials(text, "mail.eml")


def test_entities_of_a_page_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40))
    page = f'<!DOCTYPE x [<!ENTITY a0 "{ONE}">{entities}]><p>&a39; {ONE}</p>'

    assert serials(page, "page.html") == [ONE]


HOSTILE = [
    *("=", "-", "~", "_", "(", "<a ", "'", '"', "a@", "a.", "a-", "1Z", "&amp;", "AB1 ", "AB1-"),
    *("london ", "not ", "S/N ", "iPad ", "order ", "C02YK1QWLVDN ", "C02YK1QWLVDN(leeds) "),
    *("C02YK1QWLVDN london ", "C02YK1QWLVDNの", "the london design, ", "C02Y K1QW LVDN "),
]


@soak_only("the test below has the same readers for many lines")
@for_each("piece", HOSTILE)
def test_the_work_for_a_long_line_grows_as_its_length(piece: str) -> None:
    def work(number: int) -> int:
        return calls_in(lambda: free_text.read(piece * number, SITES, BUILDS))

    work(60)  # so that what is remembered of lines is known to both
    assert work(60) < 3 * work(30) + 500


@for_each(
    "line",
    [
        *(f"({ONE})", "Serial:", "a,b,c", "a|b|c", '"a,b', "Serial,Site", "iPad:", "london"),
        *("C02YK1=", "#x", "x: y", "Serial,x", "", f"- {ONE} iPad", f"{ONE}\nmodel iPad\n"),
    ],
)
def test_the_work_for_lines_grows_as_their_number(line: str) -> None:
    def work(number: int) -> int:
        text = f"{line}\n" * number + "C02YK1QWLVDM"
        return calls_in(lambda: free_text.read(text, SITES, BUILDS))

    work(1)  # so that what is remembered of lines is known to both
    assert work(40) < 3 * work(20) + 300


def test_a_row_of_dots_is_passed_over_at_once() -> None:
    line = f"{ONE} {'.' * 10_000} london"
    begun = time.process_time()

    assert glued.parted(line, lambda _: True) == line
    assert time.process_time() - begun < 0.5  # 4 where each dot is looked at from all before it


def test_a_serial_behind_thousands_of_spaces_is_read() -> None:
    """It takes minutes where each space may be the end of those before it."""
    assert serials(f"{' ' * 20_000}{ONE} london", "macs.txt") == [ONE]


def test_tables_below_each_other_are_read_without_end() -> None:
    """There are more of them than are tried, which is fifty."""
    two = f"Serial,x,Site\n{ONE},b,london\nx,Serial,Note\nq,FVFX9Q2LHV2J,n\n"

    assert serials(two * 26, "macs.csv") == [ONE, "FVFX9Q2LHV2J"]


def test_a_sign_that_begins_no_tag_is_text() -> None:
    page = f"<p>{ONE} &lt; 3 < 4 london <a <a"

    assert serials(page, "page.html") == [ONE]

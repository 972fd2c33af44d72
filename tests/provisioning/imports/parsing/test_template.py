"""The template of a list, and what is written below it."""

from collections.abc import Sequence

from provisioning.imports.parsing import files
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.imports.parsing.template import csv_template
from provisioning.values.serials import Serial
from tests.support.tables import for_each

SITES = ("london", "new york", "paris")
BUILDS = ("basic", "design", "developer")
ONE = "C02XG0FDJGH5"


def read(content: bytes) -> ParseResult:
    return files.read_here(content, "macs.csv", SITES, BUILDS)


@for_each("names", [SITES, (), ("a;b;c", "=1+1", '"', "C02XG0FDJGH5"), ("x",) * 99])
def test_the_template_itself_holds_nothing(names: Sequence[str]) -> None:
    assert read(csv_template(names, names)) == ParseResult()


def test_what_is_written_below_the_template_is_read() -> None:
    template = csv_template(SITES, BUILDS)

    reading = read(template + f"{ONE},paris,design,for Zoë\r\n".encode())

    assert template.startswith(b"\xef\xbb\xbfSerial,Site,Build,Note\r\n")
    assert reading == ParseResult((Entry(Serial(ONE), "paris", "design", "for Zoë", "line 5"),))
    assert b"new york" in template


def test_the_template_has_no_column_of_a_kind_that_the_repo_lacks() -> None:
    heading, _, *comments = csv_template(None, BUILDS).decode("utf-8-sig").splitlines()

    assert heading == "Serial,Build,Note"
    assert [line.partition(":")[0].strip('"') for line in comments] == ["# Builds"]

"""Places that pasted texts name for the serials in them."""

from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import ParseResult
from tests.support.tables import for_each

SITES = ("london", "new york", "paris")
BUILDS = ("basic", "design", "developer")
ONE, TWO, THREE = "C02XG0FDJGH5", "C02XG0FDJGH6", "C02XG0FDJGH7"


def read(text: str) -> ParseResult:
    return free_text.read(text, SITES, BUILDS)


def told(text: str) -> list[tuple[str | None, str | None]]:
    return [(entry.site, entry.build) for entry in read(text).entries]


def test_names_in_a_line_belong_to_its_serials() -> None:
    text = f"{ONE} LONDON design\n{TWO} for the developer in New  York, please\n{THREE} – Paris"

    assert told(text) == [("LONDON", "design"), ("New York", "developer"), ("Paris", None)]


def test_names_at_the_end_of_the_text_hold_for_all_that_say_nothing() -> None:
    assert told(f"{ONE}\n{TWO} London\n{THREE} London design.") == [("London", "design")] * 3


def test_names_at_the_end_are_for_no_others_where_their_lines_name_another_site() -> None:
    assert told(f"{ONE}\n{TWO} paris\n{THREE} London design.") == [
        (None, "design"), ("paris", None), ("London", "design"),
    ]  # fmt: skip
    assert told(f"{ONE} paris\n{TWO} London design") == [("paris", None), ("London", "design")]


@for_each(
    "line",
    [
        *(
            "Los dos son para la oficina de London",
            "Entrambi per London",
            "Les deux, bureau de London",
        ),
        *("Os dois são para London", "Beide für das Büro in London", "Allebei voor kantoor London"),
        *("Prosím nastavit pro London", "Molemmat London-toimistoon", "Все для офиса London"),
        *("Wszystkie do biura London", "Hepsi London için", "Begge skal til London"),
    ],
)
def test_a_line_in_any_language_names_the_place_of_all(line: str) -> None:
    assert told(f"{ONE}\n{TWO}\n{line}") == [("London", None)] * 2


@for_each(
    "heading",
    ["London, UK", "London – delivery 24 Nov", "London (3 Macs)", "London / Bridge St 4:"],
)
def test_a_line_above_macs_that_a_site_begins_is_their_heading(heading: str) -> None:
    assert told(f"{heading}\n{ONE}\n{TWO}") == [("London", None)] * 2
    assert told(f"Tom, London\n{ONE}") == [(None, None)]


def test_a_serial_without_a_digit_is_one_beside_others_in_pasted_columns() -> None:
    read = free_text.read(f"WDWQKXQXNK\tlondon\n{ONE}\tparis", ["london", "paris"], [])
    assert [(entry.serial.text, entry.site, entry.doubt) for entry in read.entries] == [
        ("WDWQKXQXNK", "london", None), (ONE, "paris", None),
    ]  # fmt: skip


@for_each(
    ("site", "lines"),
    [
        ("北京", "北京办公室：\n{}"),
        ("上海", "请把{}登记到上海"),
        ("大阪", "{} 大阪支社"),
        ("부산", "부산지점: {}"),
        ("서울", "서울로 보낼 맥: {}"),
    ],
)
def test_a_name_without_spaces_ends_at_a_word_for_a_place(site: str, lines: str) -> None:
    [entry] = free_text.read(lines.format(ONE), [site, "京都"], []).entries
    assert (entry.site, entry.doubt) == (site, None)
    [other] = free_text.read(f"{ONE} 東京都", [site, "京都"], []).entries
    assert other.site is None


def test_names_before_the_last_serial_are_its_own() -> None:
    assert told(f"{ONE}\nlondon {TWO}") == [(None, None), ("london", None)]


@for_each(
    "line", ["london design", "Site: London, build: design", "all for design in London please!"]
)
def test_names_in_a_line_of_their_own_hold_for_all(line: str) -> None:
    for text in (f"{line}\n{ONE}\n{TWO}", f"{ONE}\n{TWO}\n\n{line}\n"):
        assert [(site.casefold(), build) for site, build in told(text) if site] == [
            ("london", "design")
        ] * 2


def test_names_in_a_sentence_without_serials_are_left_alone() -> None:
    assert told(f"{ONE}\nACME Ltd, London, the home of design") == [(None, None)]


def test_names_above_serials_are_their_headings() -> None:
    text = f"London:\n{ONE}\nNew York:\n{TWO}\n{THREE} paris\n"

    assert [site for site, _ in told(text)] == ["London", "New York", "paris"]


def test_several_names_below_serials_are_left_to_a_person() -> None:
    assert told(f"{ONE}\nlondon\n{TWO}\nparis") == [(None, None), (None, None)]


def test_a_line_that_names_two_sites_is_doubted() -> None:
    [entry] = read(f"{ONE} london or paris").entries
    assert entry.doubt == "stands in a line that names 2 sites: london and paris"


def test_a_part_of_a_longer_word_is_no_name() -> None:
    assert told(f"{ONE} london-2 redesign design.v2") == [(None, None)]


def test_the_longer_of_two_names_is_meant() -> None:
    reading = free_text.read(f"{ONE} New York", ["york", "new", "new york"], [])

    assert reading.entries[0].site == "New York"

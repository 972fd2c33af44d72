"""Names of Macs and of their places in one list: neither is taken for the other."""

from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import ParseResult
from tests.support.tables import for_each

SITES, BUILDS = ("london", "berlin", "paris"), ("design", "kiosk", "lab")
ONE, TWO, THREE, FOUR = "C02G81FYQ6LR", "F5KYV3RXJ1WK", "GXK6M27QVP", "H7V0N9Y4TQ"


def read(text: str) -> ParseResult:
    return free_text.read(text, SITES, BUILDS)


def told(result: ParseResult) -> list[tuple[str | None, str | None, str | None]]:
    """The sites, builds and names of the Macs in their order."""
    return [(entry.site, entry.build, entry.name) for entry in result.entries]


@for_each(
    ("text", "first", "second"),
    [
        (f"{ONE} called lab-mac-1\n{TWO} named lab-mac-2\nlondon design", "lab-mac-1", "lab-mac-2"),
        (f"london design\n{ONE} lab-mac-1\n{TWO} lab-mac-2", "lab-mac-1", "lab-mac-2"),
        (f"{ONE} kiosk-mac-1\n{TWO} kiosk-mac-2\nlondon design", "kiosk-mac-1", "kiosk-mac-2"),
        (f"{ONE} called mac-11\n{TWO} called mac-12\nlondon design", "mac-11", "mac-12"),
        (f'{ONE} named "Front 1", {TWO} named “Lab 2”\nlondon design', "Front 1", "Lab 2"),
        (f'{ONE} name: "Berlin 1", {TWO} named x-2\nlondon design', "Berlin 1", "x-2"),
    ],
)
def test_a_macs_name_is_no_place_though_a_builds_name_begins_it(
    text: str, first: str, second: str
) -> None:
    assert told(read(text)) == [("london", "design", first), ("london", "design", second)]


@for_each(
    "default", ["MacBook Pro", "MacBook Pro 14", "16-inch MacBook Pro", "Ann’s iMac", "Mac-2"]
)
def test_apples_default_names_are_none(default: str) -> None:
    table = f"Serial,Computer Name\n{ONE},{default}\n{TWO},lab-07\n"

    entries = files.read_here(table.encode(), "macs.csv", SITES, BUILDS).entries
    assert [entry.name for entry in entries] == [None, "lab-07"]


@for_each(
    ("sign", "text"),
    [
        ("a tab", f"London\tBerlin\n{ONE}\t{TWO}\n{THREE}\t{FOUR}"),
        ("a comma", f"London,Berlin\n{ONE},{TWO}\n{THREE},{FOUR}\n"),
        ("a semicolon", f"London;Berlin\n{ONE};{TWO}\n{THREE};{FOUR}"),
        ("spaces", f"London          Berlin\n{ONE}    {TWO}\n{THREE}      {FOUR}"),
    ],
)
def test_serials_below_names_of_sites_are_each_of_the_site_above(sign: str, text: str) -> None:
    result = read(text)

    sites = {entry.serial.text: entry.site for entry in result.entries}
    assert sites == {ONE: "London", TWO: "Berlin", THREE: "London", FOUR: "Berlin"}, sign
    assert {entry.doubt for entry in result.entries} == {None}


def test_builds_may_stand_above_too_and_the_site_at_the_end() -> None:
    result = read(f"design;kiosk\n{ONE};{TWO}\nall for london")

    assert told(result) == [("london", "design", None), ("london", "kiosk", None)]


def test_a_site_and_a_build_above_are_those_of_all() -> None:
    result = read(f"London, design:\n{ONE}, {TWO}")

    assert told(result) == [("London", "design", None)] * 2


def test_a_heading_of_two_sites_is_asked_about() -> None:
    [first, second] = read(f"london and berlin:\n{ONE} {TWO}").entries

    assert first.doubt == second.doubt
    assert first.doubt == "stands below a line that names 2 sites: london and berlin"


def test_a_serial_over_two_lines_has_the_place_of_the_text() -> None:
    [entry] = read(f"please register {ONE[:6]}=\n{ONE[6:]} for london design").entries

    assert (entry.serial.text, entry.site, entry.build) == (ONE, "london", "design")
    assert entry.doubt == "was written over two lines"


@for_each("other", ["0x80070005", "0xDEADBEEF00", "3c22fb-aabb01", "3C22FB.AABB01"])
def test_hexadecimal_numbers_are_no_serials(other: str) -> None:
    assert [entry.serial.text for entry in read(f"{ONE} {other}\nerror {other}").entries] == [ONE]


@for_each(
    "text",
    [
        f"Numeri di serie:\n{ONE}\n{TWO}\nSede: london\nProfilo: design",
        f"Affected CI: {ONE}, {TWO}\nLocation: london\nRequested profile: design\nPriority: 3",
        f"シリアル番号は{ONE}と{TWO}です。londonでdesignにしてください。",
        f"{ONE}、{TWO}放到london，用途design",
        f"London x2 design\n{ONE}\n{TWO}",
    ],
)
def test_places_are_known_behind_labels_in_any_language_and_beside_any_script(text: str) -> None:
    places = [(str(entry.site).lower(), entry.build) for entry in read(text).entries]

    assert places == [("london", "design")] * 2


def test_a_mac_of_which_an_item_says_less_gets_nothing_of_the_next() -> None:
    items = f"- serial: {ONE}\n  site: london\n- serial: {TWO}\n  site: berlin\n  build: kiosk\n"

    assert told(read(items)) == [("london", None, None), ("berlin", "kiosk", None)]
    assert told(read(f"{items}- serial: {THREE}"))[2] == (None, None, None)


def test_a_password_is_no_serial() -> None:
    assert read("pw: Xk29Lm84Qz11").entries == ()

"""Columns of tables: which holds the serials, the sites, the builds and the names."""

from tests.support.inputs.lists import dropped, pasted
from tests.support.tables import for_each

SERIALS = {
    "the column that holds serials is theirs, whatever a title says": (
        "Delivery serial list,,\nAT20012345,$A,London\nAT20012346,$B,Berlin",
        "A London, B Berlin",
    ),
    "the heading of serials wins over the one of asset tags": (
        "QX,BIOS Serial,Site\nKX7Y012Q4T,$A,london",
        "A london",
    ),
    "so it does in another language": ("资产编号;SN码;X\nKX7Y012Q4T;$A;1\nTX7Y092Q4R;$B;2", "A, B"),
    "and in a form or a ticket": (
        "Custom field (Asset Tag),Custom field (Serial Number),Site\nKX7Y012Q4T,$A,london",
        "A london",
    ),
    "numbers that go on by one are no serials, whatever stands above": (
        "资产,码,site\nZX2612A001,$A,london\nZX2612A002,$B,paris",
        "A london, B paris",
    ),
    "numbers of rows are none": (
        "S.No.,Asset Tag,Site\n1,$A,london\n2,$B,paris",
        "A london, B paris",
    ),
    "the fifty-third column is looked at too": (
        f"{','.join(f'c{chr(97 + n % 26)}' for n in range(52))},Serial\n{'x,' * 52}$A",
        "A",
    ),
    "serials below the heading of another number are asked about": (
        "Serial,Asset,Site\n100234567A,$A,london\n100239999B,$B,paris",
        "A? london, B? paris",
    ),
    "below headings that are not known, two serials in a row are": (
        "Kenmerk,Plek,Toestel\nKX7Y012Q4T,$A,london",
        "KX7Y012Q4T? london, A? london",
    ),
    "below headings that are alike all are serials": (
        "Bench A,Bench B\n$A,$B\n$C,$D",
        "A, B, C, D",
    ),
    "and below names of people": ("Anna,Berta\n$A,$C\n$B,$D", "A, C, B, D"),
    "of two columns headed so the other is asked about, too": (
        "Serial,Serial number\n$A,$B",
        "A?, B?",
    ),
    "and each of two below headings that are not known, beside a site": (
        "Rack,Place,Box\n$A,london,$B\n$C,paris,$D",
        "A? london, B? london, C? paris, D? paris",
    ),
    "blocks side by side are one Mac each": (
        "Serial,Name,Serial,Name\n$A,a-1,$B,a-2",
        "A a-1, B a-2",
    ),
    "the site before each serial of a row is its own": (
        "Site,Serial,Name,Site,Serial,Name\nlondon,$A,a-1,paris,$B,b-1",
        "A london a-1, B paris b-1",
    ),
    "headings may stand in the first column": (
        "Serial,$A,$B\nSite,london,paris",
        "A london, B paris",
    ),
    "such a table may have rows without a cell": (
        "Serial,$A,$B\n,,\nSite,london,paris",
        "A london, B paris",
    ),
    "rows of such a table may be of different lengths": (
        "Serial,$A,$B\nSite,london,paris\nNote,loan",
        "A london, B paris",
    ),
    "rows that a program quoted as a whole are rows": (
        '"$A,paris,design"\n"$B,berlin,basic"',
        "A paris design, B berlin basic",
    ),
    "so are those with quoted headings": (
        '"Serial;""Site"";Build"\n"$A;""paris"";design";;\n\n"$B;berlin;basic";;',
        "A paris design, B berlin basic",
    ),
}

PLACES = {
    "a name that is not known stays to be chosen": ("Serial;Ort\n$A;Hamburg HQ", "A Hamburg HQ"),
    "a column of the system's builds is none": ("hardware_serial,build\n$A,23E224", "A"),
    "nor is one of which no value is nearly a build": ("Serial,Type\n$A,Laptop", "A"),
    "one column may hold the site and the build": (
        'Serial,Target\n$A,london/design\n$B,"paris, basic"\n$C,berlin-kiosk',
        "A london design, B paris basic, C berlin kiosk",
    ),
    "a computer's name that is made of them names none": (
        "Serial,Site,Hostname\n$A,paris,paris-design\n$B,berlin,berlin-kiosk",
        "A paris paris-design, B berlin berlin-kiosk",
    ),
    "nor do moments below a heading of places": (
        "London design\nSerial,Last seen at\n$A,2026-01-02 10:00",
        "A London design",
    ),
    "a column of what is included may name them": (
        'Serial,Included\n$A,"sites/london,builds/design"',
        "A london design",
    ),
    "they are known among tags, too": (
        'Serial,Tags\n$A,"london, design, 2026"\n$B,"paris, basic, loan"',
        "A london design, B paris basic",
    ),
    "a column of states may be one of sites": (
        "Serial,State\n$A,paris\n$B,london",
        "A paris, B london",
    ),
    "a title above a table names the place of its rows": (
        "Macs for London, build design,\n\nSerial,User\n$A,Ann",
        "A London design",
    ),
    "a mark below the name of a site sends a Mac there": (
        "Serial,London,Paris,design\n$A,x,,Y\n$B,,X,\n$C,x,x,",
        "A London design, B Paris, C",
    ),
    "two columns of sites that differ without saying why are asked about": (
        "Serial,Site,Office of Ann\n$A,berlin,london\n$B,paris,paris",
        "A? berlin, B paris",
    ),
    "a link in a cell is its text": (
        'Serial,Location\n$A,"<a href=""https://x.example/locations/3"">London</a>"',
        "A London",
    ),
    "its target behind the text is no part of it": (
        "Serial,Site\n$A,london (https://wiki.example.com/london-1a2b3c4d5e6f)",
        "A london",
    ),
}

NAMES = {
    "names of people are no computers'": ("Name,Serial\nAnn Lee,$A\nTom Okafor,$B", "A, B"),
    "nor are Apple's default names": (
        "Name,Serial\nAnn’s MacBook Pro,$A\nTom’s MacBook Pro,$B",
        "A, B",
    ),
    "nor is whose new Mac it is": ("Name,Serial\nAnn's new Mac,$A\nTom's new Mac,$B", "A, B"),
    "nor are models": ("Name,Serial\niMac,$A\niMac,$B", "A, B"),
}


@for_each(("text", "macs"), SERIALS.values(), ids=SERIALS)
def test_the_column_of_the_serials_is_told_by_cells_and_headings(text: str, macs: str) -> None:
    assert dropped(f"{text}\n").macs == macs


@for_each(("text", "macs"), PLACES.values(), ids=PLACES)
def test_columns_of_sites_and_builds_hold_their_names(text: str, macs: str) -> None:
    assert dropped(f"{text}\n").macs == macs


@for_each(("text", "macs"), NAMES.values(), ids=NAMES)
def test_a_column_of_names_holds_those_that_people_gave_computers(text: str, macs: str) -> None:
    assert dropped(f"{text}\n").macs == macs


@for_each(
    "headings",
    [
        *("From site,To site", "Current Location,New Location", "Delivery site,Final site"),
        *("Old site,Site", "Standort aktuell,Standort neu", "Bisheriger Standort,Standort"),
        "Site,To site",
    ],
)
def test_of_two_columns_of_sites_the_one_to_which_macs_go_counts(headings: str) -> None:
    rows = f"Serial,{headings}\n$A,berlin,london\n$B,berlin,paris\n"

    assert dropped(rows).macs == "A london, B paris"


@for_each("headings", ["Herkunft,Zielstandort", "Provenance,Destination", "Standort,Herkomst"])
def test_a_column_of_sites_from_which_macs_come_is_told_by_its_heading(headings: str) -> None:
    origin, target = ("paris", "london") if headings.startswith("Standort") else ("london", "paris")

    assert dropped(f"Serial,{headings}\n$A,{origin},{target}").macs == "A paris"


@for_each("headings", ["Foo,Bar", "Expected location,Actual location"])
def test_two_columns_of_sites_whose_headings_say_nothing_are_asked_about(headings: str) -> None:
    assert dropped(f"Serial,{headings}\n$A,london,berlin\n$B,paris,paris").macs == (
        "A? london, B paris"
    )


def test_where_macs_were_found_is_another_site_than_where_they_were_expected() -> None:
    macs = dropped("Serial,Expected site,Found at\n$A,london,berlin\n$B,paris,paris").macs

    assert macs == "A? berlin, B paris"


@for_each(
    "heading", ["Cost centre", "Department", "Purchased by", "Billing site", "Manager office"]
)
def test_sites_below_a_heading_of_something_else_are_no_places(heading: str) -> None:
    for column in ("Delivery site", "Current location", "Site"):
        rows = f"Serial,{column},{heading}\n$A,london,berlin\n$B,paris,paris\n"
        assert dropped(rows).macs == "A london, B paris", column


@for_each("sign", [",", ";", "|", "    ", "\t"])
def test_a_pasted_table_is_a_table_whatever_is_between_its_cells(sign: str) -> None:
    rows = (
        ("asset", "serial", "site"),
        ("AT20012345", "$A", "london"),
        ("AT20012346", "$B", "paris"),
    )

    assert pasted("\n".join(map(sign.join, rows))).macs == "A london, B paris"


def test_columns_below_sites_may_have_markdowns_rule_between() -> None:
    text = "| london | paris |\n|---|---|\n| $A | $B |\n| $C | $D |"

    assert sorted(pasted(text).macs.split(", ")) == ["A london", "B paris", "C london", "D paris"]


def test_the_doubt_of_serials_that_are_not_where_headings_say_names_the_cause() -> None:
    assert dropped("Serial,Asset\n100234567A,$A\n").why["A"] == (
        "stands below another heading than the serials"
    )
    assert dropped("Serial,Site,Office of Ann\n$A,berlin,london\n$B,paris,paris\n").why == {
        "A": "is for berlin in one place and for london in another"
    }

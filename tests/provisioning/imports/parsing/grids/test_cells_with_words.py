"""Words in tables: in the cells of serials and states, above the headings, below the rows."""

from provisioning.imports.parsing.grids.rows import ABOVE_HEAD
from tests.support.inputs.lists import A, B, dropped, pasted
from tests.support.inputs.spreadsheets import workbook
from tests.support.tables import for_each

LINES = {
    "a column of lines": (
        "MacBook Pro - $A - london - design\nMacBook Air - $B - paris",
        "A london design, B paris",
    ),
    "a machine among them that is no Mac": (
        "MacBook Air $A london\niPad Air $B london",
        "A london",
    ),
    "a place below each Mac of a column": (
        "$A\nlondon lab\n$B\nparis design",
        "A london lab, B paris design",
    ),
    "a place above each Mac of a column": (
        "london lab\n$A\nparis design\n$B",
        "A london lab, B paris design",
    ),
    "one that is gone": ("Serial,Site\n$A,london\n$B is broken,london", "A london, B? london"),
    "one that is an example": ("Serial,Site\n$A,london\ne.g. $B,paris", "A london, B? paris"),
    "a sentence below the rows": (
        "Serial,Site\n$A,london\n\nplease add $B for paris too,",
        "A london, B paris",
    ),
    "a site and its room": ('Serial,Site\n$A,london\n$B,"paris, room 4"', "A london, B paris"),
    "what is no room may be another site": (
        "Serial,Site\n$A,london\n$B,paris (HQ)",
        "A london, B paris (HQ)",
    ),
    "the first of two in a row, for both": ("London: $A,$B", "A London, B London"),
    "each of two in a row": ("$A london,$B paris", "A london, B paris"),
    "builds of two in a row": ("$A lab,$B kiosk", "A lab, B kiosk"),
    "a column of both kinds": (
        "Serial,Site/Build\n$A,london/lab\n$B,paris\n$C,kiosk",
        "A london lab, B paris, C kiosk",
    ),
    "one of two is struck through": ("Serial,Site\n<s>$A</s> $B,london", "A? london, B london"),
    "the end of one behind a space": (
        "Serial,Site\n$A,paris\nC02XG0FDJG H5,london",
        "A paris, D? london",
    ),
    "a picture at one": ("Serial,Site\n✅$A✅,london", "A london"),
    "a link to its page": (
        "Serial,Site\nhttps://a.example.com/hw/$A,london\nhttps://a.example.com/?sn=$B&x=1,paris",
        "A london, B paris",
    ),
    "an arrow or a picture right behind one": (
        "Serial,Build\n$A→London,lab\n$B✓Ann Miller,lab",
        "A London lab, B lab",
    ),
    "signs of Japanese between several": (
        "Serial,Build\n$A、$B：Paris,lab\n$C,design",
        "A Paris lab, B Paris lab, C design",
    ),
    "lines of JSON without their brackets": (
        '"inventory": [\n {"sn": "$A", "office": "Paris"},\n {"sn": "$B", "office": "London"}\n]',
        "A Paris, B London",
    ),
    "the column says more than the cell": ("Serial,Site\n$A (from paris),london", "A london"),
}

GONE = ["Display gebrochen", "lost in transit", "returned", "is stuk", "andato perso"]
# What came in the place of another, what is negated, and what such a word means elsewhere.
KEPT = [
    "Replaces stolen one", "Ersatz für defekt", "reemplaza uno roto", "not broken", "nicht defekt",
    "1 stuk", "usage perso",
]  # fmt: skip

ABOVE = {
    "a sentence": ("Urgent: $A for london,\nSerial,Site\n$B,paris", "A? london, B paris"),
    "one with two places": ("london or paris: $A,\nSerial,Site\n$B,paris", "A?, B paris"),
    "rows of another list": (
        "$A,london,\n$C,paris,\n\nSerial,Site,Note\n$B,paris,new",
        "A? london, C? paris, B paris",
    ),
    "an order's number is none": ("Order: H2RT6N8YQD,\nSerial,Site\n$B,paris", "B paris"),
}

BELOW = {
    "a place alone": ("Serial,Model\n$A,MBP\n$B,MBA\n\nLondon,", "A London, B London"),
    "a sentence": ("Serial,Model\n$A,x\n$B,y\nAll of these go to London,", "A London, B London"),
    "a field": ("Serial,Model\n$A,x\nSite: Paris,\nBuild: lab,", "A Paris lab"),
    "a build": ("Serial,Site\n$A,london\n$B,\nall design,", "A london design, B design"),
    "a site, but one has its own": ("Serial,Site\n$A,london\n$B,\nParis,", "A london, B"),
    "another site with a build": ("Serial,Site\n$A,london\n$B,\nParis lab,", "A london, B"),
    "who sends it": ('Serial,Model\n$A,x\n"Thanks, Ann, London",', "A"),
    "a signature": ("Serial,Model\n$A,x\nBest,\nAnn,\nLondon office,", "A"),
    "it, with a signature below": ("Serial,Model\n$A,x\nParis,\nBest,\nLondon,", "A Paris"),
    "a sum": ("Serial,Model\n$A,x\nTotal London,", "A"),
    "two sites, of sections without Macs": ("Serial,Model\n$A,x\nParis,\nLondon,", "A"),
    "two builds, of sections without Macs": ("Serial,Model\n$A,x\nlab,\nbasic,", "A"),
    "the site of one of them": ("Serial,Site\n$A,london\n$B,\nlondon,", "A london, B"),
    "where it was written": ('Serial,Model\n$A,x\n"Berlin, den 12.03.2026",', "A"),
    "that without quotation marks": ("Serial,Model\n$A,x\nBerlin, 12.03.2026", "A"),
    "where they go, with a day": ('Serial,Model\n$A,x\n"all to Berlin, 12.03.2026",', "A Berlin"),
}  # fmt: skip


@for_each(("text", "macs"), LINES.values(), ids=LINES)
def test_what_a_cell_says_beside_its_serial_is_read_as_in_a_line(text: str, macs: str) -> None:
    assert dropped(f"{text}\n").macs == macs


@for_each(("state", "macs"), [*((s, "A? london") for s in GONE), *((s, "A london") for s in KEPT)])
def test_a_state_asks_about_a_mac_that_is_gone(state: str, macs: str) -> None:
    assert dropped(f"Serial,Site,Status\n$A,london,{state}\n$B,paris,new\n").macs == (
        f"{macs}, B paris"
    )


@for_each(("text", "macs"), ABOVE.values(), ids=ABOVE)
def test_a_mac_above_the_headings_is_asked_about(text: str, macs: str) -> None:
    told = dropped(f"{text}\n")

    assert told.macs == macs
    assert told.why.get("A") in (ABOVE_HEAD, None)


@for_each(("text", "macs"), BELOW.values(), ids=BELOW)
def test_a_row_below_all_that_names_only_a_place_is_for_those_without_one(
    text: str, macs: str
) -> None:
    assert dropped(f"{text}\n").macs == macs


def test_a_sentence_above_and_below_pasted_columns_loses_no_mac() -> None:
    columns = "Serial\tSite\n$B\tparis\n$C\tlondon"

    assert pasted(f"First of all $A for london\n{columns}\n$D for paris").macs == (
        "A london, B paris, C london, D paris"
    )


def test_a_sheet_of_lines_is_read_as_lines() -> None:
    sheet = workbook({"Plan": [[f"MacBook {A} for london (design)"], [f"MacBook {B} for paris"]]})

    assert dropped(sheet, "plan.xlsx").macs == "A london design, B paris"

    below = workbook({"Plan": [[A], ["london design"], [B], ["paris lab"]]})
    assert dropped(below, "plan.xlsx").macs == "A london design, B paris lab"

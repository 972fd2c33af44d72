"""Rows of tables: cells with more than a serial, sections, outlines, and what leaves Macs out."""

from provisioning.imports.parsing.tokens.serial_shapes import CUT, ELEVEN, OTHER_FORM
from tests.support.inputs.lists import A, B, C, D, dropped, pasted
from tests.support.inputs.spreadsheets import workbook
from tests.support.tables import for_each

CELLS = {
    "$A, $B": "A london, B london",
    "$A / $B": "A london, B london",
    "$A\n$B": "A london, B london",
    "$A+$B": "A london, B london",
    "${A}_$B": "A london, B london",
    "$A=$B": "A london, B london",
    "$A (Ann)": "A london",
    "SN: $A": "A london",
    "$A*": "A london",
    "1.$A": "A london",
    '=""$A""': "A london",
    "'$A": "A london",
    "$D-Ann": "C02XG0FDJGH5-Ann? london",
    "H4WK7Q0PXl": "H4WK7Q0PXL? london",
    "C02X-G0FD-JGH5": "D? london",
    "C02YK1QW": "C02YK1QW? london",
    "C02YK1QWLVDNAB": "C02YK1QWLVDNAB? london",
    "HQXKJTWMLV": "HQXKJTWMLV london",
}

SECTIONS = {
    "a row of one name holds for those below": (
        "Serial,Count\nlondon,2\n$A,1\n$B,1\nparis,2\n$C,1\n$D,1",
        "A london, B london, C paris, D paris",
    ),
    "an outline is filled in and asked about": (
        "Site,Serial\nlondon,$A\n,$B\nparis,$C\n,$D",
        "A london, B? london, C paris, D? paris",
    ),
    "a site that begins anew in it ends the build of the one before": (
        "Site,Build,Serial\nlondon,design,$A\n,,$B\nparis,,$C\n,basic,$D",
        "A london design, B? london design, C paris, D? paris basic",
    ),
    "a site that some rows lack is no outline": (
        "Site,Serial\nlondon,$A\n,$B\nlondon,$C\n,$D",
        "A london, B, C london, D",
    ),
    "nor is one behind the serials": (
        "Serial,Site\n$A,london\n$B,\n$C,paris\n$D,",
        "A london, B, C paris, D",
    ),
    "nor is a build in a flat table": (
        "Site,Build,Serial\nlondon,design,$A\nlondon,,$B\nparis,,$C\nparis,basic,$D",
        "A london design, B london, C paris, D paris basic",
    ),
    "a cell that says that there is nothing ends the one above": (
        "Site,Serial\nlondon,$A\n,$B\nn/a,$C\n,$D\nparis,C02YK1QWLVDN",
        "A london, B? london, C, D, C02YK1QWLVDN paris",
    ),
    "a word or a sign for the same is the name above": (
        "Serial,Site,Build\n$A,london,lab\n$B,dito,〃\n$C,paris,\n$D,same,",
        "A london lab, B? london lab, C paris, D? paris",
    ),
    "a state without a serial beside it is no section": (
        "State,Serial\nnew,$A\nbroken,\nnew,$B",
        "A, B",
    ),
    "a section may be of Macs that are gone": (
        "Serial,Site\nTo deploy,\n$A,paris\nReturned,\n$B,paris\nNew,\n$C,paris",
        "A paris, B? paris, C paris",
    ),
    "one of Macs that are gone may have places, and another one ends at a place": (
        "Serial,Build\n$A,lab\nRetired:,\nLondon:,\n$B,lab\nGone:,\nBroken,\n$C,lab\nParis,\n$D,lab",
        "A lab, B? London lab, C? London lab, D Paris lab",
    ),
}

MARKS = {
    "no where it is asked what to deploy": (
        "S/N,Site,Ready to deploy?\n$A,london,Y\n$B,paris,N",
        "A london, B? paris",
    ),
    "no where others are ready": ("Serial,Ready?\n$A,no\n$B,yes", "A?, B"),
    "yes where it is asked what is done": ("Serial,Erledigt\n$A,x\n$B,\n$C,nein", "A?, B, C"),
    "but not where none is, as all wait to be set up": ("Serial,Ready?\n$A,N\n$B,N", "A, B"),
    "a state": (
        "Serial,State\n$A,In repair\n$B,Delivered\n$C,missing\n$D,verkaufter",
        "A?, B, C?, D?",
    ),
    "a state of any kind": (
        "Serial,Asset State,MDM status\n$A,Missing,ok\n$B,In stock,Removed\n$C,In stock,ok",
        "A?, B?, C",
    ),
    "a state of what is done, where others say something else": (
        "Serial,Status\n$A,Done\n$B,To do\n$C,completed",
        "A?, B, C?",
    ),
    "or nothing": ("Serial,Status,Site\n$A,done,paris\n$B,,paris", "A? paris, B paris"),
    "but not where all are, as they may be set up anew": ("Serial,State\n$A,deployed", "A"),
    "an act that is none of setting up": ("Serial,Action\n$A,Return\n$B,Deploy", "A?, B"),
    "a state that says more about it": (
        "Serial,Status\n$A,Lost in transit\n$B,Missing - reported\n$C,Delivered",
        "A?, B?, C",
    ),
    "that it is gone, below a heading that is not known": (
        "Serial,Foo\n$A,volé\n$B,報廢\n$C,skradziony\n$D,kasserad",
        "A?, B?, C?, D?",
    ),
    "yes where it is asked if it is gone": (
        "Serial,Is Missing,is_removed\n$A,True,False\n$B,False,yes\n$C,False,False",
        "A?, B?, C",
    ),
    "a date on which it was gone": (
        "Serial,Returned,Retired Date\n$A,2025-01-31,\n$B,,01/02/2025\n$C,,",
        "A?, B?, C",
    ),
    "a note that it is to go or to wait": (
        "Serial,Notes\n$A,on hold until May\n$B,to be returned to us\n$C,return label in box",
        "A?, B?, C",
    ),
    "and no below the name of a place is none": (
        "Serial,design,kiosk\n$A,TRUE,FALSE\n$B,no,yes",
        "A design, B kiosk",
    ),
    "a note that says not to": (
        "Serial,Comment\n$A,DO NOT DEPLOY\n$B,nicht ausrollen\n$C,do not lift alone",
        "A?, B?, C",
    ),
    "that it is broken, not that it breaks": (
        "シリアル番号,備考\n$A,壊れています\n$B,壊れ物注意",
        "A?, B",
    ),
    "that it is an example": (
        "Device,Location\nExample: $A,paris\n$B,london",
        "A? paris, B london",
    ),
    "a note": ("Serial,Comment\n$A,not yet arrived\n$B,Broken\n$C,broken charger", "A?, B?, C"),
    "the beginning of a long note": (
        "Serial;Note\n$A;not needed, keep it\n$B;returned - Ann has new\n$C;lost cable, fine",
        "A?, B?, C",
    ),
    "a short note with more words": (
        "Serial,Notes\n$A,pantalla rota\n$B,already registered\n$C,replaced the broken hinge of it",
        "A?, B?, C",
    ),
}


@for_each(("cell", "macs"), CELLS.items())
def test_a_cell_is_read_as_free_text_is(cell: str, macs: str) -> None:
    assert dropped(f'Serial,Site\n"{cell}",london\n').macs == macs


@for_each("heading", ['="Serial"\n="$A"', '"=""Serial"""\n"=""$A"""', "'Serial'\n'$A'"])
def test_quotes_and_formulas_of_programs_are_taken_off(heading: str) -> None:
    assert dropped(f"{heading}\n").macs == "A"


@for_each(
    ("cell", "reason"),
    [
        ("C02XG0FDJG", CUT),
        ("H4WK7Q0PXV2", ELEVEN),
        ("C0>2XG0FDJGH5", "was written with a space in it"),
        ("H4--K7Q0PXV", OTHER_FORM),
        ("lon-mac-1", OTHER_FORM),
        ("W88401AB1CD", None),
    ],
)  # fmt: skip
def test_a_cell_that_lost_a_part_of_its_serial_is_asked_about(
    cell: str, reason: str | None
) -> None:
    told = dropped(f"Serial,Site\n$A,london\n{cell},paris\n")

    assert [*told.why.values()] == ([reason] if reason else [])


@for_each(("text", "macs"), SECTIONS.values(), ids=SECTIONS)
def test_a_place_that_stands_once_holds_for_several_rows(text: str, macs: str) -> None:
    assert dropped(f"{text}\n").macs == macs


def test_a_place_out_of_the_row_above_is_one_doubt_for_all_of_them() -> None:
    why = dropped("Site,Build,Serial\nlondon,design,$A\n,,$B\nparis,basic,$C\n,,$D\n").why

    assert why == dict.fromkeys("BD", "has its place only from a row above it")


@for_each("sign", ['"', "''", "dto.", "as above", "idem"])
def test_a_sign_for_the_same_is_the_name_above_it_and_asked_about(sign: str) -> None:
    rows = [["Serial", "Site"], [A, "london"], [B, sign]]

    assert dropped(workbook({"Plan": rows}), "plan.xlsx").macs == "A london, B? london"


@for_each("error", ["#N/A", "#REF!", "#NV"])
def test_a_cell_that_a_spreadsheet_could_not_work_out_says_nothing(error: str) -> None:
    assert dropped(f"Serial,Site\n$A,{error}\n$B,london\n").macs == "A, B london"


def test_cards_below_each_other_in_a_sheet_are_a_mac_each() -> None:
    cards = [
        ["Mac 1"],
        ["Serial", A],
        ["Site", "london"],
        ["Mac 2"],
        ["Serial", B],
        ["Site", "paris"],
    ]

    assert dropped(workbook({"Plan": cards}), "plan.xlsx").macs == "A london, B paris"


def test_a_workbooks_blank_cell_is_asked_about_too() -> None:
    rows: list[list[str | None]] = [
        ["Site", "Serial"],
        ["london", A],
        [None, B],
        ["paris", C],
        [None, D],
    ]

    macs = dropped(workbook({"Plan": rows}), "plan.xlsx").macs
    assert macs == "A london, B? london, C paris, D? paris"


@for_each(("text", "macs"), MARKS.values(), ids=MARKS)
def test_macs_that_their_rows_call_unwanted_or_gone_are_asked_about(text: str, macs: str) -> None:
    assert dropped(f"{text}\n").macs == macs


@for_each(
    ("text", "macs"),
    [
        ("$A,london,$B,paris\n$C,london,$D,paris", "A london, B paris, C london, D paris"),
        ("london,$A,paris,$B\nlondon,$C,paris,$D", "A london, B paris, C london, D paris"),
        (
            "london,,paris,\n$A,lab,$B,kiosk\n$C,lab,$D,kiosk",
            "A london lab, B paris kiosk, C london lab, D paris kiosk",
        ),
        (
            "$A,london,paris,$B,berlin,paris\n$C,london,paris,$D,berlin,paris",
            "A? london, B? london, C? london, D? london",
        ),
    ],
)
def test_blocks_without_headings_have_a_place_each(text: str, macs: str) -> None:
    assert dropped(text).macs == macs


def test_of_serials_and_places_that_are_no_blocks_each_mac_may_be_for_each() -> None:
    found = dropped("$A,$B,london,paris\n$C,$D,paris,london")

    assert found.macs == "A? london, B? london, C? paris, D? paris"
    assert found.why["A"].startswith("is for london in one place and for paris in another; ")


def test_old_serials_beside_new_ones_are_left_out() -> None:
    found = dropped("Old serial,New serial,Site\n$A,$B,london\n")

    assert (found.macs, found.why) == ("B london", {"A": "it is the serial of the old Mac"})


def test_other_serials_beside_new_ones_are_called_old_where_their_heading_is_of_serials() -> None:
    found = dropped("New serial,Site,Box\n$A,london,$B\n$C,london,$D\n")

    assert found.macs == "A london, C london"
    assert {*found.why.values()} == {"it is not in the column of the serials"}


def test_one_cell_of_notes_holds_no_mac_without_a_word() -> None:
    assert pasted("Serial\tNote\n$A\tback: $D").why == {
        "D": "it stands in another cell than the serials, such as a note"
    }

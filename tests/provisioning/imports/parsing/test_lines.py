"""Lines of text: the places that lines name for serials, and what stands beside these."""

from provisioning.imports.parsing import free_text
from tests.support.inputs.lists import A, B, dropped, pasted
from tests.support.tables import for_each

PLACES = {
    "of a Mac is its own where things beside it are named": (
        "$A paris with Logitech mouse, keyboard DE\n$B london",
        "A paris, B london",
    ),
    "that a Mac leaves is a site with a build behind it": (
        "$A from paris lab to berlin design",
        "A berlin design",
    ),
    "of serials for people it is that of the line": (
        "for Ann: $A, for Ben: $B, both in Paris",
        "A Paris, B Paris",
    ),
    "in brackets behind the last serial it is its own": (
        "- Paris\n  - $A\n- London\n  - $B (design)",
        "A Paris, B London design",
    ),
    "is none of another machine's behind its label": (
        "2 MacBooks and a monitor for paris. MacBooks: $A, $C. Monitor: $B",
        "A paris, C paris",
    ),
    "stands in their column where the headings are the first one": (
        "Here they are:\nSerial | $A | $B\nSite | london | paris\nBuild | lab | basic\nThanks",
        "A london lab, B paris basic",
    ),
    "for one that is said twice it is its own": (
        "$A, $B and $C all go to paris, but $B is a lab",
        "A paris, B paris lab, C paris",
    ),
    "for one that is said twice in the last line, too": (
        "$A and $B for paris\n$B is a lab",
        "A paris, B paris lab",
    ),
    "in brackets it gives the other Macs nothing": ("$A london\n$B (design)", "A london, B design"),
    "in brackets it may be meant for a Mac above without any": ("$A\n$B (paris)", "A?, B paris"),
    "in brackets it may say that it is for both": ("$A\n$B (both paris)", "A paris, B paris"),
    "in brackets it is an exception from the one before all serials": (
        "London unless noted: $A, $B (paris), $C",
        "A London, B paris, C London",
    ),
    "in brackets it gives a Mac before it in the line nothing": (
        "London: $A, $B (design)\n$C and $D (basic) to Paris",
        "A London, B London design, C Paris, D Paris basic",
    ),
    "may have a sign between its names": (
        "$A London-Design\nParis_basic:\n$B",
        "A London Design, B Paris basic",
    ),
    "is none where a computer is called so": (
        "$A is called paris-kiosk, goes to London design",
        "A London design paris-kiosk",
    ),
    "of a Mac that is to be shipped is named before a comma": (
        "ship $A to paris, then $B",
        "A paris, B paris",
    ),
    "of a manifest is a line of its own": (
        "included_manifests/sites/london\nincluded_manifests/builds/design\n$A",
        "A london design",
    ),
    "a build before a later site is that of its clause alone": (
        "The Paris ones: $A $B. New lab ones for Berlin: $C",
        "A Paris, B Paris, C Berlin lab",
    ),
    "a quotation mark in a cell is the place above it": (
        'Serial\tSite\tBuild\n$A\tparis\tlab\n$B\t"\tbasic\n$C\tlondon\t"',
        "A paris lab, B? paris basic, C? london basic",
    ),
    "a line in Japanese may name it": (
        "下記のMac 2台をlondonのdesignで登録お願いします。\n・$A\n・$B",
        "A london design, B london design",
    ),
    "or with a colon": (
        "以下の端末: london, design\n・$A\n・$B",
        "A london design, B london design",
    ),
    "or in Korean": ("다음 맥을 london design\n・$A\n・$B", "A london design, B london design"),
    "greetings beside it say nothing": (
        "$A\n$B\nLondon design, viele Grüße",
        "A London design, B London design",
    ),
    "a name of three parts is no serial beside it": (
        "$A paris lab LDS-STF-01\n$B paris lab, name it lab-07",
        "A paris lab, B paris lab lab-07",
    ),
    "in a message of a chat it stands behind who wrote it": (
        "[03.02.26, 09:14:22] Ann: paris lab\n[3.2.26, 09:15:01] Ann: $A\n2/3/26, 9:15 AM - Bo: $B",
        "A paris lab, B paris lab",
    ),
    "in a message that was copied without its date as well": (
        "[10:32] Ann: two for paris lab\n[10:33] Ann: $A\n[30/11, 10:34] Bo: $B",
        "A paris lab, B paris lab",
    ),
    "in a subject it stands beside a ticket": (
        "Subject: AW: [REQ-3312] new starters London\n\n$A\n$B",
        "A London, B London",
    ),
    "in a record of TOML it stands in quotation marks": (
        '[[mac]]\nserial = "$A"\nsite = "paris"\n\n[[mac]]\nserial = "$B"\nsite = "london"',
        "A paris, B london",
    ),
    "below a serial in brackets it is of that": (
        "[$A]\nsite=paris\nbuild=lab\n[$B]\nsite=london\nbuild=lab",
        "A paris lab, B london lab",
    ),
    "in JSON it may have a list of serials": (
        '{"paris": ["$A", "$B"], "london": ["$C"]}',
        "A paris, B paris, C london",
    ),
    "the build of the last Mac is its own, where others have theirs": (
        "$A london design\n$B london\n$C london kiosk",
        "A london design, B london, C london kiosk",
    ),
    "a machine of any kind comes with a Mac": (
        "$A london with a new iPad\n$B paris",
        "A london, B paris",
    ),
    "a Mac with a charger has one": (
        "$A with charger, $B without, both for paris",
        "A paris, B paris",
    ),
    "a sentence above columns names that of all rows": (
        "hi, please do these for Paris\n\n$A\tlab-01\n$B\tlab-02",
        "A Paris lab-01, B Paris lab-02",
    ),
    "a line below columns does": (
        "$A\tlab-01\n$B\tlab-02\nberlin basic",
        "A berlin basic lab-01, B berlin basic lab-02",
    ),
    "and a sentence below a table": (
        "Serial\tName\n$A\tlab-01\n$B\tlab-02\n\nall for Berlin, basic",
        "A Berlin basic lab-01, B Berlin basic lab-02",
    ),
    "whatever separates its cells": (
        "Serial,Name\n$A,lab-01\n$B,lab-02\nberlin basic",
        "A berlin basic lab-01, B berlin basic lab-02",
    ),
    "a line below that says more names none": (
        "$A\tlab-01\n$B\tlab-02\nnot for berlin but soon",
        "A lab-01, B lab-02",
    ),
    "of two Macs with names it is that of the last line": (
        "$A lab-mac-07\n$B lab-mac-08\nlondon design",
        "A london design lab-mac-07, B london design lab-mac-08",
    ),
    "a build may stand in the plural": (
        "2 kiosks for London: $A, $B",
        "A London kiosk, B London kiosk",
    ),
    "a word for the kind of a name may stand before it": (
        "die folgenden Geräte sind für Standort Berlin, Rolle kiosk:\n$A\n$B",
        "A Berlin kiosk, B Berlin kiosk",
    ),
    "the same is that of the Mac above, and asked about": (
        "$A london design\n$B same",
        "A london design, B? london design",
    ),
    "one for the rest holds for other lines": (
        "$A berlin kiosk, the rest london design:\n$B\n$C",
        "A berlin kiosk, B london design, C london design",
    ),
    "the rest may be some of those in its line": (
        "$A, $B, $C: the first two to berlin, the rest to london\n$D",
        "A? berlin, B? berlin, C? berlin, D",
    ),
    "one for all but one Mac is not that one's": (
        "All to london design except $C, which is for berlin:\n$A\n$B",
        "C? berlin design, A london design, B london design",
    ),
    "cells that were copied one a line stand below their headings": (
        "Hi,\n\nSerial\n\nLocation\n\nProfile\n\n$A\n\nlondon\n\ndesign\n\n$B\n\nberlin\n\nkiosk\n\nBye",
        "A london design, B berlin kiosk",
    ),
    "fields may stand below a serial alone": (
        "1. $A\n   site: berlin\n   build: kiosk\n2. $B\n   site: paris\n   build: design",
        "A berlin kiosk, B paris design",
    ),
    "or below all of them": (
        "$A\n$B\nsite: berlin\nbuild: kiosk",
        "A berlin kiosk, B berlin kiosk",
    ),
    "or each below its heading": (
        "Serial Number\n$A\nModel\nMac mini\nSite\nlondon\n\nSerial Number\n$B\nSite\nberlin",
        "A london, B berlin",
    ),
    "one for all holds unless a line says more": (
        "Everything london unless noted\n$A\n$B berlin",
        "A london, B berlin",
    ),
    "or below their serials": (
        "$A\nlondon\ndesign\n$B\nberlin\nkiosk",
        "A london design, B berlin kiosk",
    ),
    "a line for each heading may list as many": (
        "Serial: $A, $B\nSite: london, berlin\nBuild: design",
        "A london design, B berlin design",
    ),
    "a cell as wide as its column does not hide the next": (
        "Serial       Asset     Site\n$D AT20012345 london\n$A              berlin",
        "D london, A berlin",
    ),
    "names of computers before serials are each their own": (
        "lab-07 = $A, lab-08 = $B, london",
        "A london lab-07, B london lab-08",
    ),
    "a command may name the Macs": (
        "register $A london design named lab-07\n$B london design named lab-08",
        "A london design lab-07, B london design lab-08",
    ),
}


@for_each(("text", "macs"), PLACES.values(), ids=PLACES)
def test_the_place_of_serials(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


def test_serials_for_a_place_that_is_not_known_are_asked_about_beside_one_that_is() -> None:
    told = pasted("Nouveaux Mac pour Paris : $A et $B ; pour Londres : $C")

    assert told.macs == "A Paris, B Paris, C?"
    assert told.why == {"C": "is for 'Londres', and there is no site of that name"}


def test_a_place_in_brackets_that_may_hold_for_a_mac_above_is_named() -> None:
    assert pasted("$A\n$B (paris)").why == {
        "A": "stands above 'paris' in brackets, which may hold for it"
    }


def test_a_serial_with_a_word_in_brackets_is_no_heading() -> None:
    assert dropped("Serial,Site\n$A (new),paris\n$B (replacement),paris").macs == (
        "A paris, B paris"
    )


def test_a_field_in_two_lines_holds_for_all_serials_of_a_list_below_it() -> None:
    assert pasted("Site\nlondon\nSerials\n$A\n$B").macs == "A london, B london"


def test_no_serial_is_lost_where_one_line_of_copied_cells_has_two_of_them() -> None:
    told = pasted("Serial\nSite\nBuild\n$A\nlondon\nlab $B\nparis\nlab")

    assert all(letter in told.macs for letter in "AB")


@for_each("line", ["Site: paris, which is closed", "Office: paris until Friday"])
def test_a_field_with_more_than_a_name_is_no_place_for_all(line: str) -> None:
    assert pasted(f"$A\n$B\n{line}").macs == "A, B"


@for_each(
    "line",
    [
        "All items were packed in london",
        "Diese Geräte wurden in london verpackt",
        "Tous les Mac ont été emballés à london",
        "Todos fueron comprados en london",
    ],
)
def test_where_all_macs_were_before_is_no_place_for_them(line: str) -> None:
    assert pasted(f"$A\n$B\n{line}").macs == "A, B"
    assert pasted("$A\n$B\nAll of these were ordered for london").macs == "A london, B london"


def test_the_name_of_a_site_with_a_hyphen_is_none_of_a_computer() -> None:
    read = free_text.read(f"Serial\tName\n{A}\tnew-york\n{B}\tnew-york", ("new-york",), ("basic",))

    assert {(entry.site, entry.name) for entry in read.entries} == {("new-york", None)}


@for_each(
    "said",
    [
        *("all kiosk", "both as kiosk please", "kiosk for everyone", "(all kiosk)"),
        *("beide kiosk", "les deux en kiosk", "tutti kiosk", "allebei kiosk", "すべてkiosk"),
    ],
)
def test_a_build_for_all_behind_the_last_of_several_sites_is_for_all(said: str) -> None:
    assert pasted(f"$A london\n$B paris, {said}").macs == "A london kiosk, B paris kiosk"


def test_the_build_of_a_mac_that_a_line_names_again_is_its_own() -> None:
    text = "$C berlin\n$A and $B for london, and $B is a kiosk"

    assert pasted(text).macs == "C berlin, A london, B london kiosk"

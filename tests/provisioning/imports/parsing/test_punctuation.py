"""Serials with signs, labels and odd spellings at them."""

from tests.support.inputs.lists import A, D, dropped, pasted
from tests.support.tables import for_each

PUNCTUATION = {
    "$A->berlin design": "A berlin design",
    "$A- berlin design": "A berlin design",
    "$A → berlin, design": "A berlin design",
    "$A+$B for paris": "A paris, B paris",
    "$A-$B for paris": "A paris, B paris",
    "${A}_$B for paris": "A paris, B paris",
    "$A=$B for paris": "A paris, B paris",
    "$A.$B for paris": "A paris, B paris",
    "$A、$B，$C": "A, B, C",
    "$A；$B → paris": "A paris, B paris",
    "$A✅✅": "A",
    "Ｈ４ＷＫ７Ｑ０ＰＸＶ": "A",
    "Serials:\n$A, $B\n$C": "A, B, C",
    "1.$A\n2.$D\nparis": "A paris, D paris",
    "1)$A\n2)$D\nparis": "A paris, D paris",
    "1-$A\n2-$D\nparis": "A paris, D paris",
    "#1:$A\n#2:$D\nparis": "A paris, D paris",
    "(b)$A\n(b)$D\nparis": "A paris, D paris",
    "$A=paris\n$D=london": "A paris, D london",
    "$A@paris\n$D@london": "A paris, D london",
    "$A=paris=lab\n$D=london=design": "A paris lab, D london design",
    "paris-$A\nlondon-$D": "A paris, D london",
    "c02xg0fdjgh5=paris\nh4wk7q0pxv=london": "D paris, A london",
    "paris=$A.\nlondon=$D.": "A paris, D london",
    "$A named lab‐07 paris\n$B‐ paris": "A paris lab-07, B paris",
    "$A named lab‑07 paris\n$B‑ paris": "A paris lab-07, B paris",
    "$A named lab−07 paris\n$B− paris": "A paris lab-07, B paris",
    "<p>for London: <b>C02XG</b>0FDJGH5</p>": "D London",
    "]d20100194253123456\x1d21$A\n]d20100194253123456\x1d21$D": "A, D",
    "010019425312345621$A\n010019425312345621$D": "A, D",
    "$A*$B*": "A, B",
    "$A - $D paris": "A paris, D paris",
    "(01)00194253123456(21)$A\n(01)00194253123456(21)$D": "A, D",
    "SN$D paris": "D paris",
}
ASKED = {
    "H4WK 7Q0P XV\n$B": "A?, B",
    "C 02XG0 FDJGH5\n$B": "D?, B",
    "H4W K7Q 0PX V\n$B": "A?, B",
    "SN$A\n$B": "SNH4WK7Q0PXV?, B",
    "H4WK7Q0PXl paris": "H4WK7Q0PXL? paris",
    "for the guests: Kx7Qm29LpZ": "KX7QM29LPZ?",
    "C02-XG0F-DJGH5 paris": "D? paris",
    "C02XG0F-DJGH5 paris": "D? paris",
    "$A.local paris": "H4WK7Q0PXV.local? paris",
    "mac-$A paris": "mac-H4WK7Q0PXV? paris",
    "C0 2XG0FDJGH5\n$B": "D?, B",
    "C—02XG0FDJGH5 paris": "D? paris",
    "$A-mbp paris": "H4WK7Q0PXV-mbp? paris",
    "S$B\nSK9TXK7J4QZ": "B?, K9TXK7J4QZ?",
}


@for_each(("text", "macs"), PUNCTUATION.items())
def test_punctuation_and_markup_at_serials_are_none_of_theirs(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each(("text", "macs"), ASKED.items())
def test_serials_that_were_written_oddly_are_asked_about(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


@for_each("text", ["$A london\nC02 projector", "$A london\nroom C02 furniture"])
def test_a_word_in_small_letters_is_no_second_half_of_a_serial(text: str) -> None:
    assert pasted(text).macs == "A london"


@for_each(
    "text",
    [
        f"please set up the Mac with the serial {D[:6]}-\n{D[6:]} for berlin",
        f"the serial number of the Mac that you asked for is {D[:7]}=\n{D[7:]} for berlin",
        f"please do {D[:8]}\n{D[8:]} for berlin",
    ],
)
def test_a_serial_that_a_mail_has_wrapped_is_one_and_asked_about(text: str) -> None:
    told = pasted(text)

    assert (told.macs, told.why) == ("D? berlin", {"D": "was written over two lines"})


def test_another_word_that_stands_at_a_serial_is_asked_about() -> None:
    told = pasted("$D-Ann\n$A=Munich")

    assert told.macs == "D?"
    assert f"{A}=Munich" in told.why
    for text in (f"ann?{A}", f"{A}~ann", f"12@{A}"):
        assert pasted(f"please do {text} for paris").why, text


def test_no_serial_is_lost_in_codes_of_programs() -> None:
    assert pasted("REF*SE*$A~\nREF*SE*$B~").why.keys() == {"SE*H4WK7Q0PXV", "SE*GQ2JX9M1LT"}
    assert pasted("]H9TXK7J4QY").macs == "H9TXK7J4QY"


def test_an_s_of_a_scanner_is_none_where_other_codes_show_it() -> None:
    assert pasted("S$B\n1PMGPK3BA\n").macs == "B"


def test_an_asset_tag_beside_its_mac_is_left_out() -> None:
    told = pasted("AT001412 $A\nAT001413 $B")

    assert (told.macs, {*told.why}) == ("A, B", {"AT001412", "AT001413"})


def test_a_tag_with_an_underscore_is_one_as_well() -> None:
    assert pasted("$A\nINV_0042123\n$B").macs == "A, B"
    assert pasted("INV_0042123").why == {
        "INV_0042123": "may be none: it looks like an asset's number"
    }


def test_small_letters_alone_are_no_doubt() -> None:
    for text in (A, A.lower(), A.capitalize()):
        assert dropped(f"Serial\n{text}\n").macs == pasted(f"for the guests: {text}").macs == "A"

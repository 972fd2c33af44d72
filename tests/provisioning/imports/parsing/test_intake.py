"""Lists as people have them: what is taken from them, asked about, and left out with a reason."""

import base64
import quopri
from dataclasses import dataclass

import pytest

from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import Entry, ParseResult, UnreadableFile
from tests.support.inputs.spreadsheets import archive
from tests.support.tables import for_each

SITES = ("london", "berlin", "paris", "zürich")
BUILDS = ("basic", "design")
ONE, TWO, THREE = "C02YK1QWLVDN", "FVFX9Q2LHV2J", "H9TXK7J4QY"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Macs that are taken and asked about, as `serial site build name`, and what is left out."""

    taken: list[str]
    asked: list[str]
    left: dict[str, str]


def said(entry: Entry) -> str:
    parts = (entry.serial.text, entry.site, entry.build, entry.name)
    return " ".join(part for part in parts if part)


def sorted_out(result: ParseResult) -> Sorted:
    return Sorted(
        [said(entry) for entry in result.entries if not entry.doubt],
        [said(entry) for entry in result.entries if entry.doubt],
        {rejected.text: rejected.reason for rejected in result.rejected},
    )


def pasted(text: str) -> Sorted:
    return sorted_out(free_text.read(text, SITES, BUILDS))


def dropped(content: str | bytes, name: str = "macs.csv") -> Sorted:
    raw = content.encode() if isinstance(content, str) else content
    return sorted_out(files.read_here(raw, name, SITES, BUILDS))


def test_the_column_that_holds_serials_is_theirs_whatever_a_title_says() -> None:
    rows = f"Delivery serial list,,\nAT20012345,{ONE},London\nAT20012346,{TWO},Berlin\n"

    assert dropped(rows).taken == [f"{ONE} London", f"{TWO} Berlin"]


def mail(encoding: str, body: bytes, kind: str = "plain") -> str:
    head = f"Subject: Macs\nContent-Type: text/{kind}; charset=utf-8\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n{body.decode('ascii')}"


@for_each(
    ("encoding", "body", "kind"),
    [
        ("quoted-printable", quopri.encodestring(b"SN=" + ONE.encode() + b" london"), "plain"),
        ("base64", base64.encodebytes(f"Serial: {ONE} london".encode()), "plain"),
        ("7bit", f"<p>Serial: <b>{ONE}</b> london</p>".encode(), "html"),
    ],
)
def test_a_mail_is_decoded(encoding: str, body: bytes, kind: str) -> None:
    assert dropped(mail(encoding, body, kind), "mail.eml").taken == [f"{ONE} london"]


def test_a_mail_in_two_forms_is_read_once() -> None:
    parts = [f"--b\nContent-Type: text/{kind}\n\n{ONE} london\n" for kind in ("plain", "html")]
    whole = f"Content-Type: multipart/alternative; boundary=b\n\n{''.join(parts)}--b--\n"

    assert dropped(whole, "mail.eml") == Sorted([f"{ONE} london"], [], {})


@for_each("text", [f"{ONE}->berlin design", f"{ONE}- berlin design", f"{ONE} → berlin, design"])
def test_punctuation_between_things_is_none_of_the_serials(text: str) -> None:
    assert pasted(text).taken == [f"{ONE} berlin design"]


def test_names_of_computers_beside_serials_are_no_macs() -> None:
    text = f"{ONE} lab-mac-07\n{TWO} lab-mac-08\nlondon design"

    assert pasted(text) == Sorted(
        [f"{ONE} london design lab-mac-07", f"{TWO} london design lab-mac-08"], [], {}
    )


@for_each(
    "other",
    [
        *("3C22FBAABBCC", "3c-22-fb-aa-bb-cc", "3c22.fbaa.bbcc", "00008103-001A2B3C4D5E601E"),
        *("lab-07.corp.example.com", "564D1E77-0A11-2233-4455-66778899AABB"),
    ],
)
def test_addresses_and_ids_beside_a_serial_are_known_for_what_they_are(other: str) -> None:
    found = pasted(f"{ONE} {other}\n{TWO} {other}")

    assert [mac.split()[0] for mac in found.taken] == [ONE, TWO]
    assert found.asked == []


@for_each(
    "text",
    [
        f"asset,serial,site\nAT20012345,{ONE},london\nAT20012346,{TWO},paris",
        f"asset;serial;site\nAT20012345;{ONE};london\nAT20012346;{TWO};paris",
        f"|asset|serial|site|\n|-|-|-|\n|AT20012345|{ONE}|london|\n|AT20012346|{TWO}|paris|",
        f"asset       serial        site\nAT20012345  {ONE}  london\nAT20012346  {TWO}  paris",
    ],
)
def test_a_pasted_table_is_a_table(text: str) -> None:
    assert pasted(text).taken == [f"{ONE} london", f"{TWO} paris"]


@for_each(
    ("text", "taken"),
    [
        (f"Serial,Name,Serial,Name\n{ONE},a-1,{TWO},a-2", [f"{ONE} a-1", f"{TWO} a-2"]),
        (f"Serials:\n{ONE}, {TWO}\n{THREE}", [ONE, TWO, THREE]),
        (f"Serial,{ONE},{TWO}\nSite,london,paris", [f"{ONE} london", f"{TWO} paris"]),
        ("Ｃ０２ＹＫ１ＱＷＬＶＤＮ", [ONE]),
        (f"{ONE}✅✅", [ONE]),
        (f"{ONE}、{TWO}，{THREE}", [ONE, TWO, THREE]),
        (f"{ONE}；{TWO} → {THREE}", [ONE, TWO, THREE]),
    ],
)
def test_a_list_is_read_in_any_layout(text: str, taken: list[str]) -> None:
    assert pasted(text).taken == taken


def test_a_serial_that_a_mail_has_wrapped_is_one_and_asked_about() -> None:
    found = pasted("the serial number of the Mac that you asked for is C02YK1Q=\nWLVDN, regards")

    assert (found.taken, found.asked) == ([], [ONE])


def test_the_fifty_third_column_is_looked_at_too() -> None:
    rows = [[*(f"c{n}" for n in range(52)), "Serial"], [*"x" * 52, ONE]]

    assert dropped("\n".join(map(",".join, rows))).taken == [ONE]


def test_a_value_that_is_not_known_stays_to_be_chosen() -> None:
    assert dropped(f"Serial,Location\n{ONE},London HQ\n").taken == [f"{ONE} London HQ"]


@for_each("rows", [f"hardware_serial,build\n{ONE},23E224\n", f"Serial,Type\n{ONE},Laptop\n"])
def test_a_column_that_never_fits_is_none_of_builds(rows: str) -> None:
    assert dropped(rows).taken == [ONE]


def test_a_link_in_a_cell_is_its_text() -> None:
    rows = f'Serial,Location\n{ONE},"<a href=""https://x.example/locations/3"">London</a>"\n'

    assert dropped(rows).taken == [f"{ONE} London"]


@for_each(
    ("cell", "taken"),
    [
        (f"{ONE}, {TWO}", [ONE, TWO]),
        (f"{ONE} / {TWO}", [ONE, TWO]),
        (f"{ONE}\n{TWO}", [ONE, TWO]),
        (f"{ONE} (Ann)", [ONE]),
        (f"SN: {ONE}", [ONE]),
        (f"{ONE}*", [ONE]),
        (f'=""{ONE}""', [ONE]),
        (f"'{ONE}", [ONE]),
    ],
)
def test_a_cell_is_read_as_free_text_is(cell: str, taken: list[str]) -> None:
    assert dropped(f'Serial,Site\n"{cell}",london\n').taken == [f"{mac} london" for mac in taken]


@for_each("heading", [f'="Serial"\n="{ONE}"', f'"=""Serial"""\n"=""{ONE}"""', f"'Serial'\n'{ONE}'"])
def test_quotes_and_formulas_of_programs_are_taken_off(heading: str) -> None:
    assert dropped(f"{heading}\n").taken == [ONE]


def test_an_s_of_a_scanner_is_asked_about_unless_other_codes_show_it() -> None:
    alone, labels = f"S{THREE}\nSK9TXK7J4QZ", f"S{THREE}\n1PMGPK3BA\n"

    assert pasted(alone).asked == [THREE, "K9TXK7J4QZ"]
    assert pasted(labels).taken == [THREE]


@for_each(
    "number",
    [
        *("USt-IdNr DE123456789", "Kundennummer 10048812A1", "order no. 4500ABC123"),
        *("Lieferschein LS20261102", "part Z1FE000K4LL", "M3MAX36GB1TB", "VAT GB123456789"),
    ],
)
def test_numbers_of_orders_and_parts_are_not_taken(number: str) -> None:
    assert pasted(f"{number}\n{ONE}").taken == [ONE]


def test_a_label_before_a_list_does_not_take_its_serials_away() -> None:
    assert pasted(f"order: {ONE}, {TWO}").taken == [ONE, TWO]


@for_each(
    ("column", "value", "machine"),
    [
        *(("Type", "iPad", "iPad"), ("Model", "iPhone 15", "iPhone"), ("Manufacturer", "HP", "HP")),
        *(("OS", "Windows 11", "Windows"), ("Maker", "Dell", "Dell")),
    ],
)
def test_other_machines_are_left_out_with_the_reason(column: str, value: str, machine: str) -> None:
    found = dropped(f"Serial,{column}\n{ONE},Mac\n{TWO},{value}\n")

    assert (found.taken, [*found.left]) == ([ONE], [TWO])
    assert machine in found.left[TWO]


def test_a_mac_in_capitals_beside_another_machine_stays_a_mac() -> None:
    found = dropped(f"Serial,Accessory,Model\n{ONE},iPad,MAC MINI\n{TWO},iPad,iPad\n")

    assert (found.taken, [*found.left]) == ([ONE], [TWO])


def test_named_names_a_mac() -> None:
    text = f"register {ONE} london design named lab-07\n{TWO} london design named lab-08"

    assert pasted(text).taken == [f"{ONE} london design lab-07", f"{TWO} london design lab-08"]


@for_each(
    "names", [("Ann Lee", "Tom Okafor"), ("Ann’s MacBook Pro", "Tom’s MacBook Pro"), ("iMac",) * 2]
)
def test_people_and_apples_default_names_name_no_mac(names: tuple[str, str]) -> None:
    rows = f"Name,Serial\n{names[0]},{ONE}\n{names[1]},{TWO}\n"

    assert dropped(rows) == Sorted([ONE, TWO], [], {})


@for_each(
    ("serial", "site"),
    [
        ("シリアル番号", "設置場所"), ("序列号", "地点"), ("일련번호", "위치"),
        ("серийный номер", "офис"), ("numer seryjny", "lokalizacja"),
        ("sériové číslo", "umístění"), ("seri numarası", "konum"), ("matricola", "sede"),
        ("sarjanumero", "toimipiste"), ("n.º de serie", "ubicación"), ("n° série", "lieu"),
        ("Seriennr.", "Standort"), ("serienummer", "locatie"), ("nº de série", "localização"),
        ("serienr", "kontor"), ("serijski broj", "lokacija"), ("sorozatszám", "telephely"),
        ("număr de serie", "locație"), ("αριθμός σειράς", "τοποθεσία"),
        ("серійний номер", "розташування"),
    ],
)  # fmt: skip
def test_headings_are_known_in_twenty_languages(serial: str, site: str) -> None:
    rows = f"KX,{serial},{site}\nKX7Y012Q45,{ONE},london\nKX7Y012Q46,{TWO},paris\n"

    assert dropped(rows).taken == [f"{ONE} london", f"{TWO} paris"]


@for_each("encoding", ["mac_roman", "cp850", "cp1252", "utf-16"])
def test_an_encoding_is_the_one_that_makes_the_site_known(encoding: str) -> None:
    rows = f"Serial,Site\n{ONE},zürich\n".encode(encoding)

    assert dropped(rows).taken == [f"{ONE} zürich"]


def test_serials_that_are_too_short_or_too_long_are_asked_about() -> None:
    assert dropped(f"Serial\n{ONE}\nC02YK1QW\nC02YK1QWLVDNAB\n").asked == [
        "C02YK1QW", "C02YK1QWLVDNAB",
    ]  # fmt: skip


def test_a_random_serial_without_a_digit_is_no_word() -> None:
    assert dropped("Serial\nHQXKJTWMLV\nK7M8HJ9HT4\n").taken == ["HQXKJTWMLV", "K7M8HJ9HT4"]


@for_each(
    ("content", "name", "mend"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "macs.xls", "save it as .xlsx or CSV"),
        (archive({"content.xml": b""}), "macs.ods", "save it as .xlsx or CSV"),
        (archive({"Index/Document.iwa": b""}), "macs.numbers", "export it as CSV or for Excel"),
        (b"%PDF-1.7", "macs.pdf", "copy its text and paste it, or send a spreadsheet"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(
    content: bytes, name: str, mend: str
) -> None:
    with pytest.raises(UnreadableFile, match=mend):
        dropped(content, name)


@for_each("name", ["deploy.log", "build.txt"])
def test_a_log_full_of_hashes_holds_no_macs(name: str) -> None:
    lines = (
        "INFO commit 690f2c0d0ec8bec7f5db66762c5801ec425c8342\nINFO short 7c3a19e24f\n"
        "INFO md5 60541ca23513ad19a1d1a4069a97a530\nINFO job 4F0B55D17C3A done\n"
    )
    found = dropped(lines, name)

    assert (found.taken, found.asked) == ([], [])

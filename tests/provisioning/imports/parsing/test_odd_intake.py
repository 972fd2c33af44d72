"""Lists that were read wrongly without a word: nothing in them is taken without a doubt now."""

from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import Entry, ParseResult
from tests.support.tables import for_each

SITES, BUILDS = ("london", "berlin", "paris"), ("basic", "design")
ONE, TWO, THREE, FOUR = "H4WK7Q0PXV", "GQ2JX9M1LT", "D7K2MXP9QW", "C02XG0FDJGH5"


def pasted(text: str) -> ParseResult:
    return free_text.read(text, SITES, BUILDS)


def dropped(text: str, name: str = "macs.csv") -> ParseResult:
    return files.read_here(text.encode(), name, SITES, BUILDS)


def taken(result: ParseResult) -> list[str]:
    return [said(entry) for entry in result.entries if not entry.doubt]


def said(entry: Entry) -> str:
    parts = (entry.serial.text, entry.site, entry.build, entry.name)
    return " ".join(part for part in parts if part)


def test_serials_below_the_heading_of_another_number_are_asked_about() -> None:
    result = dropped(f"Serial,Asset,Site\n100234567A,{ONE},london\n100239999B,{TWO},paris\n")

    assert [said(entry) for entry in result.entries] == [f"{ONE} london", f"{TWO} paris"]
    assert {entry.doubt for entry in result.entries} == {
        "stands below another heading than the serials"
    }


def test_the_site_before_each_serial_of_a_row_is_its_own() -> None:
    rows = f"Site,Serial,Name,Site,Serial,Name\nlondon,{ONE},a-1,paris,{TWO},b-1\n"

    assert taken(dropped(rows)) == [f"{ONE} london a-1", f"{TWO} paris b-1"]


@for_each("headings", ["Tag?,Code?,site", "资产,码,site", "Kode,Serie,Sted"])
def test_numbers_that_go_on_by_one_are_no_serials_whatever_stands_above(headings: str) -> None:
    rows = f"{headings}\nZX2612A001,{ONE},london\nZX2612A002,{TWO},paris\n"

    assert taken(dropped(rows)) == [f"{ONE} london", f"{TWO} paris"]


@for_each(
    ("serial", "asset"),
    [("SN码", "资产编号"), ("Výr. č.", "Inv. č."), ("N/S", "N° inv."), ("Seri No", "Demirbaş No")],
)
def test_short_headings_are_known_in_other_languages_too(serial: str, asset: str) -> None:
    rows = f"{asset};{serial};X\nKX7Y012Q4T;{ONE};1\nTX7Y092Q4R;{TWO};2\n"

    assert taken(dropped(rows)) == [ONE, TWO]


@for_each("text", [f"{ONE}+{TWO}", f"{ONE}_{TWO}", f"{ONE}={TWO}"])
def test_serials_with_any_sign_between_them_in_a_cell_are_several(text: str) -> None:
    assert taken(dropped(f"Serial,Site\n{text},paris\n")) == [f"{ONE} paris", f"{TWO} paris"]


@for_each("sign", [*"+-_=."])
def test_serials_with_a_sign_between_them_in_a_text_are_several(sign: str) -> None:
    assert taken(pasted(f"{ONE}{sign}{TWO} for paris")) == [f"{ONE} paris", f"{TWO} paris"]


def test_half_of_a_serial_before_a_hyphen_at_the_end_of_a_line_is_no_mac() -> None:
    result = pasted(f"please set up the Mac with the serial {FOUR[:6]}-\n{FOUR[6:]} for berlin")

    assert [said(entry) for entry in result.entries] == [f"{FOUR} berlin"]
    assert result.entries[0].doubt == "was written over two lines"


@for_each(
    "other",
    [
        *("Liefersch. LS2611A0042", "N° client C0099812X1", "nº de cliente K0099812X1"),
        *("Заказ № ZA2026A1127B", "Клиент: KL00A12345", "cod. cliente C0012345B9"),
        *(
            "(Tag: TAG26A00421)",
            "objednávka č. OB2026A1127",
            "注文番号: CH2026A1127",
            "Tilausnro TI2026A112",
        ),
        *("30PMX2Y3LL/A", "CN=mac22.ad.example.org", "numéro d'article AX99812X1B"),
    ],
)
def test_other_numbers_beside_a_serial_are_not_taken(other: str) -> None:
    assert taken(pasted(f"{other}\n{ONE}")) == [ONE]
    assert taken(pasted(f"{other} and {ONE}")) == [ONE]


def test_a_label_belongs_to_the_number_behind_it_and_not_to_the_next_one() -> None:
    eid = "89049032007008882600123456789012"

    assert taken(pasted(f"EID {eid} {ONE}")) == [ONE]


@for_each(
    "words",
    [
        *("is broken", "was stolen", "(defekt)", "is defekt", "returned to Apple", "ist kaputt"),
        *("est cassé", "está roto", "a été vendu", "arrived damaged"),
    ],
)
def test_macs_that_are_broken_or_gone_are_asked_about(words: str) -> None:
    [entry, other] = pasted(f"{FOUR} {words}\n{ONE}").entries

    assert entry.doubt == "may be taken back in its sentence"
    assert other.doubt is None


def test_a_mac_that_replaces_a_broken_one_is_none() -> None:
    assert taken(pasted(f"{ONE} replaces broken {FOUR}")) == [ONE]


@for_each(
    "text",
    [
        f"{ONE}\tlab-01\n{TWO}\tlab-02\nberlin basic",
        f"Serial\tName\n{ONE}\tlab-01\n{TWO}\tlab-02\n\nall for Berlin, basic",
        f"Serial,Name\n{ONE},lab-01\n{TWO},lab-02\nberlin basic",
    ],
)
def test_a_place_below_columns_is_that_of_all_rows(text: str) -> None:
    macs = [(str(e.site).lower(), e.build, e.name) for e in pasted(text).entries]

    assert macs == [("berlin", "basic", "lab-01"), ("berlin", "basic", "lab-02")]


def test_a_line_below_columns_that_says_more_is_no_place_of_all() -> None:
    assert taken(pasted(f"{ONE}\tlab-01\n{TWO}\tlab-02\nnot for berlin but soon")) == [
        f"{ONE} lab-01", f"{TWO} lab-02",
    ]  # fmt: skip


_FIELDS = "<device><serial>{}</serial><site>{}</site></device>"
_PROPERTIES = (
    "<dict><key>serial_number</key><string>{}</string>\n<key>site</key><string>{}</string></dict>"
)


@for_each("form", [_FIELDS, _PROPERTIES])
def test_fields_of_xml_are_apart(form: str) -> None:
    text = f"<list>{form.format(ONE, 'london')}{form.format(TWO, 'paris')}</list>"

    assert taken(dropped(text, "macs.xml")) == [f"{ONE} london", f"{TWO} paris"]
    assert taken(pasted(text)) == [f"{ONE} london", f"{TWO} paris"]


def test_tags_inside_of_a_word_do_not_part_it() -> None:
    page = f"<p>for London: <b>{FOUR[:5]}</b>{FOUR[5:]}</p>"

    assert taken(pasted(page)) == [f"{FOUR} London"]


def test_a_line_of_a_manifest_names_a_build() -> None:
    text = f"included_manifests/sites/london\nincluded_manifests/builds/design\n{ONE}"

    assert taken(pasted(text)) == [f"{ONE} london design"]


def test_columns_below_sites_may_have_markdowns_rule_between() -> None:
    text = f"| london | paris |\n|---|---|\n| {ONE} | {TWO} |\n| {THREE} | {FOUR} |"

    assert {entry.serial.text: entry.site for entry in pasted(text).entries} == {
        ONE: "london", TWO: "paris", THREE: "london", FOUR: "paris",
    }  # fmt: skip


@for_each(
    "line",
    [
        "下記のMac 2台をlondonのdesignで登録お願いします。",
        "以下の端末: london, design",
        "다음 맥을 london design",
    ],
)
def test_a_line_about_the_macs_below_names_their_place_in_any_script(line: str) -> None:
    assert taken(pasted(f"{line}\n・{ONE}\n・{TWO}")) == [
        f"{ONE} london design", f"{TWO} london design",
    ]  # fmt: skip


@for_each(
    "article",
    [
        "AppleCare+ für Mac",
        "Netzteil 67W",
        "Power Adapter 96W",
        "Chargeur USB-C",
        "Tastatur, schwarz",
    ],
)
def test_the_serial_of_a_thing_beside_macs_is_left_out(article: str) -> None:
    rows = f"Pos;Artikel;Menge;Seriennummern\n1;MacBook Air;1;{ONE}\n2;{article};1;C4H123X9QW0\n"
    result = dropped(rows)

    assert taken(result) == [ONE]
    assert [rejected.reason for rejected in result.rejected] == [
        "it belongs to an accessory, which is no Mac"
    ]


def test_a_mac_with_a_charger_is_a_mac() -> None:
    assert taken(pasted(f"{ONE} with charger, {TWO} without, both for paris")) == [
        f"{ONE} paris", f"{TWO} paris",
    ]  # fmt: skip


@for_each("form", ["{}/{}", "{} - {}", "{}, {}"])
def test_one_column_may_hold_the_site_and_the_build(form: str) -> None:
    cells = [form.format("london", "design"), form.format("paris", "basic")]
    rows = f'Serial,Target\n{ONE},"{cells[0]}"\n{TWO},"{cells[1]}"\n'

    assert taken(dropped(rows)) == [f"{ONE} london design", f"{TWO} paris basic"]


def test_towns_that_are_no_sites_below_the_german_heading_are_asked_about() -> None:
    assert taken(dropped(f"Serial;Ort\n{ONE};Hamburg\n")) == [f"{ONE} Hamburg"]


def test_a_word_of_small_and_capital_letters_is_asked_about() -> None:
    texts = {"Kx7Qm29LpZ": True, ONE: False, ONE.lower(): False, ONE.capitalize(): False}

    for text, is_asked in texts.items():
        [entry] = pasted(f"for the guests: {text}").entries
        assert (entry.doubt is not None) == is_asked, text


@for_each("number", ["ASIN B09JQKBQSB", "Kostenstelle KST4711A02", "cost center CC4711A0293"])
def test_numbers_of_shops_and_of_accounts_are_not_taken(number: str) -> None:
    assert taken(pasted(f"{number}, {ONE}")) == [ONE]


def test_serials_for_a_place_that_is_not_known_are_asked_about_beside_one_that_is() -> None:
    text = f"Nouveaux Mac pour Paris : {ONE} et {TWO} ; pour Londres : {THREE}"
    doubts = {entry.serial.text: (entry.site, entry.doubt) for entry in pasted(text).entries}

    assert doubts == {
        ONE: ("Paris", None),
        TWO: ("Paris", None),
        THREE: (None, "is for 'Londres', and there is no site of that name"),
    }


def test_serials_for_people_have_the_place_of_the_line() -> None:
    assert taken(pasted(f"for Ann: {ONE}, for Ben: {TWO}, both in Paris")) == [
        f"{ONE} Paris", f"{TWO} Paris",
    ]  # fmt: skip


def test_a_place_that_is_the_same_as_another_is_asked_about() -> None:
    result = pasted(f"{ONE} london; {TWO} same; {THREE} paris")

    assert taken(result) == []
    assert len(result.entries) == 3


@for_each(
    "rows",
    [
        f'"{ONE},paris,design"\n"{TWO},berlin,basic"\n',
        f'"Serial;""Site"";Build"\n"{ONE};""paris"";design";;\n\n"{TWO};berlin;basic";;\n',
    ],
)
def test_rows_that_a_program_has_quoted_as_a_whole_are_rows(rows: str) -> None:
    assert taken(dropped(rows)) == [f"{ONE} paris design", f"{TWO} berlin basic"]


@for_each("number", ["{}.", "{})", "{}-", "#{}:", "(b)"])
def test_the_number_of_a_line_is_none_of_its_serial(number: str) -> None:
    text = f"{number.format(1)}{ONE}\n{number.format(2)}{FOUR}\nparis"

    assert taken(pasted(text)) == [f"{ONE} paris", f"{FOUR} paris"]
    assert taken(dropped(f"Serial,Site\n1.{ONE},paris\n")) == [f"{ONE} paris"]


@for_each("form", ["{serial}={site}", "{serial}@{site}", "{site}-{serial}", "{site}={serial}."])
def test_a_name_that_stands_at_a_serial_is_its_place(form: str) -> None:
    lines = [form.format(serial=ONE, site="paris"), form.format(serial=FOUR, site="london")]

    assert taken(pasted("\n".join(lines))) == [f"{ONE} paris", f"{FOUR} london"]


def test_another_word_that_stands_at_a_serial_is_asked_about() -> None:
    listed = pasted(f"{FOUR}-Ann\n{ONE}=Munich")

    assert taken(listed) == taken(dropped(f"Serial\n{FOUR}-Ann\n")) == []
    assert [left.text for left in listed.rejected] == [f"{ONE}=Munich"]


@for_each("text", ["H4WK 7Q0P XV", "C 02XG0 FDJGH5", "H4W K7Q 0PX V"])
def test_a_serial_in_uneven_groups_is_asked_about(text: str) -> None:
    [entry, _] = pasted(f"{text}\n{TWO}").entries

    assert entry.serial.text == text.replace(" ", "")
    assert entry.doubt == "was written in groups"


@for_each("cross", ["❌ ", ":x: ", ":no_entry_sign: "])
def test_a_serial_that_is_crossed_out_is_asked_about(cross: str) -> None:
    result = pasted(f":white_check_mark: {ONE} paris\n{cross}{TWO} paris")

    assert taken(result) == [f"{ONE} paris"]
    assert len(result.entries) == 2


@for_each("hyphen", [*"‐‑−"])
def test_hyphens_of_word_processors_are_hyphens(hyphen: str) -> None:
    assert taken(pasted(f"{ONE} named lab{hyphen}07 paris\n{TWO}{hyphen} paris")) == [
        f"{ONE} paris lab-07", f"{TWO} paris",
    ]  # fmt: skip


@for_each("text", [f"SN{ONE}", f"Serial: {FOUR}London"])
def test_a_label_or_a_word_without_a_space_at_a_serial_is_asked_about(text: str) -> None:
    assert taken(pasted(f"{text}\n{TWO}")) == [TWO]
    assert len(pasted(f"{text}\n{TWO}").entries) == 2


@for_each("headings", ["Kenmerk,Plek,Toestel", "Foo,Bar,Baz"])
def test_below_headings_that_are_not_known_two_serials_in_a_row_are_asked_about(
    headings: str,
) -> None:
    result = dropped(f"{headings}\nKX7Y012Q4T,{ONE},london\nTX7Y092Q4R,{TWO},paris\n")

    assert taken(result) == []
    assert [entry.site for entry in result.entries] == ["london", "london", "paris", "paris"]
    assert result.rejected == ()


@for_each("headings", ["Bench A,Bench B", "Left Mac,Right Mac"])
def test_below_headings_that_are_alike_all_columns_hold_serials(headings: str) -> None:
    assert taken(dropped(f"{headings}\n{ONE},{TWO}\n{THREE},{FOUR}\n")) == [ONE, TWO, THREE, FOUR]


@for_each("heading", ["BIOS Serial", "Seerianumber", "Số sê-ri", "מספר סידורי", "الرقم التسلسلي"])
def test_the_heading_of_serials_wins_over_the_one_of_asset_tags(heading: str) -> None:
    assert taken(dropped(f"QX,{heading},Site\nKX7Y012Q4T,{ONE},london\n")) == [f"{ONE} london"]


@for_each(
    "rows",
    [
        f"Site,Serial\nlondon,{ONE}\n,{TWO}\nparis,{THREE}\n,{FOUR}\n",
        f"Serial,Count\nlondon,2\n{ONE},1\n{TWO},1\nparis,2\n{THREE},1\n{FOUR},1\n",
    ],
)
def test_a_place_that_stands_once_for_several_rows_holds_for_them(rows: str) -> None:
    assert taken(dropped(rows)) == [
        f"{ONE} london", f"{TWO} london", f"{THREE} paris", f"{FOUR} paris",
    ]  # fmt: skip


def test_a_place_that_some_rows_lack_is_no_outline() -> None:
    rows = f"Site,Serial\nlondon,{ONE}\n,{TWO}\nlondon,{THREE}\n,{FOUR}\n"

    assert taken(dropped(rows)) == [f"{ONE} london", TWO, f"{THREE} london", FOUR]


def test_a_column_that_says_what_is_ready_decides() -> None:
    assert taken(dropped(f"S/N,Site,Ready to deploy?\n{ONE},london,Y\n{TWO},paris,N\n")) == [
        f"{ONE} london"
    ]


def test_the_subject_of_a_mail_that_was_passed_on_names_a_place() -> None:
    inner = f"Subject: list for Paris\nContent-Type: text/plain\n\n{ONE}\n"
    head = 'Subject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="q"\n\n'
    text = f"{head}--q\nContent-Type: message/rfc822\n\n{inner}\n--q--\n"

    assert taken(dropped(text, "list.eml")) == [f"{ONE} Paris"]


def test_what_a_program_calls_its_parts_is_no_computers_name() -> None:
    text = f'{{"SPHardwareDataType": [{{"_name": "hardware_overview", "serial_number": "{ONE}"}}]}}'

    assert taken(dropped(text, "mac.json")) == [ONE]


@for_each("text", ["{new} (was {old}) paris", "{new} (ex {old}) paris"])
def test_the_mac_of_before_in_brackets_is_left_out(text: str) -> None:
    assert taken(pasted(text.format(new=ONE, old=TWO))) == [f"{ONE} paris"]


@for_each("text", ["pas {old} mais {new} pour Paris", "{old} DOA, {new} for Paris"])
def test_a_mac_that_is_taken_back_in_other_words_is_asked_about(text: str) -> None:
    assert taken(pasted(text.format(new=ONE, old=TWO))) == [f"{ONE} Paris"]


@for_each(
    "text",
    [
        "Old:\n{old}\nNew:\n{new}\nparis",
        "Old Macs:\n{old}\n\nNew Macs:\n{new} paris",
        "To be returned to the lessor:\n- {old}\n\nTo set up in Paris:\n- {new}",
        "OUT\n{old}\n\nIN\n{new} paris",
        "Defekt: {old}\nOk: {new} paris",
        "New:\nSerial,Site\n{new},paris\n\nReturned:\nSerial,Reason\n{old},broken",
        "### Returned\n| Serial |\n|---|\n| {old} |\n\n### New\n| Serial |\n|---|\n| {new} | paris",
    ],
)
def test_macs_below_a_heading_that_says_that_they_are_gone_are_not_taken(text: str) -> None:
    assert [mac.lower() for mac in taken(pasted(text.format(old=FOUR, new=ONE)))] == [
        f"{ONE} paris".lower()
    ]


def test_a_section_of_a_sheet_may_say_that_its_macs_are_gone() -> None:
    rows = f"Serial,Site\nTo deploy,\n{ONE},paris\nReturned,\n{TWO},paris\nNew,\n{THREE},paris\n"

    assert taken(dropped(rows)) == [f"{ONE} paris", f"{THREE} paris"]
    assert "Returned" not in [left.text for left in dropped(rows).rejected]


@for_each(
    "heading",
    [
        *("Not in Jamf yet:", "New MacBooks:", "Old Street:", "Cancel meeting", "Alt-Moabit:"),
        *("Replacements for broken Macs:", "New Macs, old building:", "Für die alte Schule:"),
        *("Old office:", "Oude Gracht:", "Missing from my last list:", "Wir sind später dran:"),
        *("Here are the missing ones:", "Do not touch before Monday:", "Returned, now for paris:"),
        *("Returning students:", "Lost property office:", "Dead Sea room:", "Sala vieja:"),
        *("Do not forget:", "New (old ones come back later):", "Later today I need:"),
    ],
)
def test_other_headings_raise_no_question(heading: str) -> None:
    result = free_text.read(f"{heading}\n{ONE}\n{TWO}", ("Old Street", "paris"), BUILDS)

    assert {entry.doubt for entry in result.entries} == {None}


def test_every_record_of_fields_is_read_whichever_comes_first() -> None:
    mac = "<mac><id>{}</id><serial>{}</serial><site>{}</site></mac>"
    macs = mac.format(1, ONE, "paris") + mac.format(2, TWO, "london")
    text = f"<all><size>2</size>{macs}</all>"

    assert taken(pasted(text)) == [f"{ONE} paris", f"{TWO} london"]


def test_a_sentence_above_columns_names_the_place_of_all_rows() -> None:
    text = f"hi, please do these for Paris\n\n{ONE}\tlab-01\n{TWO}\tlab-02"

    assert taken(pasted(text)) == [f"{ONE} Paris lab-01", f"{TWO} Paris lab-02"]
    assert pasted(text).rejected == ()


def test_a_name_in_brackets_behind_the_last_serial_is_its_own() -> None:
    assert taken(pasted(f"- Paris\n  - {ONE}\n- London\n  - {TWO} (design)")) == [
        f"{ONE} Paris", f"{TWO} London design",
    ]  # fmt: skip


def test_a_name_of_several_words_may_have_underscores_between_them() -> None:
    [entry] = free_text.read(f"{ONE} new_york", ("new york",), BUILDS).entries

    assert entry.site == "new york"


@for_each(
    "headings",
    [
        *("From site,To site", "Current Location,New Location", "Delivery site,Final site"),
        *("Old site,Site", "Standort aktuell,Standort neu", "Bisheriger Standort,Standort"),
    ],
)
def test_of_two_columns_of_sites_the_one_to_which_macs_go_counts(headings: str) -> None:
    rows = f"Serial,{headings}\n{ONE},berlin,london\n{TWO},berlin,paris\n"

    assert taken(dropped(rows)) == [f"{ONE} london", f"{TWO} paris"]


@for_each(
    "heading", ["Cost centre", "Department", "Purchased by", "Billing site", "Manager office"]
)
def test_sites_below_a_heading_of_something_else_are_no_places(heading: str) -> None:
    for column in ("Delivery site", "Current location", "Site"):
        rows = f"Serial,{column},{heading}\n{ONE},london,berlin\n{TWO},paris,paris\n"
        assert taken(dropped(rows)) == [f"{ONE} london", f"{TWO} paris"], column


def test_two_columns_of_sites_that_differ_without_saying_why_are_asked_about() -> None:
    result = dropped(f"Serial,Site,Office of Ann\n{ONE},berlin,london\n{TWO},paris,paris\n")

    assert taken(result) == [f"{TWO} paris"]
    assert result.entries[0].doubt == "is for berlin in one place and for london in another"


@for_each(
    "headings",
    [
        "Custom field (Asset Tag),Custom field (Serial Number),Site",
        "Asset tag on the sticker,Serial number on the back of it,Site",
    ],
)
def test_headings_of_forms_and_of_tickets_are_known(headings: str) -> None:
    assert taken(dropped(f"{headings}\nKX7Y012Q4T,{ONE},london\n")) == [f"{ONE} london"]


def test_the_target_of_a_link_behind_its_text_is_no_part_of_a_name() -> None:
    link = "london (https://wiki.example.com/london-1a2b3c4d5e6f)"

    assert taken(dropped(f"Serial,Site\n{ONE},{link}\n")) == [f"{ONE} london"]


@for_each("state", ["In repair", "Not delivered", "missing"])
def test_macs_that_are_not_there_by_their_state_are_asked_about(state: str) -> None:
    assert taken(dropped(f"Serial,State\n{ONE},{state}\n{TWO},Delivered\n")) == [TWO]


def test_a_place_in_brackets_is_an_exception_from_the_one_before_all_serials() -> None:
    assert taken(pasted(f"London unless noted: {ONE}, {TWO} (paris), {THREE}")) == [
        f"{ONE} London", f"{TWO} paris", f"{THREE} London",
    ]  # fmt: skip


def test_a_mac_that_is_to_be_shipped_is_no_number_of_a_shipment() -> None:
    assert taken(pasted(f"ship {ONE} to paris, then {TWO}")) == [f"{ONE} paris", f"{TWO} paris"]


@for_each("word", ["{}.local", "mac-{}", "{}-mbp"])
def test_a_host_that_is_named_after_a_serial_is_asked_about(word: str) -> None:
    assert taken(pasted(f"{word.format(ONE)} paris")) == []
    assert pasted(f"{word.format(ONE)} paris").entries != ()


def test_a_title_above_a_table_names_the_place_of_its_rows() -> None:
    assert taken(dropped(f"Macs for London, build design,\n\nSerial,User\n{ONE},Ann\n")) == [
        f"{ONE} London design"
    ]


def test_a_mark_below_the_name_of_a_site_sends_a_mac_there() -> None:
    rows = f"Serial,London,Paris,design\n{ONE},x,,x\n{TWO},,X,\n{THREE},x,x,\n"

    assert taken(dropped(rows)) == [f"{ONE} London design", f"{TWO} Paris", THREE]


def test_a_note_that_says_that_a_mac_is_not_there_is_asked_about() -> None:
    rows = f"Serial,Comment\n{ONE},not yet arrived\n{TWO},Broken\n{THREE},broken charger\n"

    assert taken(dropped(rows)) == [THREE]


@for_each("text", ["H4WK7Q0PXl paris", "Serial,Site\nH4WK7Q0PXl,paris\n"])
def test_a_small_letter_among_capitals_is_asked_about_wherever_it_stands(text: str) -> None:
    assert taken(pasted(text)) == taken(dropped(text)) == []
    assert len(pasted(text).entries) == 1


@for_each(
    "code", ["]d20100194253123456\x1d21{}", "010019425312345621{}", "(01)00194253123456(21){}"]
)
def test_the_identifiers_of_a_code_of_gs1_are_none_of_the_serial(code: str) -> None:
    assert taken(pasted(f"{code.format(ONE)}\n{code.format(FOUR)}")) == [ONE, FOUR]


def test_a_column_of_states_may_be_one_of_sites() -> None:
    rows = f"Serial,State\n{ONE},paris\n{TWO},london\n"

    assert taken(dropped(rows)) == [f"{ONE} paris", f"{TWO} london"]


def test_numbers_of_rows_are_no_serials() -> None:
    rows = f"S.No.,Asset Tag,Site\n1,{ONE},london\n2,{TWO},paris\n"

    assert taken(dropped(rows)) == [f"{ONE} london", f"{TWO} paris"]


def test_a_blank_behind_a_serial_is_no_part_of_an_outline() -> None:
    rows = f"Serial,Site\n{ONE},london\n{TWO},\n{THREE},paris\n{FOUR},\n"

    assert [entry.site for entry in dropped(rows).entries] == ["london", None, "paris", None]


def test_a_site_that_begins_anew_in_an_outline_ends_the_build_of_the_one_before() -> None:
    rows = f"Site,Build,Serial\nlondon,design,{ONE}\n,,{TWO}\nparis,,{THREE}\n,kiosk,{FOUR}\n"
    found = [(entry.site, entry.build) for entry in dropped(rows).entries]

    assert found == [
        ("london", "design"),
        ("london", "design"),
        ("paris", None),
        ("paris", "kiosk"),
    ]


def test_a_build_in_a_flat_table_holds_for_its_row_only() -> None:
    first = f"Site,Build,Serial\nlondon,design,{ONE}\nlondon,,{TWO}\n"
    rows = f"{first}paris,,{THREE}\nparis,basic,{FOUR}\n"

    assert [entry.build for entry in dropped(rows).entries] == ["design", None, None, "basic"]


def test_a_column_that_says_if_macs_are_ready_raises_no_question() -> None:
    assert taken(dropped(f"Serial,Site,Ready\n{ONE},london,no\n{TWO},paris,yes\n")) == [
        f"{ONE} london", f"{TWO} paris",
    ]  # fmt: skip


def test_columns_of_serials_below_names_of_people_are_taken() -> None:
    assert taken(dropped(f"Anna,Berta\n{ONE},{THREE}\n{TWO},{FOUR}\n")) == [ONE, THREE, TWO, FOUR]


def test_a_mac_without_a_place_above_one_with_a_place_in_brackets_is_asked_about() -> None:
    assert taken(pasted(f"{ONE}\n{TWO} (both paris)")) == [f"{ONE} paris", f"{TWO} paris"]

    result = pasted(f"{ONE}\n{TWO} (paris)")

    assert taken(result) == [f"{TWO} paris"]
    assert result.entries[0].doubt == "stands above 'paris' in brackets, which may hold for it"

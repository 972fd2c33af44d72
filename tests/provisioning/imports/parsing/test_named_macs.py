"""Names of Macs and of their places in one list: neither is taken for the other."""

from email.message import EmailMessage

from tests.support.inputs.lists import A, B, dropped, pasted
from tests.support.tables import for_each

NAMES = {
    "$A called lab-mac-1\n$B named lab-mac-2\nlondon design": "lab-mac-1, lab-mac-2",
    "london design\n$A lab-mac-1\n$B lab-mac-2": "lab-mac-1, lab-mac-2",
    "$A kiosk-mac-1\n$B kiosk-mac-2\nlondon design": "kiosk-mac-1, kiosk-mac-2",
    "$A called mac-11\n$B called mac-12\nlondon design": "mac-11, mac-12",
    '$A named "Front 1", $B named “Lab 2”\nlondon design': "Front 1, Lab 2",
    '$A name: "Berlin 1", $B named x-2\nlondon design': "Berlin 1, x-2",
}

ABOVE = {
    "London\tBerlin\n$A\t$B\n$C\t$D": "A London, B Berlin, C London, D Berlin",
    "London,Berlin\n$A,$B\n$C,$D\n": "A London, B Berlin, C London, D Berlin",
    "London;Berlin\n$A;$B\n$C;$D": "A London, B Berlin, C London, D Berlin",
    "London;Berlin;\n$A;$B;new\n$C;$D;": "A London, B Berlin, C London, D Berlin",
    "London        Berlin\n$A    $B\n$C    $D": "A London, B Berlin, C London, D Berlin",
    "design;kiosk\n$A;$B\nall for london": "A london design, B london kiosk",
    "London, design:\n$A, $B": "A London design, B London design",
}

LABELLED = [
    "Numeri di serie:\n$A\n$B\nSede: london\nProfilo: design",
    "Affected CI: $A, $B\nLocation: london\nRequested profile: design\nPriority: 3",
    "シリアル番号は$Aと$Bです。londonでdesignにしてください。",
    "$A、$B放到london，用途design",
    "london x2 design\n$A\n$B",
]


@for_each(("text", "names"), NAMES.items())
def test_a_macs_name_is_no_place_though_a_builds_name_begins_it(text: str, names: str) -> None:
    first, second = names.split(", ")

    assert pasted(text).macs == f"A london design {first}, B london design {second}"


OTHER_NAMES = {
    "Processor Name: Dual-Core Serial: $A": "A",
    "Serial: $A User Name: jdoe01 Full Name: John-Paul": "A",
    "$A london, volume name: Macintosh-HD": "A london",
    "Host Name: mbp-07 Serial Number: $A User Name: jdoe": "A mbp-07",
    "my name is Anna, $A to london": "A london",
    "$A london, student name: jdoe7, wi-fi name: guests": "A london",
    "$A london, computer name is frontdesk": "A london frontdesk",
    "$A paris name of the user: Ann": "A paris",
    "Site name: Tokyo, serial: $A, name: lab-07": "A lab-07",
    "user_name=jdoe7 serial_number=$A computer_name=lab-07 site_name=london": "A london lab-07",
    "asset_tag=AT-0042 serial=$A": "A",
    "Name: Anna, Serial: $A, Site: london": "A london",
    "Computer name: Frontdesk, serial: $A": "A Frontdesk",
}


@for_each(("text", "macs"), OTHER_NAMES.items())
def test_the_name_of_a_person_or_of_a_part_is_no_macs(text: str, macs: str) -> None:
    assert pasted(text).macs == macs


def test_a_name_between_quotation_marks_may_be_that_of_another_machine() -> None:
    told = pasted(
        '{ id: 1, serial: "5CD6416G9D", name: "HP Elitebook 1040 G3" },\n'
        '{ id: 2, serial: "$A", name: "Apple MacBook Pro M1 13inch" },'
    )

    assert told.macs == "A"
    assert told.why == {"5CD6416G9D": "it belongs to a machine of HP's, which is no Mac"}


CUT = "has a name of several words: put that between quotation marks"


@for_each(
    "name",
    [
        "Anas MacBook Pro",
        "Anas's iMac",
        "Bob’s Mac",
        "Front Desk",
        "front 7",
        "design 7",
        "Design 12, thanks",
    ],
)
def test_a_name_of_several_words_is_asked_about_and_not_cut(name: str) -> None:
    alone = pasted(f"$A london named {name}")
    beside = pasted(f"$A named {name}\n$B named lab-7\nlondon")

    assert alone.why == beside.why == {"A": CUT}
    assert beside.macs.endswith("B london lab-7")


@for_each(
    ("rest", "name"),
    {
        "lab-7": "lab-7",
        "lab-7, thanks": "lab-7",
        "lab-7 tomorrow": "lab-7",
        "lab-7 Monday 9:00": "lab-7",
        "lab-7 MacBook Pro 14": "lab-7",
        "frontdesk tomorrow": "frontdesk",
        "Frontdesk Thanks": "Frontdesk",
        "ann-mbp MacBook Pro": "ann-mbp",
        "Frontdesk, 3 Macs": "Frontdesk",
        "“Front Desk 7”": "Front Desk 7",
    }.items(),
)
def test_a_name_of_one_word_is_taken_whatever_follows_it(rest: str, name: str) -> None:
    assert pasted(f"$A london design named {rest}").macs == f"A london design {name}"


@for_each(
    "text",
    [
        "$A named Frontdesk London Design",
        "$A named Frontdesk. London Design. Thanks Ann Smith",
        "$A nommé Frontdesk London Design Merci",
        "Hostname: Frontdesk Serial: $A Site: London Build: Design",
    ],
)
def test_the_words_of_a_sentence_behind_a_name_are_no_part_of_it(text: str) -> None:
    assert pasted(text).macs == "A London Design Frontdesk"


@for_each("text", ["Device name iMac 24 $A London", "Site name London 2, $A"])
def test_the_name_of_a_model_or_a_place_is_no_name_of_a_mac(text: str) -> None:
    assert pasted(text).macs == "A London"


def test_a_word_behind_a_place_is_no_name() -> None:
    assert pasted("$A london named design tomorrow").macs == "A london design"


@for_each(
    "default", ["MacBook Pro", "MacBook Pro 14", "16-inch MacBook Pro", "Ann’s iMac", "Mac-2"]
)
def test_apples_default_names_are_none(default: str) -> None:
    assert dropped(f"Serial,Computer Name\n$A,{default}\n$B,lab-07\n").macs == "A, B lab-07"


@for_each("names", [("Ann", "Ben"), ("Ann", "Zoë"), ("Spare", "lab-07")])
def test_first_names_and_words_for_groups_are_none(names: tuple[str, str]) -> None:
    first, second = names

    macs = dropped(f"Serial,Name\n$A,{first}\n$B,{second}\n").macs

    assert macs == ("A, B lab-07" if second == "lab-07" else "A, B")


@for_each(("text", "macs"), ABOVE.items())
def test_serials_below_the_name_of_a_place_are_for_it(text: str, macs: str) -> None:
    assert sorted(pasted(text).macs.split(", ")) == sorted(macs.split(", "))


@for_each("text", LABELLED)
def test_places_are_known_behind_labels_in_any_language_and_beside_any_script(text: str) -> None:
    assert pasted(text).macs == "A london design, B london design"


def test_a_heading_of_two_sites_is_asked_about() -> None:
    why = pasted("london and berlin:\n$A $B").why

    assert why == dict.fromkeys("AB", "stands below a line that names 2 sites: london and berlin")


@for_each("other", ["0x80070005", "0xDEADBEEF00", "3c22fb-aabb01", "3C22FB.AABB01"])
def test_hexadecimal_numbers_are_no_serials(other: str) -> None:
    assert pasted(f"$A {other}\nerror {other}").macs == "A"


def test_a_mac_of_which_an_item_says_less_gets_nothing_of_the_next() -> None:
    items = "- serial: $A\n  site: london\n- serial: $B\n  site: berlin\n  build: kiosk\n"

    assert pasted(items).macs == "A london, B berlin kiosk"
    assert pasted(f"{items}- serial: $C").macs == "A london, B berlin kiosk, C"


def test_a_password_is_no_serial() -> None:
    assert pasted("pw: Xk29Lm84Qz11").macs == ""


@for_each(
    "model",
    [
        *("MacBook Air M4", "MacBook Pro (14-inch, 2024)", "MacBook Pro 14-inch M4 Pro 24GB/1TB"),
        *("MacBook for Ann", "MBP 14 M4", "MBA 13 Midnight", "Mac mini M4", "Ann's MBP 14"),
    ],
)
def test_what_describes_a_model_is_no_computers_name(model: str) -> None:
    table = f'Computer name;Serial;Site\n"{model}";$A;london\nMBP-LON-01;$B;london\n'

    assert dropped(table, "macs.csv").macs == "A london, B london MBP-LON-01"


def test_models_that_are_counted_from_one_are_names_and_copies_of_a_default_name_are_none() -> None:
    assert dropped("Serial,Name\n$A,iMac-1\n$B,iMac-2\n").macs == "A iMac-1, B iMac-2"
    assert dropped("Serial,Name\n$A,iMac\n$B,iMac-2\n$C,lab-1\n").macs == "A, B, C lab-1"


@for_each(
    ("name", "text", "macs"),
    [
        ("London.csv", "Serial\n$A\n$B\n", "A London, B London"),
        ("london (2).csv", "Serial\n$A\n", "A london"),
        ("London design.csv", "Serial,Build\n$A,\n$B,kiosk\n", "A London design, B London kiosk"),
        ("London.csv", "Serial,Site\n$A,berlin\n$B,\n", "A berlin, B"),
        ("London.csv", "Serial,Site\n$A,Oslo\n$B,\n", "A Oslo, B"),
        ("design.csv", "Serial\n$A\n", "A"),
        ("Macs of London staff.csv", "Serial\n$A\n", "A"),
        ("London Berlin.csv", "Serial\n$A\n", "A"),
    ],
)
def test_a_file_that_is_called_after_a_site_is_for_it_where_no_mac_names_one(
    name: str, text: str, macs: str
) -> None:
    assert dropped(text, name).macs == macs


def test_files_of_a_mail_are_for_the_site_in_its_text_else_in_their_names() -> None:
    assert dropped(_mail("One list an office."), "lists.eml").macs == "A London, B Berlin"
    assert dropped(_mail("The attached Macs go to paris."), "lists.eml").macs == "A paris, B paris"


@for_each(
    ("text", "macs"),
    [
        ("Hi,\nlist attached for paris.\nTom", "A paris, B paris"),
        ("See attached list for paris, design build.", "A paris design, B paris design"),
        ("anbei die Liste für paris", "A paris, B paris"),
        ("Site: paris\nBuild: kiosk", "A paris kiosk, B paris kiosk"),
        ("for paris", "A paris, B paris"),
        ("I attached the list that our paris office sent", "A London, B Berlin"),
        ("The attached list is not for paris", "A London, B Berlin"),
        ("List for zürich attached, the other file is for paris.", "A London, B Berlin"),
    ],
)
def test_a_mail_says_for_which_place_its_files_are(text: str, macs: str) -> None:
    assert dropped(_mail(text), "lists.eml").macs == macs


@for_each("encoding", ["utf-8", "cp1252"])
def test_a_mail_that_does_not_say_its_encoding_is_read(encoding: str) -> None:
    text = f"Subject: Macs\nContent-Type: text/plain\n\nbitte für zürich:\n{A}\n"

    assert dropped(text.encode(encoding), "mail.eml").macs == "A zürich"


def _mail(text: str) -> bytes:
    mail = EmailMessage()
    mail.set_content(text)
    for serial, name in ((A, "London.csv"), (B, "Berlin.csv")):
        mail.add_attachment(f"Serial\n{serial}\n".encode(), "text", "csv", filename=name)
    return mail.as_bytes()

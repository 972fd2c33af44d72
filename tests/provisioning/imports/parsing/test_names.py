"""Names of sites and builds in texts: ends of names with a slash, one kind only, very many."""

from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import Entry
from provisioning.imports.parsing.names import Names
from provisioning.values.serials import Serial
from tests.support.suite.work import calls_in
from tests.support.tables import for_each

ONE, TWO = "C02XG0FDJGH5", "C02XG0FDJGH6"
SITES, BUILDS = ("uk/leeds", "uk/york", "us/york", "paris"), ("design", "media/audio")


@for_each(
    ("line", "sites", "builds"),
    [
        ("for leeds", ["uk/leeds"], []),
        ("for UK/Leeds, design", ["UK/Leeds"], ["design"]),
        ("paris/design", ["paris"], ["design"]),
        ("leeds/audio", ["uk/leeds"], ["media/audio"]),
        ("uk/leeds/design", ["uk/leeds"], ["design"]),
        ("york", [], []),  # there are two
        ("fr/leeds", [], []),  # the end of another name
        ("uk", [], []),  # no end
        ("leeds2 and leeds-west", [], []),
    ],
)
def test_the_only_name_with_that_end_is_meant(
    line: str, sites: list[str], builds: list[str]
) -> None:
    named = Names.of(SITES, BUILDS).named_in(line)
    assert ([*named.sites], [*named.builds]) == (sites, builds)


def test_a_whole_name_is_meant_before_the_end_of_another() -> None:
    names = Names.of(["uk/leeds", "leeds", "uk/design"], ["design"])

    assert names.named_in("leeds").sites == ("leeds",)
    assert names.named_in("design").builds == ("design",)
    assert names.named_in("design").sites == ()


@for_each("text", ["st gallen", "St.Gallen", "ST. GALLEN", "stgallen"])
def test_the_points_of_a_name_may_be_left_out(text: str) -> None:
    assert Names.of(["st. gallen"], ["..."]).named_in(f"for {text}, please").sites in (
        ("st. gallen",),
        (text,),
    )


def test_a_name_may_be_followed_by_another_script_without_a_space() -> None:
    names = Names.of(["東京", "ロンドン"], ["lab"])

    assert names.named_in("東京へ、ロンドンの").sites == ("東京", "ロンドン")
    assert names.named_in("東京都へ").sites == ()


def test_the_cells_of_a_table_may_be_ends_of_names_too() -> None:
    table = f"serial,site,build\n{ONE},leeds,Audio\n{TWO},york,design\n"

    entries = files.read_here(table.encode(), "macs.csv", SITES, BUILDS).entries

    assert [(entry.site, entry.build) for entry in entries] == [
        ("uk/leeds", "media/audio"),
        ("york", "design"),
    ]


def test_a_cell_may_have_lost_the_zeros_of_a_number() -> None:
    sites = ["0042", "007", "07", "12"]
    table = f"serial,store,build\n{ONE},42,design\n{TWO},7,design\n"

    entries = files.read_here(table.encode(), "macs.csv", sites, BUILDS).entries

    assert [entry.site for entry in entries] == ["0042", "7"]  # of which there are two
    assert Names.of(sites, BUILDS).named_in("42 Macs for 12").sites == ("12",)


@for_each(("text", "name"), [("Łódź", "lodz"), ("tasarım", "tasarim"), ("Tromsø", "tromso")])
def test_letters_with_a_stroke_may_be_left_out(text: str, name: str) -> None:
    assert Names.of([name], ["lab"]).named_in(f"{text}, lab").sites == (name,)


def test_a_plural_is_first_the_build_that_is_called_so() -> None:
    assert Names.of([], ["étude", "études"]).as_build("etudes") == "études"


def test_a_build_may_stand_in_the_singular() -> None:
    names = Names.of(["paris"], ["designers", "sales"])

    assert names.named_in("for a designer").builds == ("designers",)
    assert names.named_in("for sale").builds == ()


def test_one_mac_named_in_two_ways_is_for_one_place() -> None:
    [entry] = free_text.read(f"{ONE} leeds\n{ONE} uk/leeds", SITES, BUILDS).entries
    assert (entry.site, entry.doubt) == ("uk/leeds", None)


def test_a_column_of_a_kind_that_the_repo_lacks_is_left_alone() -> None:
    table = f"serial,site,type,note\n{ONE},leeds,MacBook,shelf 4\n".encode()

    [entry] = files.read_here(table, "macs.csv", SITES, None).entries

    assert entry == Entry(Serial(ONE), "uk/leeds", None, "shelf 4", "line 2")


@for_each(
    ("sites", "builds", "typed", "place"),
    [
        (SITES, None, "leeds", ("uk/leeds", None)),
        (None, BUILDS, "audio", (None, "media/audio")),
        (SITES, BUILDS, "leeds audio", ("uk/leeds", "media/audio")),
    ],
)
def test_what_is_typed_behind_serials_has_a_name_of_each_kind_that_there_is(
    sites: tuple[str, ...] | None,
    builds: tuple[str, ...] | None,
    typed: str,
    place: tuple[str | None, str | None],
) -> None:
    text = f"vm-1 vm-2 {typed}"
    entries = free_text.read_typed(text, text.split(), sites, builds).entries

    assert [(entry.serial.text, entry.site, entry.build) for entry in entries] == [
        ("vm-1", *place),
        ("vm-2", *place),
    ]


def test_a_thousand_names_are_looked_for_like_ten() -> None:
    def work(number: int) -> int:
        names = Names([f"uk/site-{n}" for n in range(number)], ["b 9"])
        return calls_in(lambda: names.named_in("for site-7 and uk/site-8, b 9 or c 3"))

    assert work(1_000) == work(10)


def test_the_work_for_names_grows_as_their_number() -> None:
    def work(number: int) -> int:
        sites = [f"uk/site-{n % 7} {n}" for n in range(number)]
        return calls_in(lambda: Names(sites, sites))

    assert work(200) < 11 * work(20)


@for_each(
    "text", ["new_york=SERIAL", "new_york: SERIAL", "site_name=new_york serial_number=SERIAL"]
)
def test_a_name_with_a_low_line_stays_one_before_a_value(text: str) -> None:
    """As the keys of a program's output are written, whose words are parted."""
    [mac] = free_text.read(text.replace("SERIAL", ONE), ("new_york", "paris"), ("lab",)).entries

    assert (mac.serial.text, mac.site) == (ONE, "new_york")


@for_each("key", ["site", "target_site", "assigned_site"])
def test_a_key_of_a_program_that_ends_with_a_plain_heading_names_a_place(key: str) -> None:
    [mac] = free_text.read(f"serial_number: {ONE}\n{key}: paris", ("new_york", "paris")).entries

    assert (mac.serial.text, mac.site) == (ONE, "paris")


@for_each("text", ["previous_site=london site=paris", "old_site=london new_site=paris"])
def test_a_key_for_what_was_names_no_place(text: str) -> None:
    [mac] = free_text.read(f"serial={ONE} {text}", ("london", "paris")).entries

    assert (mac.site, mac.doubt) == ("paris", None)


@for_each("written", ["new_york", "NewYork"])
def test_a_name_of_several_words_may_be_written_as_one(written: str) -> None:
    [mac] = free_text.read(f"{ONE} {written}", ("new york", "york"), ()).entries

    assert mac.site == "new york"

"""A policy file that cannot be followed: every fault with its line and its fix."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.errors import RollcallError
from provisioning.policy import Policy, UnusablePolicy, load
from provisioning.policy.loading import LARGEST, parse
from provisioning.policy.toml_lines import lines_of
from tests.support.tables import for_each

EVERYTHING_WRONG = """\
admins = "U0ALICE"
digest = "8h30"
timezone = "Europe/Londn"

[stall]
imaging = "25"

[sites.london]
titel = "London"
channel = "#imaging"
quiet = "7pm"

[sites.London]  # again
group = 7

[sites."new york"]
quiet = [
    "Sat",
    "00:00-24:00",
]
timezone = "new york"

[builds.design]
title = \"""
two
lines\"""
catalogs = ["production", 7]
"""


def problems(text: str | bytes) -> list[str]:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(UnusablePolicy) as caught:
        parse(content, "rollcall.toml")
    assert str(caught.value).splitlines() == list(caught.value.problems)
    return [problem.removeprefix("rollcall.toml, ") for problem in caught.value.problems]


def test_everything_that_is_wrong_is_told_at_once_with_its_line_and_its_mend() -> None:
    told = """\
line 1: admins is "U0ALICE"; write a list of the ids of people, such as ["U0ALICE"]
line 2: digest is "8h30"; write a time of the day as "08:30"
line 3: timezone is "Europe/Londn"; did you mean "Europe/London"?
line 6: stall.imaging is "25"; write minutes as a whole number from 1 to 10080
line 9: sites.london.titel is not a key of the policy; did you mean title?
line 10: sites.london.channel is "#imaging"; \
write the id of a Slack channel, such as "C024BE91L"
line 11: sites.london.quiet is "7pm"; \
write hours as "19:00-07:30", days as "Sat", or a list of these
line 13: sites.London means the same as sites.london; put the keys of both below one of them
line 14: sites.London.group is 7; write the id of a Slack user group, such as "S0123ABCD"
line 17: sites."new york".quiet is ["Sat", "00:00-24:00"]; \
leave some hours of the week in which people may be mentioned
line 21: sites."new york".timezone is "new york"; did you mean "America/New_York"?
line 24: builds.design.title is "two\\nlines"; write one line of 1 to 75 characters
line 27: builds.design.catalogs is 7; \
write a list of the names of Munki catalogs, such as ["production"]"""
    assert problems(EVERYTHING_WRONG) == told.split("\n")


@for_each(
    ("text", "said"),
    [
        ("admin = []", "line 1: admin is not a key of the policy; did you mean admins?"),
        ("[site.paris]", "line 1: site is not a key of the policy; did you mean sites?"),
        (
            "\n[sites.a]\nbuild = 1",
            "line 3: sites.a.build is not a key of the policy; this release",
        ),
        ("[builds.a]\ncatalog = 1", "did you mean catalogs?"),
        (
            "colour = 1",
            "has admins, builds, client_identifier, digest, email, language, munki, sign_in, ",
        ),
    ],
)
def test_a_key_that_nobody_knows_is_an_error_with_the_nearest_one(text: str, said: str) -> None:
    [problem] = problems(text)
    assert said in problem


def test_the_value_of_an_unknown_key_is_not_repeated() -> None:
    [problem] = problems('bot_token = "xoxb-1-secret"')
    assert problem.startswith("line 1: bot_token is not a key of the policy")
    assert "xoxb" not in problem


@for_each(
    ("text", "said"),
    [
        ("\ntitle = London", "line 2: this is not TOML (Invalid value); write texts in quotation"),
        ('digest = "08":30', "write texts and times in quotation marks"),
        (
            "digest = '1'\ndigest = '2'",
            "line 2: this is not TOML (Cannot overwrite a value); it is",
        ),
        ("[sites.a]\n\n[sites.a]", "line 3: this is not TOML (Cannot declare"),
        ("sites london", "line 1: this is not TOML (Expected '=' after a key in a key/value pair)"),
        ('digest = "08:30\nadmins = []', "line 1: this is not TOML (Illegal character '\\n')"),
        ("\ndigest = '08:30\n", "line 2: this is not TOML; a quotation mark or a bracket is never"),
        ("admins = [", "this is not TOML"),
        ('\nadmins = [\n"U1",\n"U2",\n', "line 2: this is not TOML; a quotation mark or a bracket"),
        ('digest = """', "line 1: this is not TOML; a quotation mark or a bracket is never closed"),
        ("a = " + "[" * 20_000, "this is no policy"),
        ("a = " + "9" * 6000, "this is no policy"),
        ("\na" + ".a" * 30_000 + " = 1", "line 2: a key has at most 8 parts"),  # for a minute
        ('["a"' + '."a"' * 15_000 + "]", "line 1: a key has at most 8 parts"),
        ("# " + "a" * LARGEST, "rollcall.toml is larger than 64 KiB"),
        (b"\n# caf\xe9", "line 2: this is not UTF-8"),
    ],
)
def test_what_is_not_toml_is_told_with_what_people_probably_did(
    text: str | bytes, said: str
) -> None:
    [problem] = problems(text)
    assert said in problem


@for_each(
    ("text", "line"),
    [
        ("sites.london.quiet = '7pm'", 1),
        ("[sites]\nlondon.quiet = '7pm'", 2),
        ("[sites]\n\n'london' = { title = 'x', quiet = '7pm' }", 3),
        ('[ sites . "london" ] # [sites.paris]\n# quiet = "19:00-20:00"\n"quiet"=\'7pm\'', 3),
        ("[sites.london]\ntitle = 'quiet = 1'\nquiet = [\n# quiet\n'7pm',\n]", 3),
        ("[sites.paris]\nquiet='Sat'\n[sites.london]\r\n\r\nquiet = '7pm'\r\n", 5),
        ("\ufeff[sites.london]\nquiet = '7pm'", 2),
        ("[sites.london.quiet]\nx = 1", 1),
        ("\n[[sites.london]]\nquiet = 1", 2),
        ("\n[sites]\nlondon = 1", 3),
        ("\nsites = 1", 2),
    ],
)
def test_the_line_is_that_of_the_key_however_it_is_written(text: str, line: int) -> None:
    [problem] = problems(text)
    assert problem.startswith(f"line {line}: sites")


fillers = st.sampled_from(
    [
        "",
        "# [sites.other]",
        'x{} = """\n[sites.other]\nquiet = 1\n"""',
        "x{} = [\n  '[a]', # ]\n\n  'b',\n]",
        "x{} = '''\n'''",
        "x{} = {{ y = '[z]' }}",
        "[t{}]",
        "[[t{}.u]]",
    ]
)


@given(st.lists(fillers, max_size=8), st.lists(fillers, max_size=4), st.integers(0, 9))
def test_nothing_around_a_key_changes_where_it_is_found(
    before: list[str], inside: list[str], name: int
) -> None:
    """Inside its table nothing that looks like a heading is one."""
    inside = [filler for filler in inside if not filler.startswith("[")]
    fill = [filler.format(f"a{n}") for n, filler in enumerate(before)]
    within = [filler.format(f"b{n}") for n, filler in enumerate(inside)]
    text = "\n".join([*fill, f"[sites.s{name}]", *within, "quiet = 1"])

    lines = lines_of(text)

    assert lines[("sites", f"s{name}", "quiet")] == text.count("\n") + 1
    assert lines[("sites", f"s{name}")] == text.split("\n").index(f"[sites.s{name}]") + 1


def test_below_a_list_of_hundreds_of_lines_faults_are_still_told() -> None:
    text = "admins = [\n" + '"U0ALICE",\n' * 4000 + "]\ndigest = 1\n"
    assert problems(text) == ['rollcall.toml: digest is 1; write a time of the day as "08:30"']


@for_each("digest", ['"08:30"', '"8:30"', "08:30:00"])
def test_the_time_of_the_digest_may_be_a_text_or_a_time_of_tomls(digest: str) -> None:
    policy = parse(f"digest = {digest}".encode(), "rollcall.toml")
    assert str(policy.digest) == "08:30:00"


@for_each("written", ["'London, 4th floor'", '"東京"', "'a'", f"'{'x' * 75}'"])
def test_a_title_may_be_any_line_that_slack_can_show(written: str) -> None:
    assert parse(f"sites.a.title = {written}".encode(), "t").title_of("a") == written[1:-1]


@for_each("written", ["''", "' a'", f"'{'x' * 76}'", r'"\u001b[31m"', '"\\u202e"', "1"])
def test_a_title_that_slack_could_not_show_is_refused(written: str) -> None:
    assert "write one line of 1 to 75 characters" in problems(f"sites.a.title = {written}")[0]


@for_each("zone", ["Europe", "../../etc/passwd", "/etc/localtime", "", "No/Where"])
def test_a_time_zone_that_there_is_not_is_refused(zone: str) -> None:
    [problem] = problems(f'timezone = "{zone}"')
    assert problem == f'line 1: timezone is "{zone}"; write a name such as "Europe/London"'


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "rollcall.toml"
    path.write_text('admins = ["U0ALICE"]\n')
    assert load(path).admins == ("U0ALICE",)


def test_an_empty_file_is_the_open_policy(tmp_path: Path) -> None:
    (tmp_path / "rollcall.toml").touch()
    assert load(tmp_path / "rollcall.toml") == Policy.open()


def test_a_file_that_is_not_there_is_named_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(UnusablePolicy, match=r"none\.toml cannot be read .*ROLLCALL_POLICY has to"):
        load(tmp_path / "none.toml")
    with pytest.raises(RollcallError, match="cannot be read"):
        load(tmp_path)


def test_a_provider_of_sign_in_is_of_one_kind() -> None:
    for lines, said in (
        ("title = 'Okta'", 'sign_in.okta: write issuer = "https://…", or url and base'),
        ("issuer = 'https://a.example'\nbase = 'dc=a'", "issuer is for OpenID Connect and base"),
        ("url = 'ldaps://a.example'", "LDAP wants a url and a base"),
        ("url = 'http://a.example'\nbase = 'dc=a'", "sign_in.okta.url is"),
        ("url = 'ldaps://a@b'\nbase = 'dc=a'", "sign_in.okta.url is"),
        ("url = 'ldap://a/dc=a??sub'\nbase = 'dc=a'", "sign_in.okta.url is"),
        ("issuer = 'http://a.example'", "with https"),
        ("issuer = 'https://a.example?b'", "with https"),
        ("issuer = 'https://a.example'\ngroups = {admin = ['x']}", "sign_in.okta.groups.admin is"),
    ):
        found = problems(f"[sign_in.okta]\n{lines}")
        assert said in found[0], lines
    for name in (
        "slack",
        "link",
        "code",
        "name",
        "api",
        "forgotten",
        "Okta",
        "o_k",
        "-o",
        "1a",
        "o" * 33,
    ):
        (found_name,) = problems(f"[sign_in.{name}]\nissuer = 'https://a.example'")
        assert "is no name of a provider" in found_name, name

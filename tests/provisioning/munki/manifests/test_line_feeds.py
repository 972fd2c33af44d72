"""Line feeds that a client loses on the way are given back, however deep the text lies."""

from typing import Any

from hypothesis import given

from provisioning.munki.manifests import line_feeds
from provisioning.munki.manifests.documents import dumps, loads
from tests.support.inputs import strategies
from tests.support.tables import for_each

LONG = 'machine_type == "laptop" AND\n\tos_vers_major >= 14'
OTHER = 'hostname BEGINSWITH "lab"\nOR hostname BEGINSWITH "studio"'


def stripped(value: Any) -> Any:
    """The value that arrives of a property list that curl sends from a file."""
    return loads("m", dumps("m", {"k": value}).replace(b"\n", b""))["k"]


def conditions(*items: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"conditional_items": [*items], **keys}


IN_A_CONDITION = conditions({"condition": LONG, "managed_installs": ["Figma"]})
NESTED = conditions({"condition": LONG, **conditions({"condition": OTHER, "notes": "a\nb"})})


@for_each("present", [IN_A_CONDITION, NESTED, [[{"a": [LONG]}], [OTHER]]])
def test_a_text_is_given_back_at_every_depth(present: Any) -> None:
    assert line_feeds.restored(stripped(present), present) == present


def tidy(value: Any) -> Any:
    """The same with keys as people write them: in one line."""
    if isinstance(value, dict):
        return {key.replace("\n", ""): tidy(each) for key, each in value.items()}
    return [tidy(each) for each in value] if isinstance(value, list) else value


@given(strategies.plists.map(tidy))
def test_what_was_not_changed_stays_as_it_was_to_the_letter(present: Any) -> None:
    assert line_feeds.restored(stripped(present), present) == present


@given(strategies.plists, strategies.plists)
def test_nothing_but_line_feeds_is_ever_changed(wanted: Any, present: Any) -> None:
    wanted = stripped(wanted)

    assert stripped(line_feeds.restored(wanted, present)) == wanted


def test_another_key_of_the_same_condition_can_be_edited() -> None:
    wanted = stripped(IN_A_CONDITION)
    wanted["conditional_items"][0]["managed_installs"].append("Zoom")

    [item] = line_feeds.restored(wanted, IN_A_CONDITION)["conditional_items"]

    assert item == {"condition": LONG, "managed_installs": ["Figma", "Zoom"]}


def test_conditions_can_be_put_before_others_taken_away_and_turned_round() -> None:
    first = {"condition": LONG, "managed_installs": ["Figma"]}
    second = {"condition": OTHER, "managed_installs": ["Zoom"]}
    new, edited = {"condition": "TRUEPREDICATE"}, {**second, "managed_installs": ["Zoom", "Slack"]}
    present = conditions(first, second)

    for after in ((new, first, second), (second,), (second, first), (new, edited), (edited, first)):
        wanted = conditions(*after)
        assert line_feeds.restored(stripped(wanted), present) == wanted


def test_two_texts_that_differ_in_line_feeds_alone_are_told_apart_by_their_places() -> None:
    present = conditions({"condition": "a\nb"}, {"condition": "ab"}, notes="a\n\nb")
    wanted = {**stripped(present), "managed_installs": ["Figma"]}

    assert line_feeds.restored(wanted, present) == {**present, "managed_installs": ["Figma"]}


def test_a_text_that_was_changed_is_taken_as_it_comes() -> None:
    assert line_feeds.restored({"notes": "onetwo!"}, {"notes": "one\ntwo"}) == {"notes": "onetwo!"}


def test_numbers_and_booleans_are_not_taken_for_one_another() -> None:
    [number] = line_feeds.restored([1], [True])

    assert number is not True


@for_each(
    ("content", "lost"),
    [
        *((b"<plist><dict/></plist>", True), (b"<plist>\n<dict/></plist>", False)),
        *((b"<plist>\r\n<dict/></plist>", False), (b"bplist00\xd0\x08", False)),
    ],
)
def test_line_feeds_are_lost_where_there_is_none_at_all(content: bytes, lost: bool) -> None:
    assert line_feeds.are_lost(content) is lost

"""Messages about drifts, whatever the manifests say."""

from bot.monitoring import drift_blocks
from bot.slack.markup import moment
from provisioning.monitoring.drift.comparison import ManifestDifference
from provisioning.monitoring.drift.examination import DriftFacts, LastChange
from provisioning.monitoring.drift.models import (
    AGREES,
    CANCELLED,
    CONFIRMED_AGAIN,
    MOVED,
    PUT_BACK,
    TAKEN_OVER,
    Drift,
)
from tests.bot.delivery.test_news import powerless
from tests.support.inputs.examples import ANY_NAME, NOON, faults_in_a_channel, mac, written
from tests.support.tables import for_each


def drift(found: DriftFacts, **keys: object) -> Drift:
    return Drift(id=1, registration_id=1, there=found.to_json(), found_at=NOON, **keys)


def everything(name: str) -> DriftFacts:
    many = tuple(f"{name}{number}" for number in range(20))
    difference = ManifestDifference(missing=many, other=many, catalogs=many)
    return DriftFacts(difference, f"the repo does not offer {name}", LastChange(name, name, NOON))


@ANY_NAME
@for_each("number", [1, 10, 5000])
def test_slack_takes_any_number_of_drifts_with_any_names(name: str, number: int) -> None:
    one = drift(everything(name)), mac(site=name, build=name)
    message = drift_blocks.card([one] * min(number, drift_blocks.MAX_NAMED), number, number, number)

    assert faults_in_a_channel(message) == []
    assert powerless(written(message))


def test_the_button_for_all_says_how_many_one_press_puts_back() -> None:
    one = drift(DriftFacts(ManifestDifference(gone=True))), mac()

    button = drift_blocks.card([one], 5000, 5000, 5000).blocks[-1].to_dict()["accessory"]

    assert "The manifests of 500 Macs are changed." in button["confirm"]["text"]["text"]


@ANY_NAME
def test_slack_takes_the_buttons_with_any_names(name: str) -> None:
    found = DriftFacts(ManifestDifference(missing=("site_default",), place=(name[:75], name[:75])))
    message = drift_blocks.one(drift(found), mac(site=name, build=name))

    assert faults_in_a_channel(message) == []
    assert message.blocks[-1].to_dict()["accessory"]["text"]["text"] == "Take over"


@for_each(
    ("outcome", "sentence"),
    [
        (PUT_BACK, f"<@U0BOB> had it put back {moment(NOON)}."),
        (TAKEN_OVER, f"<@U0BOB> changed the registration to match {moment(NOON)}."),
        (AGREES, f"It went back to what it was {moment(NOON)}."),
        (MOVED, f"The Mac waits for another first boot, since {moment(NOON)}."),
        (CANCELLED, f"The registration was cancelled, {moment(NOON)}."),
        (CONFIRMED_AGAIN, f"It was written again {moment(NOON)}, when the Mac called."),
    ],
)
@for_each(
    ("difference", "fact"),
    [
        (ManifestDifference(gone=True), "was gone."),
        (ManifestDifference(place=("paris", "kiosk")), "led to *paris* / *kiosk*."),
        (ManifestDifference(missing=("site_default",)), "was not as Rollcall wrote it."),
    ],
)
def test_a_settled_one_says_what_became_of_it_and_has_no_buttons(
    outcome: str, sentence: str, difference: ManifestDifference, fact: str
) -> None:
    settled = drift(DriftFacts(difference), settled_at=NOON, outcome=outcome, answered_by="U0BOB")
    message = drift_blocks.card([(settled, mac())], 1, 0, 0)

    assert [block.type for block in message.blocks] == ["section"]
    assert written(message) == f"The manifest of `C02ABC123DEF` {fact} {sentence}"


@for_each(
    ("difference", "lines"),
    [
        (ManifestDifference(gone=True), ["is gone; it is registered for *london* / *design*."]),
        (
            ManifestDifference(missing=("a",), other=("b",), place=("paris", "kiosk")),
            ["leads to *paris* / *kiosk*; it is registered for *london* / *design*."],
        ),
        (
            ManifestDifference(
                missing=tuple("abcdef"), other=tuple("abcde"), place=("london", "design")
            ),
            [
                "is not as Rollcall wrote it; it is registered for *london* / *design*.",
                "• It lacks *a*, *b*, *c*, *d*, *e* and 1 more.",
                "• It also includes *a*, *b*, *c*, *d*, *e*.",
            ],
        ),
        (
            ManifestDifference(catalogs=("testing",)),
            [
                "is not as Rollcall wrote it; it is registered for *london* / *design*.",
                "• Its catalogs are *testing*, and were *production*.",
            ],
        ),
        (
            ManifestDifference(catalogs=()),
            [
                "is not as Rollcall wrote it; it is registered for *london* / *design*.",
                "• Its catalogs are none, and were *production*.",
            ],
        ),
    ],
)
def test_an_open_one_says_what_is_there_and_what_was(
    difference: ManifestDifference, lines: list[str]
) -> None:
    found = DriftFacts(difference, None, LastChange("ci", "git", NOON))
    known = mac(includes={"ours": [], "theirs": [], "catalogs": ["production"]})
    head = ":warning: The manifest of `C02ABC123DEF` "

    said = written(drift_blocks.one(drift(found), known)).split("\n*Put back*")[0]

    assert said == head + "\n".join([*lines, f"Changed by ci (git) {moment(NOON)}."])
    pending = drift(found, answer=PUT_BACK, answered_by="U0BOB")
    assert written(drift_blocks.one(pending, known)) == f"{said}\n<@U0BOB> is having it put back."


def test_a_message_about_many_names_some_and_counts_the_others() -> None:
    gone = (
        drift(DriftFacts(ManifestDifference(gone=True)), answer=PUT_BACK, answered_by="U0BOB"),
        mac(),
    )
    fact = "The manifest of `C02ABC123DEF` is gone; it is registered for *london* / *design*."
    line = f"• {fact} <@U0BOB> is having it put back."
    how = "`show SERIAL` shows one of them, with buttons to settle it."

    assert written(drift_blocks.card([gone] * 2, 2, 1, 0)).split("\n") == [
        *("The manifests of 2 Macs are not as Rollcall wrote them:", line, line, how)
    ]
    assert written(drift_blocks.card([gone], 1001, 0, 0)).split("\n") == [
        "The manifests of 1,001 Macs were not as Rollcall wrote them:",
        line,
        "… and 1,000 more; `doctor` lists them.",
    ]


def test_one_that_cannot_be_taken_over_says_why() -> None:
    found = DriftFacts(ManifestDifference(gone=True), "the repo does not offer x & y")

    assert "cannot be changed to match: the repo does not offer x &amp; y." in written(
        drift_blocks.one(drift(found), mac())
    )


def test_of_a_change_by_a_person_in_slack_the_name_is_shown() -> None:
    found = DriftFacts(ManifestDifference(gone=True), None, LastChange("U0ALICE", "button", NOON))

    assert "Changed by <@U0ALICE> (button)" in written(drift_blocks.one(drift(found), mac()))

"""Talk for which no verb is there: it is answered with what to do."""

import pytest

from bot.commands.parsing.verbs import UnknownVerb
from bot.commands.parsing.words import Misunderstood
from infrastructure.database.engine import Database
from tests.bot.commands.parsing import parse
from tests.bot.commands.typed import registrations, typed
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.tables import for_each


@for_each(
    ("text", "nearest"),
    [
        ("combien il en reste ?", ["list"]),
        ("how do I cancel", ["help cancel"]),
        ("hello? anybody there", ["help"]),
        ("open a digest", ["list"]),
        ("I want a template", ["template"]),
        ("retry C02XG0FDJGH5", ["reimage"]),
        ("welche Standorte gibt es?", []),
        ("loesche C02XG0FDJGH5", ["cancel"]),
        ("C02XG0FDJGH5 neu aufsetzen", ["reimage C02XG0FDJGH5"]),
        ("bitte C02XG0FDJGH5 abmelden", ["cancel C02XG0FDJGH5"]),
        ("deplacer C02XG0FDJGH5 paris kiosk", ["move"]),
        ("annulez C02XG0FDJGH5", ["cancel"]),
        ("réinstaller C02XG0FDJGH5", ["reimage"]),
        ("renombra C02XG0FDJGH5 lab-07", ["name"]),
        ("C02XG0FDJGH5を解除", ["cancel C02XG0FDJGH5"]),
        ("C02XG0FDJGH5 の登録を解除してください", ["cancel C02XG0FDJGH5"]),
        ("C02XG0FDJGH5 再インストール", ["reimage C02XG0FDJGH5"]),
        ("redeploy C02XG0FDJGH5", ["reimage"]),
        ("start C02XG0FDJGH5 over", ["reimage C02XG0FDJGH5"]),
        ("neu aufsetzen C02XG0FDJGH5", ["reimage C02XG0FDJGH5"]),
        ("Setz bitte C02XG0FDJGH5 neu auf!", ["reimage C02XG0FDJGH5"]),
        ("image C02XG0FDJGH5 again", ["reimage C02XG0FDJGH5"]),
        ("à refaire : C02XG0FDJGH5", ["reimage C02XG0FDJGH5"]),
        ("installer C02XG0FDJGH5 à nouveau", ["reimage C02XG0FDJGH5"]),
        ("vuelve a instalar C02XG0FDJGH5", ["reimage C02XG0FDJGH5"]),
        ("C02XG0FDJGH5をもう一度インストールしてください", ["reimage C02XG0FDJGH5"]),
        ("C02XG0FDJGH5 入れ直し", ["reimage C02XG0FDJGH5"]),
        ("C02XG0FDJGH5 can be cancelled", ["cancel C02XG0FDJGH5"]),
        ("C02XG0FDJGH5 needs reimaging", ["reimage C02XG0FDJGH5"]),
        ("how is a Mac registered?", ["help"]),
        ("check the repo", ["doctor"]),
        ("/foo C02XG0FDJGH5 london", []),
        ("exit", []),
        ("build 21 is out", []),
        ("it doesn't work", []),
    ],
)
def test_talk_is_answered_with_the_verb_that_is_meant_and_with_no_chance_likeness(
    text: str, nearest: list[str]
) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(text)

    assert [*caught.value.nearest] == nearest


HINTS = (
    ("deshaz eso", "*Undo* is the button below the answer"),
    ("all of them to paris", "for several Macs use the buttons of their card"),
    ("not that one", "Type the command and one serial"),
    ("don't cancel C02XG0FDJGH5", "Nothing was changed. "),
    ("don't show lab-07", "Nothing was changed. "),
    ("never mind", "Nothing was changed. "),
    (":+1:", "You are welcome. "),
    ("thx!", "You are welcome. "),
    ("mach das rückgängig", "*Undo* is the button below the answer"),
    ("annuler l’action", "*Undo* is the button below the answer"),
    ("元に戻す", "*Undo* is the button below the answer"),
    ("vielen Dank", "You are welcome. "),
    ("ありがとうございます", "You are welcome. "),
    ("d’accord", "Press the button below what Rollcall asked. "),
    ("undo that please", "*Undo* is the button below the answer"),
    ("yes!", "Press the button below what Rollcall asked. "),
    ("no", "Press the button below what Rollcall asked. "),
    ("はい", "Press the button below what Rollcall asked. "),
    ("my macs", "find your @name"),
    ("list mine", "find your @name"),
    ("show me my macs", "find your @name"),
    ("stop the bench", "The button on the card of a bench ends it. "),
    ("bench off", "The button on the card of a bench ends it. "),
    ("cancel all", "Type the command and one serial"),
    ("all", "Type the command and one serial"),
    ("all macs to paris", "for several Macs use the buttons of their card"),
    ("london and paris status", "Rollcall reads each message by itself"),
    ("no, thanks", "Press the button below what Rollcall asked. "),
    ("oui merci", "Press the button below what Rollcall asked. "),
    ("thanks, yes", "You are welcome. "),
    ("cancel the last one", "Type the command and one serial"),
    ("Yes please", "Press the button below what Rollcall asked. "),
    ("please do", "Press the button below what Rollcall asked. "),
    ("drop it", "Press the button below what Rollcall asked. "),
    ("nevermind", "Nothing was changed. "),
    ("perfect!", "You are welcome. "),
    ("3 of them", "Type the command and one serial"),
    *(
        (answer, "Rollcall reads each message by itself: use the buttons below its last answer")
        for answer in (
            *("no, London", "Wrong one", "oops", "that was wrong", "I meant Paris", "the second"),
            *("2", "both", "same again", "London", "London design", "new york, kiosk."),
            *(
                "the first one",
                "try again",
                "the london one",
                "for paris",
                "as a kiosk",
                "yes, both",
            ),
            *(
                "not that",
                "mistake",
                "my bad",
                "it should be paris",
                "das zweite",
                "oui les deux",
                "いいえ、paris",
            ),
        )
    ),
    ("reimage them all", "for several Macs use the buttons of their card"),
)


@pytest.mark.usefixtures("bot")
def test_what_no_verb_does_is_answered_with_how_it_is_done(
    alice: Person, database: Database
) -> None:
    register(database, "C02XG0FDJGH5")
    before = registrations(database)

    answers = {text: typed(alice, text) for text, _ in HINTS}

    assert {text: fix for text, fix in HINTS if fix not in answers[text]} == {}
    assert [text for text in answers if "Did you mean" in answers[text]] == []
    fragments = ("There is no command", "is not registered")
    assert [text for text in answers for each in fragments if each in answers[text]] == []
    assert registrations(database) == before


@pytest.mark.usefixtures("bot")
def test_a_sentence_ends_as_the_readers_language_has_it(slack: Workspace) -> None:
    yuki = slack.person("U0YUKI", locale="ja-JP")

    assert typed(yuki, "frobnicate").startswith("コマンド 「frobnicate」 はありません。 ")


@for_each(
    ("text", "nearest"),
    [
        ("should C02XG0FDJGH5 be london design?", "show"),
        ("no, C02XG0FDJGH5", "move"),
        ("mvoe C02XG0FDJGH5 london design", "move"),
        (":+1:", None),
    ],
)
def test_a_question_and_a_word_of_an_answer_register_nothing(
    text: str, nearest: str | None
) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(text)

    assert next(iter(caught.value.nearest), None) == nearest


@for_each("slip", ["cancle C02A", "registr C02A", "fnid C02A", "hlep"])
def test_a_slip_of_a_verb_is_not_read_for_serials(slip: str) -> None:
    with pytest.raises(Misunderstood, match="There is no command"):
        parse(slip)


@for_each(
    ("word", "verb"),
    [("verplaats", "move"), ("annulla", "cancel"),
     ("deregister", "cancel"), ("löschen", "cancel"), ("verschiebe", "move"),
     ("hello there", "help"), ("how do I", "help"), ("what else", "show"),
     ("sorry", "move"), ("reg", "register"), ("sign in", "sign-in")],
)  # fmt: skip
def test_a_word_of_another_tool_or_language_names_the_verb_that_does_it(
    word: str, verb: str
) -> None:
    with pytest.raises(UnknownVerb) as caught:
        parse(f"{word} C02XG0FDJGH5" if " " not in word else word)

    assert caught.value.nearest == [verb]

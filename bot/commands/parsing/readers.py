"""Readers of the words behind each verb of the slash command."""

import re
from collections.abc import Callable
from itertools import dropwhile

from bot.commands.models import (
    Command,
    DigestCommand,
    EmailCommand,
    FindCommand,
    HelpCommand,
    ListCommand,
    LogCommand,
    MoveCommand,
    NameCommand,
    PreviewCommand,
    ReplaceCommand,
    ShowCommand,
    StatisticsCommand,
    TokenCommand,
    WebhooksCommand,
)
from bot.commands.parsing.talk import ONE_SERIAL, OWN_MACS
from bot.commands.parsing.verbs import UnknownVerb
from bot.commands.parsing.words import (
    ALL,
    BESIDE,
    COURTESY,
    Misunderstood,
    hyphened,
    is_between,
    is_pronoun,
    meant,
    refuse,
    refuse_otherwise,
    telling,
    without_courtesy,
)
from infrastructure.text import readable
from provisioning.access.programs.models import ACTS, READ
from provisioning.access.programs.tokens import LONGEST_NAME
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.monitoring.statistics import MAX_WEEKS, WEEKS
from provisioning.values.kinds import BOTH, SITE, Kinds

HOOK_ACTS = {"test": "test", "try": "test", "replay": "replay"}  # words, and what they mean

_WEEKS = frozenset(
    {"this", "last", "past", "week", "weeks", "woche", "wochen", "semaine", "semaines", "semanas"}
)
_MONTHS = frozenset({"month", "months", "monat", "monate", "mois", "mes", "meses"})
_FAILED = frozenset({"failed", "stalled", "stuck"})  # states that the digest tells
_IS = frozenset(
    {
        *("as", "be", "called", "for", "is", "named", "should", "to", "=", "als", "für", "en"),
        *("pour", "como", "para"),
    }
)  # between a serial and its name

# Words behind `list` and `export` that leave nothing out.
ALL_WAITING = frozenset({ALL, "everything", "macs", "waiting", "pending", "csv"})
_KINDS = frozenset({"sites", "builds"})
_OWN = frozenset({"my", "mine"})  # the Macs of a person: no site, and not all

Reader = Callable[[list[str], Kinds], Command]  # of the words behind a verb


def name(words: list[str], _: Kinds) -> NameCommand:
    """Return the name in the words behind `name`. Raises Misunderstood."""
    words = without_courtesy([*dropwhile(is_between, words)])
    if len(words) > 1:
        words[-1] = re.sub(r"(?<=[0-9])[.!…]+$", "", words[-1])  # of a phone; not `Acme Inc.`
    match [*words[:1], *dropwhile(_is_sign, words[1:])]:
        case [name, serial] if looks_serial(meant(serial)) and not looks_serial(meant(name)):
            return NameCommand(meant(serial), hyphened([name]))
        case [serial, *name] if name and not (
            is_pronoun(serial) or _names_another(name, meant(serial))
        ):
            return NameCommand(meant(serial), hyphened(name))
    raise Misunderstood("One serial and a name: SERIAL lab-07")


def _names_another(name: list[str], serial: str) -> bool:
    """Return True if the serial of another Mac stands between two names: `lab-01, C02… lab-02`.

    One that is all of the name is refused as such, with the reason. At the end of a name may be a
    word that looks like one, such as `LAPTOP12345A`.
    """
    return any(looks_serial(meant(word)) and meant(word) != serial for word in name[1:-1])


def _is_sign(word: str) -> bool:
    """Return True if a word between a serial and its name is an arrow, or such as “to”."""
    return word.casefold() in _IS or not re.search(r"\w", word)


def preview(words: list[str], kinds: Kinds) -> PreviewCommand:
    """Return the preview in the words behind `preview`. Raises Misunderstood."""
    told = telling(words)
    is_whole = len(words) == 1 + len(kinds.names) and len(told) > 1
    match words if is_whole else told:
        case [serial]:
            return PreviewCommand(meant(serial), None, None)
        case [serial, *names] if len(names) == len(kinds.names):
            return PreviewCommand(meant(serial), *kinds.pair(names))
    facts = {"lack": kinds.lack, "kinds": kinds.in_words("the")}
    if kinds == BOTH:
        raise Misunderstood(
            "{lack}One serial, and {kinds} of its workflow, if it names them", **facts
        )
    raise Misunderstood("{lack}One serial, and {kinds} of its workflow, if it names it", **facts)


def move(words: list[str], kinds: Kinds) -> MoveCommand:
    """Return the move in the words behind `move`. Raises Misunderstood."""
    match words if len(words) == 1 + len(kinds.names) else telling(words):
        case [serial, *names] if len(names) == len(kinds.names) and not is_pronoun(serial):
            return MoveCommand(meant(serial), *kinds.pair(names))
    facts = {"lack": kinds.lack, "kinds": kinds.in_words("a"), "form": kinds.form}
    if kinds == BOTH:
        raise Misunderstood(
            "{lack}One serial, {kinds}: SERIAL {form}; "
            "for several Macs type register instead of move",
            **facts,
        )
    raise Misunderstood(
        "{lack}One serial and {kinds}: SERIAL {form}; "
        "for several Macs type register instead of move",
        **facts,
    )


def replace(words: list[str], _: Kinds) -> ReplaceCommand:
    """Return the replacement in the words behind `replace`. Raises Misunderstood."""
    match telling(words, BESIDE):
        case [old, new]:
            return ReplaceCommand(meant(old), meant(new))
    raise Misunderstood("Two serials, that of the former Mac first: OLD NEW")


def serial_command(command: Callable[[str], Command]) -> Reader:
    """Return a reader of commands that take one serial."""

    def read(words: list[str], _: Kinds) -> Command:
        serial = _serial_in(words)
        refuse_otherwise([word for word in words if word != serial])
        return command(meant(serial))

    return read


def _serial_in(words: list[str]) -> str:
    """The serial among words, which may be written in groups. Raises Misunderstood."""
    match told := telling(words, BESIDE):
        case [serial] if not is_pronoun(serial):
            return serial
        case [*groups] if looks_serial("".join(groups)) and not any(map(looks_serial, groups)):
            return "".join(groups)
    refuse_otherwise(words)
    if told and [word for word in told if looks_serial(meant(word))] == told[:1]:
        refuse(words[words.index(told[0]) + 1 :])
    raise Misunderstood(ONE_SERIAL)


def show(words: list[str], _: Kinds) -> Command:
    """Return the look at a Mac in the words behind `show`, or at all that wait.

    Talk around a serial changes nothing: to look is all that is done. Raises Misunderstood.
    """
    serials = [meant(word) for word in words if looks_serial(meant(word))]
    numbers = [word for word in words if re.search(r"[0-9]", word)]
    if words and not numbers and _is_all(words):
        return ListCommand(None)
    if words and {word.casefold() for word in telling(words)} <= _KINDS:
        return HelpCommand()  # which names them
    is_one = len(serials) == len(numbers) == 1
    if not numbers and _failed_state(words):
        return DigestCommand()
    named = [word for word in words if word.casefold() not in ALL_WAITING]
    return ShowCommand(serials[0] if is_one else meant(_serial_in(named)))


def waiting(words: list[str], kinds: Kinds) -> Command:
    """Return the list in the words behind `list`, or the look at a Mac. Raises Misunderstood."""
    if any(looks_serial(meant(word)) for word in words):
        return show(words, kinds)
    if (told := {word.casefold() for word in telling(words)}) and told <= _KINDS:
        return HelpCommand()
    if _failed_state(words):
        return DigestCommand()
    return site_command(ListCommand)(words, kinds)


def log(words: list[str], kinds: Kinds) -> Command:
    """Return the log, or the history of the Mac in the words behind `log`. Raises Misunderstood."""
    if any(looks_serial(meant(word)) for word in words):
        return show(words, kinds)
    return LogCommand()


def find(words: list[str], _: Kinds) -> FindCommand:
    """Return the search in the words behind `find`. Raises Misunderstood."""
    if not words:
        raise Misunderstood("Something to look for: a part of a serial, a site, a name")
    if words[0].casefold() == "for" and words[1:]:  # `search for ann`
        words = words[1:]
    return FindCommand(" ".join(without_courtesy(words)))


def _is_all(words: list[str]) -> bool:
    """Return True if words leave nothing out, such as “all Macs” and “the Macs, please”.

    Raises Misunderstood for a person's own ones.
    """
    written = {word.casefold() for word in words}
    if not _OWN.isdisjoint(written):
        raise Misunderstood(OWN_MACS)
    told = {word.casefold() for word in telling(words)}
    is_talk = not told and (len(words) > 1 or written <= COURTESY)
    return is_talk or (told or written) <= ALL_WAITING


def _failed_state(words: list[str]) -> str:
    """The word by which people ask for Macs that failed, of which the digest tells; or nothing."""
    return next((word for word in words if word.casefold() in _FAILED), "")


def site_command(command: Callable[[str | None], Command]) -> Reader:
    """Return a reader of commands that take a site, or nothing."""

    def read(words: list[str], kinds: Kinds) -> Command:
        if _is_all(words):
            return command(None)
        if state := _failed_state(words):
            raise UnknownVerb(state, ["digest"])
        match [word for word in words if word.casefold() not in ALL_WAITING]:
            case [site] if SITE in kinds.names:
                return command(site)
        if SITE in kinds.names:
            raise Misunderstood("Type one site behind the command, or nothing")
        raise Misunderstood("{lack}Nothing else goes after that", lack=kinds.lack)

    return read


def stats(words: list[str], kinds: Kinds) -> StatisticsCommand:
    """Return the statistics in the words behind `stats`. Raises Misunderstood."""
    weeks = WEEKS
    unit = 1 if _MONTHS.isdisjoint(map(str.casefold, words)) else 52 / 12  # weeks
    words = [word for word in words if word.casefold() not in _WEEKS | _MONTHS]
    words[1:] = [word for word in words[1:] if word.casefold() != ALL]
    if words and re.fullmatch(r"[0-9]+", words[-1]):
        weeks = round(int(words[-1][:4]) * unit)
        words = words[:-1]
    if [word.casefold() for word in words] == [ALL]:  # not of a site called so, `all saints`
        words = []
    has_sites = SITE in kinds.names
    if len(words) > has_sites or not 1 <= weeks <= MAX_WEEKS:
        if has_sites:
            raise Misunderstood(
                "A site, a number of weeks from 1 to {most}, both or nothing", most=MAX_WEEKS
            )
        raise Misunderstood(
            "{lack}A number of weeks from 1 to {most}, or nothing",
            lack=kinds.lack,
            most=MAX_WEEKS,
        )
    return StatisticsCommand(words[0] if words else None, weeks)


def email(words: list[str], _: Kinds) -> EmailCommand:
    """Return the subscription in the words behind `email`. Raises Misunderstood."""
    words = without_courtesy(words)
    if len(words) > 1:
        raise Misunderstood("One e-mail address, `off`, or nothing")
    return EmailCommand(words[0] if words else "")


def token(words: list[str], kinds: Kinds) -> TokenCommand:
    """Return the token in the words behind `token`. Raises Misunderstood."""
    match words:
        case [name, *rest] if readable(name, LONGEST_NAME):
            acts = tuple(word.lower() for word in rest if word.lower() in ACTS)
            sites = tuple(word for word in rest if word.lower() not in ACTS)
            if not sites or SITE in kinds.names:
                return TokenCommand(name, acts or (READ,), sites)
    raise Misunderstood("A name, and what the token may do, such as: helpdesk read register change")


def webhooks(words: list[str], _: Kinds) -> WebhooksCommand:
    """Return the request in the words behind `webhooks`. Raises Misunderstood."""
    match [word.lower() for word in words]:
        case []:
            return WebhooksCommand()
        case [act, number] if act in HOOK_ACTS and re.fullmatch(r"[0-9]{1,9}", number):
            return WebhooksCommand(HOOK_ACTS[act], int(number))
    raise Misunderstood(
        "Nothing, or `test` or `replay` and the number of a webhook, such as: test 3"
    )

"""The nearest verb to an unknown word: a mistyped verb, or another word for it."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from bot.commands.words import Misunderstood

# What people type who know other tools; the verb that does it here.
OTHER_WORDS = {
    **dict.fromkeys(("add", "assign", "create", "enrol", "enroll", "set"), "register"),
    **dict.fromkeys(("delete", "drop", "forget", "remove", "rm", "unregister"), "cancel"),
    **dict.fromkeys(("change", "edit", "update"), "move"),
    **dict.fromkeys(("rename", "call"), "name"),
    **dict.fromkeys(("erase", "reinstall", "restore", "wipe"), "reimage"),
    **dict.fromkeys(("exchange", "swap"), "replace"),
    **dict.fromkeys(("get", "info", "status", "state", "where"), "show"),
    **dict.fromkeys(("explain", "simulate", "test", "try"), "preview"),
    **dict.fromkeys(("search", "lookup", "grep"), "find"),
    **dict.fromkeys(("ls", "open", "pending", "waiting"), "list"),
    **dict.fromkeys(("history", "audit", "events"), "log"),
    **dict.fromkeys(("summary", "today"), "digest"),
    **dict.fromkeys(("charts", "report", "statistics"), "stats"),
    **dict.fromkeys(("csv", "download", "backup"), "export"),
    **dict.fromkeys(("check", "diagnose", "health", "ping"), "doctor"),
    **dict.fromkeys(("login", "signin", "board", "code"), "sign-in"),
    **dict.fromkeys(("hook", "hooks", "webhook"), "webhooks"),
    **dict.fromkeys(("?", "-h", "--help", "commands", "hello", "hey", "hi", "usage"), "help"),
}


class UnknownVerb(Misunderstood):
    """A text that begins with no verb; `nearest` are the possible ones."""

    def __init__(self, word: str, nearest: Sequence[str] = ()) -> None:
        super().__init__("There is no command {word}", word=repr(word[:40]))
        self.nearest = nearest


def slip_of(word: str, verbs: Collection[str]) -> Sequence[str]:
    """Return the verbs of which `word` may be a mistyped form, the likeliest first."""
    # A hyphen is seldom forgotten, and `design`, which many builds are called, is like `sign-in`.
    likely = [verb for verb in verbs if "-" in word or "-" not in verb]
    return get_close_matches(word.lower(), likely, n=2)


def other_word_for(word: str) -> Sequence[str]:
    """Return the verb for `word`, which other programs use for the same, if there is one."""
    verb = OTHER_WORDS.get(word.lower())
    return [verb] if verb else []

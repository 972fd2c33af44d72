"""Beginnings of what people type: greetings, wishes and requests, and whether a text asks."""

import re

from bot.commands.parsing.words import EMOJI, bare, refuse
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial

_TEAM = r"(?:team|there|all|everyone|rollcall)"
GREETINGS = frozenset({"hi", "hey", "hello", "hallo", "hola", "bonjour", "ciao"})
_APART = r"(?:[\s,.!¿¡]|:(?![\w+'-]+:))"  # a colon may begin an emoji
_GREETING = re.compile(
    rf"(?:\s|{EMOJI.pattern})*(?:(?:(?:{'|'.join(sorted(GREETINGS))})(?:\s{_TEAM})?|@?rollcall"
    r"|(?:ok|okay|just|now|and)(?=[,.!:]? [^\W\d]+(?: |\W*\Z))"  # no cell: a tab
    r"|(?:good|guten) (?:morning|afternoon|evening|morgen|tag|abend)|bonsoir|buen[oa]s \w+"
    r"|(?:i|we)(?:'d| would) like to|(?:i|we) (?:want|need|have) to|let's|let us"
    r"|please|pls|plz|bitte|kindly|por favor|per favore|svp|stp|s'il (?:vous|te) plaît|alstublieft"
    rf"|(?:can|could|would|will)(?:\s(?:you|u|we|i))?|you|u)(?:{EMOJI.pattern}|{_APART})+)+"
    rf"(?=\w)(?!{_TEAM}\W*$)",
    re.IGNORECASE,
)
_REQUEST = re.compile(r"\b(?:can|could|would|will)\b", re.IGNORECASE)
_OWN_REQUEST = re.compile(r"\b(?:can|could)\s(?:we|i)\b", re.IGNORECASE)
_SHOW_ME = re.compile(
    r"\A\s*show\s+(?:(?:me|us|my|the)\s+)*"
    r"(?=(?:digest|doctor|find|help|how|list|log|preview|stats|template|what|which|who)(?![\w-]))",
    re.IGNORECASE,
)
_ASKED = re.compile(r"((?:[^.!?;\n]|[.!?;](?!\s|$))+)\?(?=\s|$)")  # a first sentence


def without_greeting(text: str) -> str:
    """Return a text without the words with which people begin, such as “Hi, could you please”.

    What “could you” asks for is no question without it: `put these in Paris?`, unless it names a
    serial. “Show me the” before a verb that shows something says nothing, either.
    """
    if match := _GREETING.match(text):
        text = text[match.end() :]
        asked = _ASKED.match(text) if _REQUEST.search(match[0]) else None
        if asked and not any(looks_serial(bare(word)) for word in asked[1].split()):
            text = as_wish(text)
    return _SHOW_ME.sub("", text)


def as_wish(text: str) -> str:
    """Return a text whose first sentence is no question: `could you register C02…?` asks for it."""
    match = _ASKED.match(text)
    return f"{match[1]}.{text[match.end() :]}" if match else text


def refuse_doubtful(text: str) -> None:
    """Raise Misunderstood for a quotation, and for a question that does not begin as a request.

    `cancel C02…?` and `can I cancel C02…?` may ask what it would do; `could you cancel C02…?` asks
    for it. What Slack shows as quoted is another person's.
    """
    greeting = _GREETING.match(text)
    is_request = greeting and _REQUEST.search(greeting[0]) and not _OWN_REQUEST.search(greeting[0])
    if text.rstrip().endswith("?") and not is_request:
        refuse("?")
    if text.lstrip().startswith(">"):
        refuse(">")

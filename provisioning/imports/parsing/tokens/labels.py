"""Labels before words in a text, which say what the words are."""

import re

from provisioning.imports.parsing.vocabulary.words import SCRIPT, either, known, pattern, whole

_NUMBER = r"(?:\s*(?:numbers?|nos?|num|nr|n°|nº|№|id|code|key|#)(?!\w))?[\s.:#=-]*"
_DEVICE = r"(?:(?:mac|device|machine|computer|hardware|system|apple|ger[aä]te)[\s-]?)?"

REPLACED = "it is the serial of the old Mac"
# Headings of serials that are no words of sentences, as `ser` and `new` may be.
SHORTEST = 6  # letters, in Latin script
_NEW = known("a_new")
_HEADINGS = either(
    word
    for word in known("serial")
    if not _NEW & {word, word.split()[0]} and (len(word) >= SHORTEST or not word.isascii())
)
SERIAL_LABEL = re.compile(
    rf"(?<!\w)(?:(?:{_DEVICE}serials?|s\s?/\s?n|sn|serial\s?n(?:um(?:ber)?|o|r)"
    rf"|serienn(?:umme)?r[ns]?|serien[-\s]nr|ser(?:ie)?\.?\s?-?\s?(?:nr|no|num|n°)|ser\s?\#|n\s?/\s?s"
    rf"|serial\sn|n[uú]m[eé]r[oi]s?\s(?:de|di)\ss[eèé]rie|n[°ºo.]*\s?(?:de\s)?s[eé]rie|{_HEADINGS})"
    rf"(?!\w)|\(\s?s\s?\)){_NUMBER}(?:\((?:system|apple)\)\s*:?\s*)?",
    re.IGNORECASE,
)
# Words for other numbers that are made of several, or have endings.
_NUMBERS = (
    r"(?:kunden|auftrags?|bestell|lieferschein|liefer|rechnungs?|sendungs?|paket|artikel|teile"
    r"|inventar|anlagen|vorgangs|vertrags|steuer|projekt|referenz)-?(?:nummer|nr|no|id)"
    r"|(?:best|art|inv|kd|auftr|ref|rg|ls|lief)\.?\s?-?\s?nr"
    r"|(?:zam[oó]wieni|заказ|клиент|сч[её]т|накладн|договор|objedn[aá]vk|faktur|z[aá]kazn[ií]k"
    r"|rendel[eé]s|sz[aá]mla|tilaus|asiakas|ordre|παραγγελ|πελάτη)\w*"
)
# The id of anything but a machine, as on a badge.
_ID = (
    r"(?!(?:mac|device|machine|computer|hardware|system|apple|serial|unit|host|the|its|by|with|of|and)\b)"
    r"[a-z]{3,20}[\s-]id(?!\w)[\s.:#=-]*"
)
_NUMBER_OF = r"(?:n[°º.]|cod(?:ice|\.)|num[eé]ro|n[uú]mero|no\.|nr\.)\s*(?:de\s|du\s|d['’ ])?"
_PERHAPS = pattern("perhaps_label")
_COLON = r"(?:\s*(?:numbers?|nos?\.?|num|nr\.?|n°|nº|id|code)(?!\w)[\s.:#=-]*|\s*[:#]\s*)"
OTHER_LABEL = re.compile(
    rf"(?<!\w)(?:(?:{_NUMBERS}|{pattern('label')})(?!\w){_NUMBER}(?:(?:address|adresse){_NUMBER})?"
    rf"|(?:{_PERHAPS}){_COLON}|{_NUMBER_OF}(?:{_PERHAPS})(?!\w){_NUMBER}|{_ID}|\(\s?(?:1p|p|30p|11p|q|k|4k)\s?\){_NUMBER})",
    re.IGNORECASE,
)
OLD_LABEL = re.compile(
    r"(?<!\w)(?:(?<=\()\s?(?:was|formerly|prev|previously|ex|war|früher|vorher|avant|antes|prima|era)"
    r"|(?:swap|exchange)(?=:?\s[^:;]{0,60}(?:\s(?:for|with|by)\s|→|[-=]>))"
    rf"|{pattern('a_former', 'instead')}|returning|defective|faulty|defekt(?:e[rs]?)?)"
    rf"(?:\s+(?:{pattern('machine')}|mac\smini|pro|air|sn|s/n|seriennummer|the"
    r"|my|his|her|den|der|das|le|la|el|il|a|number|nummer|no|is|was|war|ist|with|broken|faulty|dead"
    r"|defective|damaged|stolen|defekte\w*|kaputte\w*))*[\s:#.=]*",
    re.IGNORECASE,
)
REPLACED_BEHIND = re.compile(
    r"(?:\s*\([^()]{0,40}\))?\W*(?:(?:is|was|will\sbe|gets|wird|wurde)\s+)?(?:being\s)?"
    r"(?:replaced\s(?:by|with)|ersetzt\sdurch|remplac[eé]e?\spar|sustituid[oa]\spor)",
    re.IGNORECASE,
)
_CONDITION = rf"(?:{pattern('condition')})(?!\s(?:{pattern('courtesy')}|you\s(?:can|could)\W*$))"
TAKEN_BACK_BEFORE = re.compile(
    rf"\b(?:{pattern('not', 'except')}|{_CONDITION}|wrong\s(?:for|that)|ignore|skip|forget|remove"
    r"|cancel|delete|(?:un|de)register|(?:do|does|should|must|ca|wo)n['’ ]?t|leave\sout|scratch"
    r"|drop|no\s(?:need|registr\w*)|return|(?:take|send|give)\sback|hold|wait|streich\w*"
    r"|vergiss)\b"
    r"[^.;:]{0,30}$"
    rf"|\b(?:{pattern('gone')})\s(?:{pattern('machine')})\s(?:{pattern('is')})\W*$",
    re.IGNORECASE,
)
# Behind a serial, or behind the place there, for which blanks stand, in the same sentence.
_BEHIND = rf"(?:\W{{0,3}}|[^\w.;!?]{{4,60}})(?:(?:{pattern('towards')}|in|at|im|en|w|v|på|i)\s+)?"
_GONE = (
    rf"{_BEHIND}(?:(?:{pattern('status')})\W{{1,3}})?(?:(?:{pattern('is')})\s(?:\w+\s)?)?"
    rf"(?:(?:{pattern('gone', 'absent')})\b"
    # What may be said of other things as well ends here, or goes on with where to: `return date`.
    rf"|(?:{pattern('aside')})(?=\W*$|\s*[^\w\s]|\s(?:{pattern('towards')}|it|this|an)\b))"
)
_BROKEN, _SCREEN = pattern("gone"), rf"(?:screen|display|{pattern('screen')})"
_SCREEN_BROKEN = rf"(?:{_SCREEN}\s(?:(?:{pattern('is')})\s)?(?:{_BROKEN})|(?:{_BROKEN})\s{_SCREEN})"
# In scripts without spaces between the words.
_BROKEN_IN_SCRIPT = either(word for word in known("gone") if re.match(f"[{SCRIPT}]", word))
TAKEN_BACK_BEHIND = re.compile(
    rf"{_GONE}|(?:\s*[^\s.;]){{0,40}}[^\w.;]{{1,60}}{_SCREEN_BROKEN}\b"
    rf"|{_BEHIND}\((?:already\s)?(?:{pattern('done', 'a_former')})\)"
    rf"|[\s:,-]*(?:(?:is|already|schon|bereits|déjà|ya|già)\s)*(?:{pattern('done')})[^\w:,]*(?:$|,)"
    r"|\s(?:[^\W\d]+\s)?(?:no|nope|nein|nee|nej|skip)\W*$"
    r"|\s(?:should|must|muss|soll(?:te)?)\s(?:be|read|have\sbeen|sein|heißen)\s$"
    rf"|(?:\s*[^\s.;。]){{0,12}}\s*(?:{_BROKEN_IN_SCRIPT}|不要|必要な|いりません|要らない|キャンセル|除外|中止|取消|しないで|せずに|ではあり|ではな|じゃな|不是|제외|취소|필요\s?없)|"
    rf",?(?:\s*[^\s.;,!?]){{0,15}}[^\w.;!?]*\b{_CONDITION}\b|"
    rf",?(?:\s*[^\s.;,]){{0,15}}\W*\b(?:{pattern('not', 'taken_back')}"
    r"|(?:is|are|was|were|has|have|had|does|did|ai)n['’ ]?t)\b(?!-\w)"
    r"|(?:\s*[^\s.;]){0,40}\W*\bnot\s(?:yet\s)?(?:arrived|delivered|received|here)\b",
    re.IGNORECASE,
)
HARD_SPACE = "\ua7f7"  # a letter, in place of the spaces in a name between quotation marks
_CALLED = (
    r"named|called|(?:call|name)\s(?:it|this)|genannt|hei(?:ß|ss)t|namens|nomm[eé]e?"
    r"|llamad[oa]|chiamat[oa]|genaamd"
)
# Before the name of a person, or of anything but the whole machine: `User name: jdoe`.
_OTHERS = """
user account login owner full first last real family given display person member contact customer
employee staff manager teacher student pupil class course team group department company
school project order supplier vendor store site location office building room street volume disk
file domain policy event printer processor chip model product package network wifi wi-fi app os
"""
_PERSON = r"\s*[:=]\s*(?-i:[A-ZÀ-Þ][a-zà-ÿ]+)\s*(?:[,;|]|$)"  # `Name: Ann, …`
_NAME = "".join(f"(?<!{w}[ -])" for w in _OTHERS.split()) + rf"name(?!\s(?:of|is)\b|{_PERSON})"
_NAMED = rf"(?<!\w)(?:{_CALLED}|{_NAME}|(?:host|computer)\s?name(?:\sis\b)?|host(?!\s?name))[\s:=]+"
# `named Bob's Mac` gives no name: no computer may be called so, nor is `Bob` what was meant.
NAMED = re.compile(
    rf"{_NAMED}([A-Za-z0-9][A-Za-z0-9._{HARD_SPACE}-]{{1,62}}+)(?!['’]\w)", re.IGNORECASE
)
# A name that goes on behind its first word, so that nobody knows where it ends: `named front 7`,
# `called Ann MacBook Pro`, `named Front Desk`. Quotation marks became blanks: `named Bob s Mac`.
# One with digits or hyphens is whole, as `lab-7` and `ann-mbp`.
_LETTERS = r"(?!i?mac)[A-Za-z](?:[A-Za-z._]*[A-Za-z_])?"
_END_OF_WORD = r"(?![\w-]|\.\w|\s*[:=])"
_GOES_ON = rf"{_LETTERS}\s(?:\d{{1,4}}|s\s\w+|macbook|imac|mac){_END_OF_WORD}"
_NO_PART = pattern("filler", "closing", "courtesy", "site", "build", "towards", "article")
CUT_NAME = re.compile(
    rf"{_NAMED}(?={_GOES_ON}"
    rf"|(?-i:[A-Z]){_LETTERS}\s(?!(?:{_NO_PART})\b)(?-i:[A-Z][a-z]+){_END_OF_WORD})",
    re.IGNORECASE,
)
# The same where the name begins as that of a place does: `named lab 7`.
CUT_PLACE = re.compile(rf"(?<!\w)(?:{_CALLED})\s(?={_GOES_ON})", re.IGNORECASE)
NAMED_IN_QUOTES = re.compile(
    rf"({_NAMED})[\"“”„«‘‚']([A-Za-z0-9][A-Za-z0-9._ -]{{1,62}})[\"“”»’‘']", re.IGNORECASE
)
# What is said about what comes with a Mac, and takes nothing back: `charger not included`, but not
# what is said behind that, `charger here but not the Mac`, or of both: `with charger stolen`.
_WITH = "(?<!with )(?<!mit )(?<!avec )(?<!con )(?<!met )(?<!med )"
_JOINED = r"\s(?:[-–—/]|and|but|und|aber|et|mais|y|pero|e|ma|en|maar|och|og|men)\s"
# A part of a portable Mac as well.
_OWN_PART = r"(?:keyboard|trackpad|tastatur|clavier|teclado|tastiera|toetsenbord)"
OF_ACCESSORY = re.compile(
    rf"\b(?:{pattern('not')}|(?:{pattern('gone', 'absent', 'aside')})(?!\s{_OWN_PART}))\s"
    rf"(?:\w{{1,3}}\s)?{whole(pattern('accessory'))}"
    rf"|{_WITH}{whole(pattern('accessory'))}(?:(?!{_JOINED})[^,;.()])*",
    re.IGNORECASE,
)
EITHER = re.compile(
    rf"\W*(?:{pattern('or')})\W+(?:(?:{pattern('condition')})\W+)?",
    re.IGNORECASE,
)
EXAMPLE_BEFORE = re.compile(
    r"(?:(?<!\w)(?:e\.?\s?g\.?|for\s(?:example|instance)|z\.?\s?b\.?|zum\sbeispiel|p\.\s?ex\.?"
    r"|par\sexemple|por\sejemplo|p\.\s?ej\.?|ad\sesempio|bijv\.?|bijvoorbeeld|np\.)"
    r"|例えば|比如|예를 들어)"
    r"[^;]{0,20}$",
    re.IGNORECASE,
)


def quoted_whole(line: str) -> str:
    """Return a line with HARD_SPACE in the names that stand between quotation marks."""
    return NAMED_IN_QUOTES.sub(lambda found: found[1] + HARD_SPACE.join(found[2].split()), line)

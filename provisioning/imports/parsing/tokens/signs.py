"""Signs that mean nothing in a list of Macs: markup, invisible characters, full width, pictures."""

import html
import re

from provisioning.imports.parsing.vocabulary.headings import direction, meaning, rank
from provisioning.imports.parsing.vocabulary.words import SCRIPT

# Before the messages of a chat that was exported or copied: when, and who.
_TIME = r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?"
_CHAT = re.compile(
    rf"^(?:\[?\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{2,4}}, {_TIME}\]?(?: [-–])?"
    rf"|\[(?:\d{{1,2}}[./-]\d{{1,2}}\.?,? )?{_TIME}\]) [^:\n]{{1,40}}: ",
    re.MULTILINE,
)
# The same in a line of its own, as Teams copies it.
_CHAT_LINE = re.compile(
    r"^\[(?:\d{1,2}[./-]\d{1,2}(?:[./-]\d{0,4})?,? )?\d{1,2}:\d\d(?: ?[AaPp]\.?[Mm]\.?)?\]"
    r" [^\d\n]{1,40}$",
    re.MULTILINE,
)
# A word of one letter that Hebrew and Arabic write before a Latin one: \u05d5-C02… (“and”).
_PREFIX = re.compile("(?<=[\u0590-\u05ff\u0600-\u06ff])-(?=[A-Za-z0-9])")
_LINK = re.compile(r"<(?:https?|mailto|tel|ftp):[^<>|]{0,2000}\|([^<>]{0,2000})>")
_MENTION = re.compile(r"<[@#!][^<>]{0,200}>")
_EMOJI = re.compile(r":(?=[a-z0-9_+-]*[a-z])[a-z0-9_+-]{2,40}:(?!\w)")
UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff\ue000-\uf8ff]"
)
AROUND = "()[]{}<>«»「」'\"`“”‘’.,!?:;…#*"  # that people put around a serial
QUOTES = re.compile("[`\"'´‘’‚‛“”„‟«»‹›–—―…•·]")  # which become blanks in a line
_BREAK = re.compile("\r\n|[\r\v\f\x02-\x04\x1c-\x1f\x85\u2028\u2029]")
_BLANK = re.compile(r"[^\S\t\n]")
_ARROW = re.compile(r"(?<![-=])[-=]+>|<[-=]+")
# Full-width letters, digits and signs; marks and pictures that people put between words.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    **dict.fromkeys(map(ord, "│┃║┆┇"), "|"),
    **dict.fromkeys(map(ord, "‐‑‒−"), "-"),  # as word processors and PDF files have them
    **dict.fromkeys(map(ord, "─━═┄┈┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╭╮╰╯"), "-"),
    ord("、"): ",", ord("。"): ". ", ord("　"): " ", ord("・"): " ", ord("｡"): ". ", ord("､"): ",",
}  # fmt: skip
_SLANTED = re.compile(r"(?<!\w)_(?=[^\W_])([^_\n]{1,200})(?<=[^\s_])_(?!\w)")
_KEY = re.compile(r"(?<![\w./:-])([A-Za-z]+(?:_[A-Za-z]+)+)([\"']?\s*[:=]) ?")  # `serial_number=`
# Between a serial and a word in a script that is written without spaces.
_SEAM = re.compile(rf"(?<=[A-Za-z0-9]{{8}})(?=[{SCRIPT}])|(?<=[{SCRIPT}])(?=[A-Za-z0-9]{{8}})")
_SIGNS = re.compile(
    "[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3008-\u3011\U0001f000-\U0001faff※→]"
)
# Crosses beside a serial say that it is not wanted.
_CROSS = re.compile(
    r"[✖✗✘❌❎⛔🚫]|:(?:x|no_entry|no_entry_sign|negative_squared_cross_mark):(?!\w)"
)
# Marks of what is done, where other lines have empty boxes, and those.
_TICKED = re.compile(r"[✅☑✔]|(?<!\w)\[[xX✓✔]\]|:(?:white_check_mark|ballot_box_with_check):")
_EMPTY_BOX = re.compile(
    r"[☐⬜◻▢🔲]|(?<!\w)\[ ?\](?!\w)|:(?:white_large_square|black_square_button):"
)
# Such signs before the first word of a line, which are no part of its indentation.
_LEADING = re.compile(
    rf"^([^\S\n]*)(?:(?!{_CROSS.pattern}|{_TICKED.pattern}|{_EMPTY_BOX.pattern})"
    rf"(?:{_SIGNS.pattern}|{_EMOJI.pattern}|{_MENTION.pattern}|{_ARROW.pattern})[^\S\n]*)+",
    re.MULTILINE,
)
# An arrow from one serial to another.
_TURNED = re.compile(
    r"(?<![A-Za-z0-9])([A-Z0-9]{10,12})\s*(?:[-=]+>|[→⇒➔➜➡⟶↔⇄])\s*(?=[A-Z0-9]{10,12}(?![A-Za-z0-9]))"
)
# What stands before a serial in a code of GS1: the number of a product, and the identifier 21.
_GS1 = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:\][A-Za-z]\d)?01\d{14}\x1d?|\x1d)21(?=[A-Z0-9]{10,12}(?![A-Za-z0-9]))"
)

# A signature or a key in PGP's form: random letters, of which some look like serials. What
# somebody signed stays, as it stands between two beginnings.
_ARMOR = re.compile(
    r"-----BEGIN (PGP [A-Z ]{1,30}|(?:[A-Z0-9]{2,10} ){0,2}(?:CERTIFICATE|KEY|PKCS7|CMS))-----"
    r"(?:(?!-----BEGIN )[\s\S])*?-----END \1-----"
)


def bare(text: str) -> str:
    """Return `text` as lines: without Slack's mark-up, invisible characters and full width.

    Tabs and line feeds stay, every other white space is a space.
    """
    text = _ARMOR.sub(lambda block: "\n" * block[0].count("\n"), text)
    text = _LEADING.sub(r"\1", UNSEEN.sub("", text))
    text = _MENTION.sub(" ", _LINK.sub(r"\1", _GS1.sub(" ", text)))
    text = UNSEEN.sub("", html.unescape(text)).translate(_WIDE)
    text = _PREFIX.sub(" ", _CHAT_LINE.sub("", _CHAT.sub("", text)))
    text = _KEY.sub(_as_words, text)
    text = _TURNED.sub(r"\1 or ", text)
    if _EMPTY_BOX.search(text):
        text = _TICKED.sub(" registered ", text)
    text = _SEAM.sub(" ", _SLANTED.sub(r" \1 ", _CROSS.sub(" not ", text)))
    return _EMOJI.sub(
        " ", _ARROW.sub(" ", _SIGNS.sub(" ", _BLANK.sub(" ", _BREAK.sub("\n", text))))
    )


def _as_words(key: re.Match[str]) -> str:
    """The key of a value as words, if it is a heading, or ends with a plain one: `target_site`.

    A name such as `new_york` or `london_office` stays one, and so does `previous_site`.
    """
    words = key[1].replace("_", " ")
    is_heading = meaning(words) or (rank(words.split()[-1]) == 0 and direction(words) >= 0)
    return f"{words}{key[2]} " if is_heading else key[0]

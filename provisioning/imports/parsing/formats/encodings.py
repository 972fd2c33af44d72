"""A decoder of texts whose encoding nobody has said: the one that makes their words known."""

import codecs
import re

from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.vocabulary.headings import meaning

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of spreadsheets and systems in Europe and Asia; the first of those that know as many words wins.
_GUESSED = (
    *("cp1252", "mac_roman", "cp850", "cp1250", "cp1251", "cp1254", "cp1253", "shift_jis"),
    *("gb18030", "big5", "euc_kr", "euc_jp", "iso8859_15", "koi8_r", "mac_cyrillic", "cp852"),
    *("mac_latin2", "iso8859_2", "cp437"),
)
# Control characters that a text may hold; the last ones are of scanners.
_PLAIN = frozenset("\t\n\r\f\v\x1a\x02\x03\x04\x1d\x1e")
_KANA, _CYRILLIC = (
    re.compile("[\u3041-\u3093\u30a1-\u30fc]{2,}"),
    re.compile("\\b[а-яёА-ЯЁ][а-яё]{3,}"),
)
_SCRIPTS = {
    "shift_jis": _KANA,
    "euc_jp": _KANA,
    "euc_kr": re.compile("[\uac00-\ud7a3]{2,}"),
    "cp1251": _CYRILLIC,
    "koi8_r": _CYRILLIC,
    "mac_cyrillic": _CYRILLIC,
}
FEWEST = 2  # words that show a script
_SAMPLE = 20_000  # bytes by which an encoding is chosen


def decode(content: bytes, name: str, names: Names) -> str:
    """Return the text of a file.

    Where it is neither UTF-8 nor UTF-16, it is in the encoding by which most names of sites and
    builds and most headings in it are known, else in Windows-1252. Raises UnreadableFile where it
    is no text.
    """
    try:
        text = content.decode(_marked(content))
    except UnicodeDecodeError:
        text = content.decode(_likeliest(content[:_SAMPLE], names), errors="replace")
    if any(not (char.isprintable() or char in _PLAIN) for char in set(text) if char < " "):
        raise UnreadableFile(name, "it is neither a table nor a text; save it as .xlsx or CSV")
    return text


def _marked(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    sample = content[:1024]
    if sample[1::2].count(0) * 2 > len(sample[1::2]):
        return "utf-16-le"
    if sample[::2].count(0) * 2 > len(sample[::2]):
        return "utf-16-be"
    return "utf-8"


def _likeliest(sample: bytes, names: Names) -> str:
    def score(encoding: str) -> tuple[int, bool]:
        text, script = _read(sample, encoding), _SCRIPTS.get(encoding)
        return _known(text, names), bool(script and len(script.findall(text)) >= FEWEST)

    return max(_GUESSED, key=score)


def _read(sample: bytes, encoding: str) -> str:
    """The sample in an encoding; nothing where it has bytes that cannot be in it."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return "" if encoding != "cp1252" else sample.decode(encoding, errors="replace")


def _known(text: str, names: Names) -> int:
    """The number of names and headings beyond ASCII in a text, which only its encoding shows."""
    found = 0
    for line in [*{line for line in text.splitlines() if not line.isascii()}][:200]:
        named = names.named_in(line)
        cells = [cell.strip(' "') for cell in re.split(r"[\t;|,]", line)]
        known = [*named.sites, *named.builds, *filter(meaning, cells)]
        found += sum(not text.isascii() for text in known)
    return found

"""Numbers and codes that stand in lists of Macs and are no serials, recognised as what they are."""

import re
from functools import lru_cache

# Plants and machines with which many serials of twelve characters begin; from memory.
OLD_PLANTS = frozenset(
    ("C02", "C07", "C17", "C1M", "D25", "DGK", "F5K", "FVF", "FVH", "FVX", "G8W", "H2W")
)
_VAT = (
    r"ATU\d{8}|BE[01]\d{9}|CHE\d{9}|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|EL\d{9}|ES[A-Z]\d{7}[A-Z0-9]"
    r"|ES\d{8}[A-Z]|FI\d{8}|FR[A-Z0-9]{2}\d{9}|GB\d{9}|HR\d{11}|HU\d{8}|IE\d[A-Z0-9]\d{5}[A-Z]{1,2}"
    r"|IT\d{11}|LT\d{9}|LU\d{8}|LV\d{11}|MT\d{8}|NL\d{9}B\d\d|NO\d{9}(?:MVA)?|PL\d{10}|PT\d{9}"
    r"|RO\d{7,10}|SE\d{12}|SI\d{8}|SK\d{10}"
)
MAC = "it looks like a MAC address"
_MEMORY = r"(?:(?:8|16|18|24|32|36|48|64|96|128|192|256|512)GB|[1248]TB|\d+(?:GHZ|INCH|ZOLL|MAH))"

_OLD_SERIAL = rf"(?:{'|'.join(sorted(OLD_PLANTS))})[A-Z0-9]{{9}}"  # may end with 1TB by chance

# In this order: the first that fits is said.
_WHOLE = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (r"(?=.*[A-F])[0-9A-F]{12}", MAC),
        (r"[0-9A-F]{8}-?[0-9A-F]{16}|[0-9A-F]{32,}", "it looks like a UDID or a hash"),
        (r"W\d{9,10}", "it looks like an order's number"),
        (_VAT, "it looks like a VAT number"),
        (
            r"1P.{5,}|Z[0-9][A-Z0-9]{2}(?:00[A-Z0-9]{1,3})?(?:[A-Z]{1,2}/?A)?",
            "it is a part's number",
        ),
        (r"Z[0-9][A-Z0-9]{2}\d{3}[A-Z0-9]{1,4}", "it looks like a part's number"),
        (r"[FMNPZ][A-Z0-9]{3,4}(?:LL|[A-Z]{1,2})/[A-Z]", "it looks like a part's number"),
        (r"1Z[A-Z0-9]{16}|J[JV]D\d{10,}|[A-Z]{2}\d{9}[A-Z]{2}", "it looks like a parcel's number"),
        (rf"(?!{_OLD_SERIAL}$).*(?<!\d){_MEMORY}.*", "it looks like a description of a model"),
        (r".*(?:MACBOOK|IMAC|MACMINI|MACPRO|MACSTUDIO|IPHONE|IPAD).*", "it looks like a model"),
        (r".*X{4}.*", "it looks like a placeholder"),
        (r"(?:19|20)\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01])[A-Z0-9]{1,4}", "it begins with a date"),
    )
)
RECENT = 1024  # texts whose judgement is remembered
MAX_CONSONANTS = 4  # in a row, in words such as WORTHSCHILD
_COUNTED = re.compile(r"[A-Z]{1,5}-?\d{5,}|(?:[A-Z]{1,6}[-_]){1,3}\d{2,}|\d{5,}-?[A-Z]{1,5}")
_WORD_AND_NUMBER = re.compile(r"([A-Z]{4,})(\d{2,6})")
_VOWEL = re.compile(r"[AEIOUY]+")
_SOUND = re.compile("SCH|STR|CH|CK|TH|NG")  # said as one consonant, or nearly: HAUPTSTRASSE

_PART_OF_HASH = re.compile(r"(?=.*[a-f])(?=.*\d)[0-9a-f]{7,12}")

NEVER = re.compile(
    r"(?:https?|ftp)://\S+|www\.\S+|[^\s@,;<>]{1,64}@[^\s@,;<>]+\.[A-Za-z]{2,}"  # addresses
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.]+Z?)?\b|\b\d\d?[./]\d\d?[./]\d{2,4}\b"  # dates
    r"|\b[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5,7}\b|\b[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}\b"
    r"|\b[0-9A-Fa-f]{6}[-:.][0-9A-Fa-f]{6}\b|\b0x[0-9A-Fa-f]+\b"  # HP's MAC addresses; errors
    r"|\b(?:3?[01]P)?[A-Z0-9]{4,6}[A-Z]{1,2}/[A-Z]\b"  # Apple's part numbers
    r"|\b(?:1|30)P(?:[A-Z][A-Z0-9]{3,4}[A-Z]{1,2}|Z[01][A-Z0-9]{2,7})\b"
    r"|\bZ[01][A-Z0-9]{2}(?:[A-Z0-9]{5})?\b"
    r"|\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b"  # UUIDs
    r"|\b[0-9A-Fa-f]{8}-[0-9A-Fa-f]{16}\b|\b[0-9A-Fa-f]{32,128}\b"  # UDIDs, hashes
    r"|\b[A-Z]{2}\d\d(?: [A-Z0-9]{4}){3,7}(?: [A-Z0-9]{1,3})?\b"  # bank accounts
    r"|\b[A-Z]{2}\d\d[A-Z0-9]{4}\d{7,23}\b"
    r"|\b1Z[A-Z0-9]{16}\b"  # a carrier's parcels
    r"|\b[A-Z]{2} ?\d{3} ?\d{3} ?\d{3}(?: ?[A-Z]{2})?\b|\bCHE-\d{3}\.\d{3}\.\d{3}\b"  # VAT, parcels
    r"|\bA\d{4}\b|\b\d{15}\b|\b\d{18,32}\b"  # Apple's model numbers; IMEI; ICCID, EID
    r"|\b\d+(?:[.,]\d+)?(?:[KMGT]B|[KMG]Hz|inch|mm|cm|kg|mAh|W)\b"
    r"|\b(?:Mac(?:Book(?:Pro|Air)?|mini|Pro)?|iMac(?:Pro)?|iPad|iPhone)\d+,\d+\b"  # identifiers
)


@lru_cache(maxsize=RECENT)
def kind_of(text: str) -> str | None:
    """Return the reason why a text in capitals is another number than a serial, or None."""
    return next((reason for pattern, reason in _WHOLE if pattern.fullmatch(text)), None)


def is_hash(text: str) -> bool:
    """Return True if a text looks like the beginning of a commit's hash, in small letters."""
    return _PART_OF_HASH.fullmatch(text) is not None


def is_counted(text: str) -> bool:
    """Return True if a text in capitals is made as asset tags and orders are: letters, then digits.

    Four letters or more have to be a word, or the number begins with two zeros. Of ten random
    characters of Apple's, one in ten thousand looks so.
    """
    if match := _WORD_AND_NUMBER.fullmatch(text):
        return is_word(match[1]) or match[2].startswith("00")
    return _COUNTED.fullmatch(text) is not None


def is_word(text: str) -> bool:
    """Return True if capital letters could be a word, which has vowels between its consonants."""
    consonants = _VOWEL.split(_SOUND.sub("S", text))
    return len(consonants) > 1 + len(text) // 6 and max(map(len, consonants)) <= MAX_CONSONANTS

"""Machines that are no Macs, recognised by what lists say about them."""

import re
from functools import lru_cache

from provisioning.imports.parsing.vocabulary.words import pattern

RECENT = 1024  # texts whose machines are remembered
_PARTS = rf"applecare\S*|{pattern('accessory')}"
_PHONES = pattern("phone")
_SCREENS = pattern("screen")
_DOCKS = r"(?:thunderbolt|usb-c)\s(?:docks?|hubs?)"
MAKERS = r"logitech|targus|kensington|belkin|anker|caldigit|satechi|jabra|wacom"  # of accessories
_MAGIC = r"magic\s(?:keyboard|mouse|trackpad)|(?:mouse|tastiera|teclado|clavier|souris)\smagic"
_OTHERS = (
    (r"ipad(?:s|os)?(?:\s?(?:pro|air|mini))?|ipad\d+,\d+|아이패드|айпад\w*", "iPad"),
    (r"iphones?|iphone\d+,\d+|ios|아이폰|айфон\w*", "iPhone"),
    (r"apple\s?tv|appletv\d+,\d+|tvos", "Apple TV"),
    (r"apple\s?watch|watch(?:es)?|watchos|watch\d+,\d+", "Apple Watch"),
    (r"vision\s?pro|visionos", "Vision Pro"),
    (r"homepods?", "HomePod"),
    (r"airpods?", "pair of AirPods"),
    (rf"studio\s?displays?|pro\s?display\sxdr|thunderbolt\sdisplay|{_SCREENS}", "display"),
    (
        r"windows(?:\s?\d+)?|win\s?1[01]|microsoft\scorp(?:oration|\.)?|surface(?:\s(?:pro|laptop|go|book))?",
        "Windows PC",
    ),
    (r"hp|hewlett[\s-]packard|elitebook|probook|zbook|elitedesk", "machine of HP's"),
    (r"dell|latitude|optiplex|precision|xps", "machine of Dell's"),
    (r"lenovo|thinkpads?|thinkcentre|ideapad", "machine of Lenovo's"),
    (r"chromebooks?|chrome\s?os|chromeos", "Chromebook"),
    (rf"mobile\sdevices?|tablets?|smartphones?|{_PHONES}", "phone or tablet"),
    (r"samsung|galaxy|android|pixel", "machine with Android"),
    (r"asus|acer|fujitsu|toshiba|huawei|msi|framework\slaptop", "PC"),
    (r"linux|ubuntu|debian|fedora", "machine with Linux"),
    (r"laserjet|drucker|printers?|epson|brother|canon", "printer"),
    (
        rf"{_MAGIC}|apple\spencil|docking\s?stations?|{_DOCKS}|{MAKERS}|{_PARTS}",
        "accessory",
    ),
    (r"cisco|meraki|ubiquiti|synology", "device of a network"),
)
# What people get with a Mac, or have around it.
WITH_MACS = frozenset({"accessory", "display", "printer", "pair of AirPods", "device of a network"})
# Words that mean a machine in a cell of its own and before a serial, other things in a sentence.
_LOOSE = re.compile(
    rf"{_SCREENS}|{MAKERS}|windows|microsoft|surface|precision|latitude|xps|pixel|galaxy|brother|canon"
    rf"|watch(?:es)?|tablets?|smartphones?|{_PHONES}|linux|framework\slaptop|printers?|ios|hp"
    rf"|drucker|android|{_PARTS}",
    re.IGNORECASE,
)
# Words that mean a display where they are a whole cell, and other things elsewhere.
_DISPLAYS = frozenset({"display", "displays", "screen", "screens", "tv", "tvs"})
_BEFORE_SERIAL = re.compile(r":\s*[A-Z0-9]{10,12}(?!\w)")
_EACH = "|".join(f"(?P<k{n}>{pattern})" for n, (pattern, _) in enumerate(_OTHERS))
_MAC = (
    r"(?P<mac>macbooks?(?:\s?(?:pro|air))?|imacs?|mac\s?(?:mini|pro|studio|book)s?"
    r"|mac(?:os|\s?os\sx)"
)
_WORD = re.compile(
    rf"(?<![\w.@/-])(?:{_EACH}|{_MAC}|macs?|mac\d+,\d+|macbook(?:pro|air)?\d+,\d+))(?![\w@]|-\w|\.\w)",
    re.IGNORECASE,
)
VIRTUAL = re.compile(
    r"virtual\s?mac(?:hine)?\b|virtualmac\d|vmware|parallels|qemu|utm\b", re.IGNORECASE
)
_APPLE = re.compile(r"^\W*apple\s+(?!tv|watch|vision|pencil)(?=\w)", re.IGNORECASE)
_WINDOWS = re.compile(r"(?:DESKTOP|LAPTOP|WIN)-[A-Z0-9]{7,11}")
_OWNED = re.compile(
    r"(?:.*['’]s?[ -]|.*\ws-)?(ip(?:ad|hone)(?:[ -](?:pro|air|mini))?|apple tv|apple watch)"
    r"(?: (?:von|de|di|van) .*)?(?: ?\(\d+\))?",
    re.IGNORECASE,
)


@lru_cache(maxsize=RECENT)
def machines_in(text: str, *, in_prose: bool = False) -> tuple[tuple[int, str | None], ...]:
    """Return where machines are named in a text, and what they are; None stands for Macs.

    `in_prose`: without words that mean other things too, such as “phone”.
    """
    found: list[tuple[int, str | None]] = []
    for match in _WORD.finditer(text):
        is_said = in_prose and not (match[0].isupper() or _BEFORE_SERIAL.match(text, match.end()))
        if is_said and _LOOSE.fullmatch(match[0]):
            continue
        kind = match.lastgroup or "mac"
        found.append((match.start(), None if kind == "mac" else _OTHERS[int(kind[1:])][1]))
    return tuple(found)


def names_mac(text: str) -> bool:
    """Return True if a text names a Mac, maybe beside other machines."""
    return any(kind is None for _, kind in machines_in(text))


def is_other(text: str) -> bool:
    """Return True if a text begins with a machine that is no Mac."""
    found = machines_in(_APPLE.sub("", text))
    return bool(found) and found[0][0] == 0 and found[0][1] is not None


def other_machine(cells: list[str]) -> str | None:
    """Return what machine the cells of a row describe, or None for a Mac and for none.

    A word counts that begins a cell, so that "MacBook Pro for iPad tests" is a Mac.
    """
    other = None
    for cell in cells:
        other = other or ("display" if cell.casefold() in _DISPLAYS else None)
        first = next(iter(machines_in(_APPLE.sub("", cell))), None)
        if first is None or first[0] > len("refurbished "):
            continue
        if first[1] is None:
            return None
        other = other or first[1]
    return other


def named_other(name: str) -> str | None:
    """Return what machine a default name belongs to, such as “Ann’s iPad” or DESKTOP-1A2B3C4."""
    if _WINDOWS.fullmatch(name):
        return "Windows PC"
    match = _OWNED.fullmatch(name)
    return other_machine([match[1]]) if match else None


def reason_for(machine: str) -> str:
    """Return the reason for which a machine is left out."""
    article = "an" if machine[0] in "Aaei" or machine.startswith("HP") else "a"
    return f"it belongs to {article} {machine}, which is no Mac"

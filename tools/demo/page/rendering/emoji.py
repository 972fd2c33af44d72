"""Emoji names as characters. Only characters that plain text fonts have: they look alike
everywhere, and the stylesheet gives them their colour.
"""

CHARACTERS = {
    "white_check_mark": "✔",
    "heavy_check_mark": "✔",
    "warning": "⚠",
    "x": "✖",
    "no_entry": "⊘",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⌛",
    "hammer": "⚒",
    "gear": "⚙",
    "star": "★",
    "email": "✉",
    "wave": "☺",
    "arrow_right": "→",
    "arrow_left": "←",
    "information_source": "ℹ",
    "question": "?",
    "exclamation": "!",
    "heart": "♥",
    "pencil2": "✎",
}
"""By name, without the colons. A name that is not here stays as it was written."""

TONES = {
    "white_check_mark": "good",
    "heavy_check_mark": "good",
    "warning": "warn",
    "x": "bad",
    "no_entry": "bad",
    "heart": "bad",
}
"""The colour's name in the stylesheet, where there is one."""

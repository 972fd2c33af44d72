"""The picture behind Imagr, drawn with Pillow, so only a process of its own imports this.

It has few colours, painted as indexes: for a large screen it takes about 15 MB while it is drawn,
and about 50 KB as a PNG.
"""

import base64
import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from infrastructure.fonts.lettering import drawable, fit

Colour = tuple[int, int, int]

NIGHT, DUSK = (19, 27, 38), (29, 41, 56)
WHITE, GREY, GREEN = (245, 247, 250), (140, 155, 173), (70, 190, 140)
SHADES = 32  # between a ground and an ink: what smooth letters need
RAMPS = ((NIGHT, WHITE), (NIGHT, GREY), (DUSK, WHITE), (DUSK, GREEN))
ON_NIGHT, GREY_ON_NIGHT, ON_DUSK, GREEN_ON_DUSK = range(0, 4 * SHADES, SHADES)
TYPED = 30  # characters of a site that people are asked to type
MAX_SIGNS = 80  # of a line that others wrote; more are not read on a screen
SMALLEST = 10  # pixels: smaller letters cannot be read


class Canvas:
    """A picture of a size in pixels, painted in grounds and inks of RAMPS."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("P", (width, height), ON_NIGHT)
        self._image.putpalette(
            [part for ramp in RAMPS for shade in _shades(*ramp) for part in shade]
        )
        self._pencil = ImageDraw.Draw(self._image)

    def fill(self, left: int, top: int, right: int, bottom: int, index: int) -> None:
        """Fill a rectangle."""
        self._pencil.rectangle((left, top, right - 1, bottom - 1), fill=index)

    def write(
        self, text: str, left: int, top: int, *, size: int, room: int, ramp: int, bold: bool = False
    ) -> None:
        """Write one line at most `room` wide: smaller, and then shorter, where it is too long."""
        smallest = max(SMALLEST, round(size * 0.45))
        font, text = fit(text, max(size, SMALLEST), room, smallest=smallest, bold=bold)
        x0, y0, x1, y1 = (int(edge) for edge in font.getbbox(text))
        mask = Image.new("L", (max(1, x1 - x0), max(1, y1 - y0)))
        ImageDraw.Draw(mask).text((-x0, -y0), text, fill=255, font=font)
        shades = mask.point([ramp + value * (SHADES - 1) // 255 for value in range(256)])
        # Down by what a full line would have left: lines of one size stand alike.
        self._image.paste(shades, (left, top + y0 + (size - int(font.size)) // 2))

    def png(self) -> bytes:
        """Return the picture as a PNG."""
        file = io.BytesIO()
        self._image.save(file, "PNG", compress_level=6)
        return file.getvalue()


def draw(
    _: bytes, width: str, height: str, site: str, workflow: str, command: str, usage: str
) -> str:
    """Return a background picture with the Mac's site and the next step: a PNG, in Base64.

    `site` may be empty; `workflow` is the name to choose, `command` Slack's slash command,
    `usage` its words for a destination.
    """
    wide, high = int(width), int(height)
    canvas = Canvas(wide, high)
    name = _readable_name(site)
    _head(canvas, name or "This Mac is ready to be imaged", _unit(wide, high), wide)
    typed = site if site and name == site and len(site) <= TYPED else "SITE"
    typed = f'"{typed}"' if " " in typed else typed
    usage = " ".join(typed if word == "SITE" else word for word in usage.split())
    steps = (
        f"Choose “{drawable(workflow, MAX_SIGNS)}” and press Run Workflow.",
        f"Not registered yet? Type in Slack: {command} register SERIAL {usage}",
    )
    _foot(canvas, steps, wide, high)
    return base64.b64encode(canvas.png()).decode()


def _unit(wide: int, high: int) -> int:
    """The unit of all sizes: the height of a screen of usual form, in pixels."""
    return min(high, wide * 10 // 16)


def _head(canvas: Canvas, title: str, unit: int, wide: int) -> None:
    """The name of the place: above Imagr's window, which stands in the middle."""
    margin, small, large = unit // 14, unit // 28, unit // 11
    room = wide - 2 * margin
    canvas.write("Rollcall", margin, margin, size=small, room=room, ramp=GREY_ON_NIGHT)
    top = margin + unit // 20
    canvas.write(title, margin, top, size=large, room=room, ramp=ON_NIGHT, bold=True)


def _foot(canvas: Canvas, steps: Sequence[str], wide: int, high: int) -> None:
    """The next step for a technician: below Imagr's window."""
    unit = _unit(wide, high)
    left, size, line = unit // 14, unit // 30, unit // 18
    pad, rule = unit // 20, max(2, unit // 300)
    top = high - pad - line * (len(steps) - 1) - size
    canvas.fill(0, top - pad, wide, high, ON_DUSK)
    canvas.fill(0, top - pad, wide, top - pad + rule, GREEN_ON_DUSK + SHADES - 1)
    indent = left + size * 3 // 2
    for number, step in enumerate(steps, start=1):
        y = top + (number - 1) * line - size // 8
        canvas.write(str(number), left, y, size=size, room=size, ramp=GREEN_ON_DUSK, bold=True)
        canvas.write(step, indent, y, size=size, room=wide - left - indent, ramp=ON_DUSK)


def _readable_name(site: str) -> str:
    """Return the name in characters of our font; empty where it has none of them."""
    name = drawable(site, MAX_SIGNS)
    return name if name.strip(" ?…") else ""


def _shades(ground: Colour, ink: Colour) -> list[Colour]:
    steps = range(SHADES)
    return [
        tuple(a + (b - a) * step // (SHADES - 1) for a, b in zip(ground, ink, strict=True))  # type: ignore[misc] # of three
        for step in steps
    ]

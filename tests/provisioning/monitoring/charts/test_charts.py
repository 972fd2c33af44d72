"""The picture of the statistics."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import reduce
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageColor

from provisioning.monitoring.charts import draw
from provisioning.monitoring.charts.axes import INK, PALE, ticks
from provisioning.monitoring.charts.chart import CLOSE, LOOKS, MAX_SITES, OTHERS, STEPS
from provisioning.monitoring.charts.fills import Fill
from provisioning.monitoring.charts.waits import LINES
from provisioning.monitoring.figures import Count, Figures, WaitingTimes
from tests.provisioning.monitoring.charts.pictured import MONDAY, confirmed, drawn, figures_of
from tests.support.inputs.pictures import verify_look
from tests.support.soaking import rows_in_soak
from tests.support.tables import for_each


def pixels(figures: Figures) -> Image.Image:
    return Image.open(BytesIO(drawn(figures).png)).convert("RGB")


def patches(figures: Figures) -> dict[str, int]:
    """The number of pixels in each of the sites' colours; letters have specks of greys."""
    counted = pixels(figures).getcolors(1200 * 900) or []
    named = {str(colour): number for number, colour in counted}
    return {
        colour: named.get(str(ImageColor.getrgb(colour)), 0)
        for colour in (*(look.colour for look in LOOKS), OTHERS.colour)
    }


def test_the_picture_is_a_png_that_fits_a_phone() -> None:
    image = Image.open(BytesIO(drawn(confirmed(london=3)).png))

    assert (image.format, image.size) == ("PNG", (1200, 900))


@rows_in_soak("the same code draws a week", "month.png-16-2-18000")
@pytest.mark.parametrize(
    ("name", "days", "sites", "longest"),
    [
        ("week.png", 5, MAX_SITES + 2, 100 * 60),
        ("month.png", 16, 2, 5 * 3600),
        ("quarter.png", CLOSE + 8, MAX_SITES + 1, 4 * 86400),
    ],
)
def test_a_picture_looks_as_when_it_was_looked_at(
    name: str, days: int, sites: int, longest: int, tmp_path: Path
) -> None:
    """Bars with their patterns, lines over a gap, scales, days and legends, all in their places."""
    span = [MONDAY + timedelta(days=number) for number in range(days)]
    counts = [
        Count(day, f"site {site}", 9, 1 + (slot + site) % 7, (slot + site) % 3)
        for slot, day in enumerate(span)
        for site in range(sites)
    ]
    waits = [
        WaitingTimes(day, 9, longest / (2 + slot % 3), longest / (1 + slot % 2))
        for slot, day in enumerate(span)
        if slot % 7 not in (3, 5)
    ]

    picture = drawn(Figures(tuple(span), tuple(counts), tuple(waits), waits[0]))

    verify_look(picture.png, name, tmp_path)


def test_there_is_no_picture_of_no_macs() -> None:
    assert draw(figures_of(), title="Last 5 days") is None
    assert draw(figures_of(Count(MONDAY, "london", 0, 0, 0)), title="Last 5 days") is None


def test_macs_that_only_wait_are_drawn_as_an_outline() -> None:
    waiting = figures_of(Count(MONDAY, "london", 3, 0, 3))
    cancelled = figures_of(Count(MONDAY, "london", 3, 0, 0))

    assert [area for area in patches(waiting).values() if area > 200] == []
    assert pixels(waiting) != pixels(cancelled)


@for_each(("sites", "looks"), [(8, 8), (12, 9)])
def test_eight_sites_have_a_look_of_their_own_and_the_others_share_one(
    sites: int, looks: int
) -> None:
    seen = patches(confirmed(**{f"site {number}": 9 for number in range(sites)}))

    assert sum(1 for area in seen.values() if area > 200) == looks
    assert (seen[OTHERS.colour] > 200) == (sites > MAX_SITES)


def test_a_site_is_told_from_the_next_one_without_its_colour() -> None:
    """There are lines in the patch of the second: its pattern."""
    image = pixels(confirmed(london=9, paris=8)).crop((0, 0, 1200, 400))
    marked = []
    for look in LOOKS[:2]:
        rgb, mark = ImageColor.getrgb(look.colour), ImageColor.getrgb(LOOKS[1].mark)
        left, top, right, bottom = _of_colour(image, rgb).getbbox() or (0, 0, 0, 0)
        patch = image.crop((left + 3, top + 3, right - 3, bottom - 3))
        marked.append(_of_colour(patch, mark).histogram()[255])

    assert marked[0] == 0
    assert marked[1] > 30
    assert len({look.pattern for look in LOOKS}) == len(LOOKS)


@for_each("look", [look for look in (*LOOKS, OTHERS) if look.pattern])
def test_a_pattern_is_seen_on_its_colour(look: Fill) -> None:
    """The contrast of graphics that WCAG asks for."""
    dark, light = sorted(map(_luminance, (look.colour, look.mark)))

    assert (light + 0.05) / (dark + 0.05) >= 3


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in ImageColor.getrgb(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@for_each(
    ("top", "numbers"),
    [
        (1, [0, 1]),
        (9, [0, 2, 4, 6, 8]),
        (28, [0, 5, 10, 15, 20, 25]),
        (23_000_000, [0, 5_000_000, 10_000_000, 15_000_000, 20_000_000]),
    ],
)
def test_a_scale_has_round_whole_numbers(top: float, numbers: list[int]) -> None:
    assert ticks(top, 6) == numbers


def _of_colour(image: Image.Image, colour: tuple[int, ...]) -> Image.Image:
    """A mask of the pixels that have a colour."""
    bands = zip(image.split(), colour, strict=True)
    masks = [
        band.point([255 * (value == wanted) for value in range(256)]) for band, wanted in bands
    ]
    return reduce(ImageChops.darker, masks)


def test_the_highest_day_nearly_fills_its_plot_and_the_heading_stands_above() -> None:
    plot = pixels(confirmed(london=9)).crop((200, 117, 1180, 480))
    bars = _of_colour(plot, ImageColor.getrgb(LOOKS[0].colour)).getbbox()

    assert _of_colour(plot, ImageColor.getrgb(INK)).getbbox() is None
    assert bars is not None
    assert bars[1] < plot.height / 10


def test_bars_of_very_many_days_have_no_patterns_that_run_into_each_other() -> None:
    days = tuple(MONDAY + timedelta(days=number) for number in range(CLOSE + 1))
    sites = [f"site {number}" for number in range(MAX_SITES + 1)]
    counts = tuple(Count(day, site, 9, 9, 0) for day in days for site in sites)
    plot = pixels(Figures(days, counts, (), None)).crop((200, 117, 1180, 430))

    seen = {colour for _, colour in plot.getcolors(plot.width * plot.height) or []}
    assert ImageColor.getrgb(OTHERS.colour) in seen
    assert ImageColor.getrgb(OTHERS.mark) not in seen


def test_a_line_behind_the_bars_stands_for_each_number_of_the_scale() -> None:
    beside_the_bars = pixels(confirmed(london=9)).crop((1170, 117, 1171, 480))
    numbers = ticks(9 * 1.08, STEPS)[1:]  # the line for 0 is the ground

    lines = _of_colour(beside_the_bars, ImageColor.getrgb(PALE))
    assert lines.histogram()[255] == 2 * len(numbers)


def test_the_waits_of_a_day_are_two_points_though_its_neighbours_have_none() -> None:
    """No line leads to them."""
    waits = WaitingTimes(None, 3, 60, 3600)
    below = pixels(figures_of(Count(MONDAY, "london", 3, 3, 0), overall=waits)).crop(
        (0, 540, 1200, 820)  # the lower plot, without legends
    )

    for line in LINES:
        assert _of_colour(below, ImageColor.getrgb(line.colour)).histogram()[255] > 40


def test_threads_draw_what_one_alone_draws() -> None:
    some = [confirmed(london=number, paris=2) for number in (1, 2)]
    alone = [drawn(figures).png for figures in some]

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda figures: drawn(figures).png, some))

    assert together == alone

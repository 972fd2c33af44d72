"""Texts in a picture: smaller, then shorter, where there is little room."""

from infrastructure.fonts.lettering import fit, font
from tests.support.tables import for_each


@for_each(
    ("room", "size", "text"),
    [
        (font(20).getlength("London"), 20, "London"),
        (font(20).getlength("London") - 1, 19, "London"),
        (font(17).getlength("London") - 1, 16, "London"),
        (font(16).getlength("Lond…"), 16, "Lond…"),
        (font(16).getlength("Lond…") - 1, 16, "Lon…"),
        (0, 16, "…"),
    ],
)
def test_a_text_that_has_no_room_is_smaller_and_then_shorter(
    room: float, size: int, text: str
) -> None:
    face, shown = fit("London", 20, room, smallest=16)

    assert (face.size, shown) == (size, text)


def test_a_shortened_text_ends_in_one_ellipsis_behind_no_space() -> None:
    room = font(16).getlength("New Y…") - 1

    assert fit("New York", 16, room, smallest=16)[1] == "New…"

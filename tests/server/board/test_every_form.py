"""Every form and page of the board: for whom it is, and from where it is sent."""

import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from server.board.blueprint import PATH
from server.board.navigation import NAVIGATION, Rank
from tests.server.board.conftest import ORIGIN, Browsers

# For browsers without a session: those by which one is got, and the links of mails.
OPEN = re.compile(r"/board/(sign-in/|link|code|static/|wall|mail/(confirm|stop)/|sign-in$)")


def paths(app: Flask, method: str) -> Iterator[str]:
    """The paths below the board that take a method, each with some value for what it wants."""
    for rule in app.url_map.iter_rules():
        is_ours = rule.rule.startswith(PATH) and not OPEN.match(rule.rule)
        if is_ours and method in (rule.methods or ()):
            yield path_of(rule)


def path_of(rule: Rule) -> str:
    path = re.sub(r"<any\((\w+).*?\):\w+>", r"\1", rule.rule)
    return re.sub(r"<int[^>]*>", "1", re.sub(r"<\w+>", "C02XL0AAJGH5", path))


def test_no_form_is_taken_but_from_a_page_of_ours_in_the_same_session(
    app: Flask, browsers: Browsers
) -> None:
    admin, other = browsers.of("U0ADMIN"), browsers.of("U0ADMIN")
    forms = list(paths(app, "POST"))
    assert len(forms) > 30

    for path in forms:
        for headers, token in (
            ({"Origin": "https://evil.example"}, admin.token),
            ({}, other.token),
            ({}, ""),
        ):
            answer = admin.post(path, headers, form_token=token)
            assert (path, answer.status_code) == (path, 403)
            assert "nothing was done" in answer.text, path


def test_a_form_of_any_shape_is_answered(app: Flask, browsers: Browsers) -> None:
    """A field that is a file, a file that is a field, one without a name, one that comes twice."""
    admin = browsers.of("U0ADMIN")
    headers = {"Origin": ORIGIN, "Content-Type": "multipart/form-data; boundary=x"}
    names = ("site", "number", "seen", "new", "name", "files", "version-0", "serial-0")
    parts = ["name=form_token\r\n\r\n" + admin.token, "\r\n\r\nx", 'filename="x"\r\n\r\nx']
    parts += [f'name="{name}"\r\n\r\n' + "9" * 2000 for name in names for _ in range(2)]
    parts += [f'name="{name}"; filename="../\u202e\0"\r\n\r\nx' for name in names]
    lines = (f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
    body = ("".join(lines) + "--x--\r\n").encode()

    for path in paths(app, "POST"):
        answer = admin.client.post(path, headers=headers, data=body, base_url=ORIGIN)
        assert answer.status_code < 500, (path, answer.text)
        admin = browsers.of("U0ADMIN") if path == "/board/sign-out" else admin


def test_no_page_of_elsewhere_signs_a_browser_in(browsers: Browsers) -> None:
    """As somebody else, in whose name its person would act without knowing."""
    for path in ("/board/link", "/board/code", "/board/sign-in/slack"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = browsers.new().post(path, headers, code="x")
            assert (path, answer.status_code) == (path, 403)
            assert "Set-Cookie" not in answer.headers


def test_an_ended_session_opens_no_page_and_sends_no_form(app: Flask, browsers: Browsers) -> None:
    admin = browsers.of("U0ADMIN")
    cookie = admin.cookie
    admin.post("/board/sign-out")
    admin.client.set_cookie("__Host-rollcall", cookie, domain="rollcall.example.com")

    asked = {"GET": admin.get, "POST": admin.post}
    for method, send in asked.items():
        for path in paths(app, method):
            answer = send(path)
            assert (path, answer.location) == (path, "/board/sign-in")


def test_a_page_that_is_for_admins_is_not_in_the_menu_of_others_nor_opened(
    browsers: Browsers,
) -> None:
    alice = browsers.of("U0ALICE")
    menu = alice.get("/board/me").text

    for entry in NAVIGATION:
        is_hers = entry.rank is Rank.ANYBODY
        assert (f'href="{entry.path}"' in menu) is is_hers, entry.path
        assert alice.get(entry.path).status_code == (200 if is_hers else 403), entry.path

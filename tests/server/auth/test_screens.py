"""Codes of screens: one stands still for long enough to be typed at a desk."""

from datetime import UTC, datetime, timedelta

from flask import Flask, request

from infrastructure.database.engine import Database
from server.auth.cookies import SCREEN, Cookies
from server.auth.screens import CODE_TURN, Screens
from server.auth.throttling import Throttle
from tests.support.installation import SECRET_KEY

ORIGIN = "https://rollcall.example.com"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_screen_shows_one_code_for_five_minutes_and_then_another(database: Database) -> None:
    now = [NOON]
    screens = Screens(
        database, secret_key=SECRET_KEY, origin=ORIGIN, throttle=Throttle(), clock=lambda: now[0]
    )
    cookie = f"{Cookies(ORIGIN).named(SCREEN)}={'a' * 43}"

    def code(seconds: int) -> str:
        now[0] = NOON + timedelta(seconds=seconds)
        with Flask("wall").test_request_context(headers={"Cookie": cookie}):
            return screens.admit(request).code

    assert len({code(0), code(1), code(CODE_TURN - 1)}) == 1
    assert code(CODE_TURN) != code(0)

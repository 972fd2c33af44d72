"""The web server's own process."""

from granian.constants import Interfaces

from rollcall.webservers import WebServer


def test_a_second_signal_is_not_heard_by_who_is_ending_already() -> None:
    server = WebServer("rollcall.wsgi:create", factory=True, interface=Interfaces.WSGI)

    server.signal_handler_interrupt()
    assert server.main_loop_interrupt.is_set()
    server.main_loop_interrupt.clear()
    server.signal_handler_interrupt()

    assert not server.main_loop_interrupt.is_set()

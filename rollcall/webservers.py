"""The web server's own process, which starts its workers and ends them."""

from granian.server import MPServer


class WebServer(MPServer):
    """granian, which may be asked twice to end.

    Ctrl-C in a terminal asks every process of the group, and boot.sh asks again. granian hears
    each in a handler that wants a lock, which the first may have made the same thread take.
    """

    def signal_handler_interrupt(self, *args: object, **kwargs: object) -> None:
        """Hear the first signal; it is on its way out then."""
        if not self.interrupt_signal:
            super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

"""Several requests of one person: the App Home shows the newest, in whatever order they end."""

from threading import Event, Thread

from bot.home.publisher import Newest


def test_a_request_is_shown_until_a_newer_one_has_come_in() -> None:
    newest = Newest()
    newest.note("U0ALICE", 2.0)
    with newest.showing("U0ALICE", 2.0) as first:
        pass
    newest.note("U0ALICE", 3.0)
    newest.note("U0ALICE", 1.0)
    with newest.showing("U0ALICE", 2.0) as overtaken:
        pass
    with newest.showing("U0BOB", 1.0) as others:
        pass

    assert (first, overtaken, others) == (True, False, True)


def test_what_was_sent_again_is_shown_again() -> None:
    newest = Newest()
    newest.note("U0ALICE", 2.0)
    newest.note("U0ALICE", 2.0)

    with newest.showing("U0ALICE", 2.0) as shown:
        assert shown


def test_a_newer_one_waits_until_the_older_one_is_shown() -> None:
    newest, done = Newest(), Event()

    def show() -> None:
        with newest.showing("U0ALICE", 2.0):
            done.set()

    with newest.showing("U0ALICE", 1.0):
        newer = Thread(target=show)
        newer.start()
        assert not done.wait(0.1)
    newer.join(30)
    assert done.is_set()

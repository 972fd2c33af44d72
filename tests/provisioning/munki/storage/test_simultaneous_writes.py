"""Servers and threads that write to one store at the same time: nothing is lost."""

import threading

from provisioning.munki.storage import Overtaken, Store
from tests.provisioning.munki.storage.conftest import Ground
from tests.provisioning.munki.storage.test_stores import MAC, WHY, content_of, made
from tests.support.soaking import rows_in_soak


@rows_in_soak("test_history has changes that come together", "git")
def test_threads_and_servers_that_write_at_once_lose_nothing(ground: Ground) -> None:
    """Each adds its lines to one file and reads again where it was overtaken."""
    servers, failures = [ground.another(), ground.another()], list[Exception]()
    made(servers[0], MAC, b"")

    def add(store: Store, line: bytes) -> None:
        for _ in range(300):
            found = store.read(MAC)
            assert found is not None
            try:
                store.replace(MAC, found.content + line, over=found, note=WHY)
            except Overtaken:
                continue
            except Exception as error:
                failures.append(error)
            return
        failures.append(TimeoutError("always overtaken"))

    def write(number: int) -> None:
        store = servers[number % 2]
        for turn in range(3):
            with store.holding(MAC):
                add(store, b"%d.%d\n" % (number, turn))

    run([lambda number=number: write(number) for number in range(4)])

    found = ground.another().read(MAC)
    assert failures == []
    assert found is not None
    assert sorted(found.content.split()) == [b"%d.%d" % (n, t) for n in range(4) for t in range(3)]


@rows_in_soak("each file of a thread's own is written in the test above", "bucket", "git")
def test_many_files_that_are_written_at_once_are_all_there(ground: Ground) -> None:
    store, names = ground.another(), [f"manifests/C02LAB{number:03}" for number in range(20)]

    run([lambda name=name: made(store, name, name.encode()) for name in names])

    other = ground.another()
    assert [name for name in names if content_of(other, name) != name.encode()] == []


def run(works: list) -> None:  # type: ignore[type-arg]
    """Run works in threads of their own, to their ends."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

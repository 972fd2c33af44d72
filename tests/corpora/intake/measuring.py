"""A measure of the reader of lists by the corpus: `python -m tests.corpora.intake.measuring seen`.

Behind the name of a half, the ids of cases (or how they begin) show what is not right in them.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import partial

from infrastructure.text import normalize
from provisioning.imports.parsing import files, free_text
from provisioning.imports.parsing.entries import Entry, ParseResult, UnreadableFile
from provisioning.imports.sources import OTHER, kind_of
from tests.corpora.intake.cases import Case, Mac, cases

COLUMNS = ("class", "serials", "found %", "wrong %", "asked %", "lost", "placeless", "misnamed")


@dataclass(slots=True)
class Count:
    """The counts of README.md over some cases; `faults` are sentences about single serials."""

    serials: int = 0  # in the answers
    found: int = 0
    taken: int = 0
    wrong: int = 0
    plain: int = 0  # serials of the answers on lines without any `?`
    asked: int = 0  # of those, the doubtful ones
    lost: int = 0
    placeless: int = 0
    misnamed: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        """Add the counts of other cases."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def found_share(self) -> float:
        """The share of the answers' serials that were found."""
        return self.found / max(1, self.serials)

    @property
    def wrong_share(self) -> float:
        """The share of the serials taken without a doubt that are wrong."""
        return self.wrong / max(1, self.taken)

    @property
    def asked_share(self) -> float:
        """The share of the right serials that were marked as doubtful without need."""
        return self.asked / max(1, self.plain)


def read(case: Case) -> ParseResult | None:
    """Return what the product reads in a case; None where it refuses the whole, with the reason."""
    content = case.content()
    if case.filename is None:
        return free_text.read(content.decode(), case.sites, case.builds)
    if kind_of(case.filename, "") == OTHER:
        return None
    try:
        return files.read_here(content, case.filename, case.sites, case.builds)
    except UnreadableFile:
        return None


def judge(case: Case) -> Count:
    """Return the counts of one case."""
    result = read(case)
    if result is None:
        serials = len(case.answer)
        return Count(serials, plain=sum(map(is_plain, case.answer)), faults=[f"{case.id}: unread"])
    count, note = Count(), partial("{}: {} {}".format, case.id)
    entries = {entry.serial.key: entry for entry in result.entries}
    reasons = [letters(rejected.text) for rejected in result.rejected]
    answer = {mac.serial: mac for mac in case.answer}
    for key, entry in entries.items():
        mac = answer.get(key)
        if not is_asked(entry, case):
            count.taken += 1
            if mac is None or strays(entry, mac):
                count.wrong += 1
                count.faults.append(note("wrong", f"{key} {entry.site} {entry.build} for {mac}"))
    machines = [remark.text for remark in case.left_out if remark.reason.startswith("machine")]
    for text_ in (*answer, *(remark.text for remark in case.doubtful), *machines):
        sought = letters(text_)
        if sought not in map(letters, entries) and not any(sought in said for said in reasons):
            count.lost += 1
            count.faults.append(note("lost", text_))
    for mac in case.answer:
        _judge_answer(mac, entries.get(mac.serial), case, count)
    return count


def _judge_answer(mac: Mac, entry: Entry | None, case: Case, count: Count) -> None:
    note = partial("{}: {} {}".format, case.id)
    count.serials += 1
    count.plain += is_plain(mac)
    if entry is None:
        count.faults.append(note("missed", mac.serial))
        return
    count.found += 1
    if is_asked(entry, case):
        if is_plain(mac):
            count.asked += 1
            place = f"{entry.site}/{entry.build}"
            count.faults.append(note("asked", f"{mac.serial} {entry.doubt} {place}"))
        return
    if (mac.site and not entry.site) or (mac.build and not entry.build):
        count.placeless += 1
        count.faults.append(note("placeless", f"{mac.serial} {mac.site} {mac.build}"))
    if letters(entry.name or "") != letters(mac.name or ""):
        count.misnamed += 1
        count.faults.append(note("misnamed", f"{mac.serial} {entry.name} for {mac.name}"))


def is_plain(mac: Mac) -> bool:
    """Tell if a Mac's line in the answer has no `?`."""
    return not mac.askable and not mac.asked


def is_asked(entry: Entry, case: Case) -> bool:
    """Tell if a person is asked about an entry: a doubt, or a site or a build that is not there."""
    known = [{normalize(name) for name in names} for names in (case.sites, case.builds)]
    places = zip((entry.site, entry.build), known, strict=True)
    return bool(entry.doubt) or any(name and normalize(name) not in names for name, names in places)


def strays(entry: Entry, mac: Mac) -> bool:
    """Tell if an entry goes to another site or build than its Mac in the answer."""
    pairs = ((entry.site, mac.site), (entry.build, mac.build))
    return any(read and normalize(read) != normalize(right or "") for read, right in pairs)


def letters(written: str) -> str:
    """The letters and digits of a text, as capitals."""
    return "".join(filter(str.isalnum, written)).upper()


def measure(half: str) -> dict[str, Count]:
    """Return the counts of one half by class, and of all together as `all`."""
    counts: dict[str, Count] = defaultdict(Count)
    for case in cases(half):
        judged = judge(case)
        counts[case.kind].add(judged)
        counts["all"].add(judged)
    return dict(sorted(counts.items(), key=lambda item: (item[0] == "all", item[0])))


def table(counts: dict[str, Count]) -> Iterable[str]:
    """Yield the lines of a Markdown table of the counts."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"| --- |{' ---: |' * (len(COLUMNS) - 1)}"
    for name, count in counts.items():
        shares = (count.found_share, count.wrong_share, count.asked_share)
        percent = " | ".join(f"{100 * share:.1f}" for share in shares)
        rest = f"{count.lost} | {count.placeless} | {count.misnamed}"
        yield f"| {name} | {count.serials} | {percent} | {rest} |"


if __name__ == "__main__":
    chosen, *ids = sys.argv[1:]
    measured = measure(chosen)
    chosen_faults = (fault for fault in measured["all"].faults if fault.startswith(tuple(ids)))
    sys.stdout.write("".join(f"{line}\n" for line in (*table(measured), *chosen_faults)))

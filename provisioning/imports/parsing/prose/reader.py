"""A reader of lines, one after the other, which remembers what headings said."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

from infrastructure.text import blanked
from provisioning.imports.parsing.entries import Entry, Item, Rejected, with_doubt
from provisioning.imports.parsing.names import Named, NamedPlace, Names
from provisioning.imports.parsing.prose import (
    callings,
    places,
    sections,
    sentences,
    sharing,
)
from provisioning.imports.parsing.prose.lines import Line
from provisioning.imports.parsing.prose.topics import Closing, Topic
from provisioning.imports.parsing.tokens import computer_names, glued, labels, others
from provisioning.imports.parsing.tokens import words as tokens
from provisioning.imports.parsing.tokens.cells import read_serial
from provisioning.imports.parsing.tokens.machines import reason_for
from provisioning.imports.parsing.tokens.serial_shapes import (
    around_serial,
    looks_serial,
    reject,
    without_serials,
)
from provisioning.imports.parsing.tokens.words import Word
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning
from provisioning.values.serials import Serial

_LABELS: dict[str | None, str] = {
    **dict.fromkeys((ColumnKind.OTHER, ColumnKind.NOTE), tokens.OTHER),
    ColumnKind.OLD: tokens.OLD,
    ColumnKind.SERIAL: tokens.SERIAL,
}
_SEVERAL = "several"  # labels, one line below the other, as the headings of a page

Judged = list[tuple[Word, Item]]


class Reader:
    """A reader of the lines of one text."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._topic = Topic()
        self._known: dict[tuple[object, ...], Line] = {}
        self._label, self._had_colon = "", False
        self._section = sections.Aside()

    @property
    def machine(self) -> str | None:
        """The machine of the heading or the item that was read last; None for a Mac."""
        return self._topic.above

    @property
    def doubt(self) -> str | None:
        """The doubt about the Macs of the section that was read last."""
        return self._section.doubt

    def read(
        self, where: str, line: str, *, sole: bool = False, closing: Closing | None = None
    ) -> Line:
        """Return a line as it was read.

        In a `sole` line, its only word is meant to be a serial; `closing` is the machine of its
        paragraph. Lines that differ in a plain serial alone are read once.
        """
        around = around_serial(line) if not self._label else None
        if around is None or self._names.is_known(around[0]):
            return self._read(where, line, sole=sole, closing=closing)
        serial, *form = around
        key = (*form, len(serial), sole, closing, self._topic.above, self._section.state)
        if (known := self._known.get(key)) is not None:
            self.go_on()
            entry = replace(known.entries[0], serial=Serial(serial), where=where)
            return replace(known, items=(entry,), text=line)
        read = self._read(where, line, sole=sole, closing=closing)
        is_one = len(read.items) == len(read.entries) == 1 and not self._label
        if is_one and len(self._known) < others.RECENT:
            self._known[key] = read
        return read

    def go_on(self) -> None:
        """Take note of Macs in the section."""
        self._section.go_on()

    def alone(self, where: str, line: str, *, sole: bool = False) -> Line:
        """Return a line as it is read without those above it."""
        self._topic, self._section = Topic(), sections.Aside()
        self._label, self._had_colon = "", False
        return self.read(where, line, sole=sole)

    def _read(self, where: str, text: str, *, sole: bool, closing: Closing | None) -> Line:
        line = glued.parted(text, self._names.is_known)
        form = without_serials(line, self._names.is_known)
        named = places.of(form, self._names)
        masked = places.without(line, named)
        groups = sentences.in_groups(masked, where)
        masked = blanked(masked, [(w.start, w.start + len(w.text)) for w, _ in groups])
        words = self._under_label(tokens.words(masked), line, sole=sole)
        words = sentences.unlabelled(words, masked)
        given = callings.given_in(line, masked)
        hosts = callings.hosts_in(words)
        plain = [w for w in words if w.start not in given and w not in hosts]
        found = [*_judged(plain, masked, where), *groups]
        serials = [word for word, item in found if isinstance(item, Entry)]
        starts = {word.start for word in serials}
        stands = not serials and places.stand_alone(line, words, named)
        heading = None if found else self._heading_of(line, named, stands=stands)
        if serials:
            self.go_on()
        aside = self._aside(masked, sorted(word.start for word, _ in found))
        if named and not found and sentences.asks(masked):
            self._section.begin(line.strip()[-sections.LONGEST :])
        about = form.replace(labels.HARD_SPACE, " ")
        self._topic.hear(about, is_heading=not found, closing=closing)
        whole = places.named_in(named)
        called = callings.called(given, hosts, serials)
        cut = callings.called(callings.cut_in(line, masked), (), serials)
        heads = bool(serials) and places.heads(line, named, serials[0])
        heads = heads and not sharing.strange(line, named, serials)
        leading = [place for place in named if heads and place.end <= serials[0].start]
        items = self._items(line, found, named, (whole, called), (aside, cut)) if found else []
        items += self._strangers(plain, where)
        items += sentences.inside(masked, where, [i for i in items if isinstance(i, Entry)])
        return Line(
            tuple(items),
            places.named_in(leading) if heads else whole,
            stands=stands,
            parts=bool(heading),
            heads=heads,
            speaks=not all(places.is_filler(w.text) for w in plain if w.start not in starts),
            repeats=bool(serials)
            and not (whole.sites and whole.builds)
            and not any(place.start < serials[-1].start for place in named)
            and places.repeats(masked[serials[-1].start :]),
            text=text,
        )

    def _heading_of(self, line: str, named: Sequence[NamedPlace], *, stands: bool) -> str | None:
        """Take note of a line without a serial; see `sections.heading_of` for what comes out."""
        if named and self._section.wants_place:
            self._section.begin("")
        # Of what stands in it beside all names, also those of places that Macs leave.
        rest = places.without(line, self._names.places_in(line))
        heading = sections.heading_of(rest, is_placed=bool(named))
        self._section.hear(heading, is_place=bool(named) and (stands or heading is not None))
        return heading

    def _items(
        self,
        line: str,
        found: Judged,
        named: Sequence[NamedPlace],
        about: tuple[Named, Mapping[int, str]],
        doubts: Sequence[Mapping[int, str | None]],
    ) -> list[Item]:
        """The items for the words that were found, with all that their line says about each."""
        serials = [word for word, item in found if isinstance(item, Entry)]
        shared = sharing.spread(line, named, serials)
        unplaced = places.without_left(line, named, self._names)
        sentence = sentences.SerialSentence(line, unplaced, serials)
        strays = sharing.strange(line, named, serials)
        items: list[Item] = []
        for word, judged in found:
            item = self._item(word, judged, sentence, shared.get(word.start), about)
            at = bisect_right(strays, word.start, key=itemgetter(0))
            if at and (name := strays[at - 1][1]) and isinstance(item, Entry):
                unknown = f"is for {name!r}, and there is no site of that name"
                item = with_doubt(replace(item, site=None, build=None), unknown)
            items.append(with_doubt(item, *(by_start.get(word.start) for by_start in doubts)))
        return items

    def _aside(self, masked: str, starts: Sequence[int]) -> dict[int, str | None]:
        """The doubts about the serials of a line, which begin there, by the labels before them."""
        doubts: dict[int, str | None] = {}
        doubt = self.doubt
        for before, start in pairwise([0, *starts]):
            label = sections.label_of(masked[before:start]) if ":" in masked[before:start] else None
            if label is not None:
                doubt = sections.doubt_of(label) or self.doubt
            doubts[start] = doubt
        return doubts

    def _item(
        self,
        word: Word,
        item: Item,
        sentence: sentences.SerialSentence,
        place: tuple[str | None, str | None] | None,
        about: tuple[Named, Mapping[int, str]],
    ) -> Item:
        """The item for a word, with the place, the name and the doubts of its line."""
        if isinstance(item, Rejected):
            return item
        if machine := self._topic.machine_of(word, alone=sentence.has_one):
            return reject(item.serial.text, item.where, reason_for(machine))
        whole, called = about
        site, build = place or (whole.site, whole.build)
        name = computer_names.as_given(called.get(word.start, ""), item.serial.text)
        has_more = site or build or name
        entry = replace(item, site=site, build=build, name=name) if has_more else item
        entry = with_doubt(entry, None if place else places.several(whole))
        return sentence.checked(entry, word)

    def _under_label(self, words: list[Word], line: str, *, sole: bool) -> list[Word]:
        """The words, of which a lone one has the label that was alone in the line above."""
        before, had_colon = self._label, self._had_colon
        self._label = _LABELS.get(meaning(line.strip(" :*_")), "")
        if before and self._label:
            self._label = _SEVERAL
        self._had_colon = line.rstrip().endswith(":")
        is_label = before in _LABELS.values() and (had_colon or before != tokens.OTHER)
        if len(words) != 1:
            return words
        label = words[0].label or (before if is_label else "")
        label = tokens.SERIAL if sole and label != tokens.OTHER else label
        return [replace(words[0], label=label)]

    def _strangers(self, words: Sequence[Word], where: str) -> Iterator[Rejected]:
        """The serials of other makers, in a line that is about such a machine alone."""
        if machine := self._topic.other_alone:
            for word in words:
                bare = tokens.bared(word.text)
                if tokens.STRANGER.fullmatch(bare) and not looks_serial(bare):
                    yield reject(bare, where, reason_for(machine))


def _judged(words: list[Word], line: str, where: str) -> Judged:
    """The words that are serials or look like some, with what they are."""
    if lone := sentences.grouped(words):
        return [(word, read_serial(word.text, where)) for word in lone]
    joined = [(word, entry) for word in words for entry in tokens.joined(word.text, where)]
    split = [*sentences.split_up(words, line, where)]
    runs = {word.start for word, _ in joined} | {w.start for parts, _ in split for w in parts}
    alone = tokens.may_be_alone(words)
    beside = any(looks_serial(tokens.bared(word.text)) for word in words)
    judged: Judged = []
    for word in words:
        if word.start in runs:
            continue
        item = tokens.judge(word, where, alone=alone, beside=beside)
        if item is not None:
            judged.append((word, item))
    return [*judged, *((first, entry) for (first, _), entry in split), *joined]

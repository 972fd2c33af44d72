"""Trials that are not repeated too often, and questions that may hang."""

from threading import Event, Thread

import pytest

from infrastructure.heartbeats.trials import HangGuard, Trial
from tests.support.waiting import eventually


class Work:
    """Something that fails, or does not, and counts."""

    def __init__(self) -> None:
        self.times, self.fails = 0, False

    def __call__(self) -> None:
        self.times += 1
        if self.fails:
            raise OSError("the disk is full")


def test_what_was_tried_a_moment_ago_counts_as_it_went() -> None:
    work = Work()
    trial = Trial(work)
    trial()
    work.fails = True
    trial()

    assert work.times == 1


def test_what_failed_is_raised_again_without_a_trial() -> None:
    work = Work()
    work.fails = True
    trial = Trial(work, pause=600)
    for _ in range(2):
        with pytest.raises(OSError, match="the disk is full"):
            trial()

    assert work.times == 1


def test_what_failed_is_tried_again_after_a_pause() -> None:
    work = Work()
    work.fails = True
    trial = Trial(work, pause=0.01)
    assert not succeeds(trial)
    work.fails = False

    eventually(lambda: succeeds(trial))


def succeeds(trial: Trial) -> bool:
    try:
        trial()
    except OSError:
        return False
    return True


class Question:
    """A question that is answered when it may be."""

    def __init__(self) -> None:
        self.may, self.asked, self.answer = Event(), 0, "one"

    def __call__(self) -> str:
        self.asked += 1
        self.may.wait(60)
        return self.answer


def silent(seconds: float) -> str:
    return "no answer"


def test_a_question_that_hangs_is_asked_once_and_said_to_hang() -> None:
    question = Question()
    look = HangGuard(question, silent, moment=0.05, limit=0.1)
    askers = [Thread(target=look.answer) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert look.answer() == "no answer"
    assert question.asked == 1
    question.may.set()
    eventually(lambda: look.answer() == "one" and question.asked > 1)


def test_the_last_answer_counts_for_a_while() -> None:
    question = Question()
    question.may.set()
    look = HangGuard(question, silent, moment=0.05, limit=600)
    eventually(lambda: look.answer() == "one")
    question.may.clear()

    assert look.answer() == "one"
    question.answer = "two"
    question.may.set()
    eventually(lambda: look.answer() == "two")


def test_a_question_that_fails_is_asked_again() -> None:
    answers = iter((ValueError(), "fine"))

    def question() -> str:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    look = HangGuard(question, silent, moment=60)

    assert look.answer() == "no answer"
    assert look.answer() == "fine"

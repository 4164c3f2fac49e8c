"""Changes about the waiting list, and answers that are undone."""

from datetime import date, timedelta

from bookings import transitions
from bookings.transitions import Waiting
from tests.bookings.steps import ELEVEN, TEN
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.more_changes import then
from tests.bookings.transitions.test_refused import by_desk
from tests.factories import MONDAY, make_ask, make_person

MINUTE = timedelta(minutes=1)
FIVE = MONDAY + timedelta(hours=9)
"""On Monday, when the answer is promised."""


def join(weekdays=(), until=None, parts=()):
    """Wait for a time, or change when one can come."""
    return lambda consultation, visit, desk: transitions.join_waiting_list(
        consultation, Waiting(weekdays, until), parts=parts, now=MONDAY
    )


def wished_much(clinic, desk):
    """Two times, and mornings."""
    ask = make_ask(*clinic[:2], starts=[TEN, ELEVEN], parts=["morning"])
    consultation = transitions.submit(ask, make_person(), idempotency_key="much", now=MONDAY)
    transitions.verify(consultation, now=MONDAY)
    return consultation, consultation.appointments.get()


def wait_from_the_start(clinic, **about):
    waiting = Waiting([3, 0, 3], date(2026, 12, 24))
    ask = make_ask(*clinic[:2], waiting=waiting, parts=["evening"])
    return transitions.submit(ask, make_person(**about), idempotency_key="waits", now=MONDAY)


def offer_waiting(clinic, desk):
    consultation, _visit = of_requests.waiting(clinic, desk)
    by_desk("offer", times=[(ELEVEN, None)])(consultation, None, desk)
    return consultation, consultation.appointments.get(status="pending")


def waiting_from_the_start(clinic, desk):
    consultation = wait_from_the_start(clinic)
    transitions.verify(consultation, now=MONDAY)
    return consultation, None


undo = by_desk("undo")
ask = by_desk("ask_question", question="Since when?")
WAITING = {
    "wait with other times": (wished_much, join([4, 1], date(2026, 12, 31), ["evening"])),
    "join the waiting list from an offer": (of_requests.offered, join()),
    "change when one can come": (
        then(of_requests.waiting, join([0], date(2026, 12, 1), ["morning", "evening"])),
        join([2, 1], date(2026, 12, 24), ["afternoon", "morning"]),
    ),
    "wait from the start": (
        lambda clinic, desk: (wait_from_the_start(clinic), None),
        lambda consultation, _visit, desk: transitions.verify(consultation, now=MONDAY),
    ),
    "wait from the start by phone": (
        lambda clinic, desk: (clinic, None),
        lambda clinic, _visit, desk: wait_from_the_start(
            clinic, email="", phone="+442079460999", contact_by="phone"
        ),
    ),
}
UNDO = {
    "undo a question": (of_requests.questioned, undo),
    "undo an offer to one who waits": (offer_waiting, undo),
    "undo a question to one who waits": (then(of_requests.waiting, ask), undo),
    "undo a booking of one who waited": (
        then(waiting_from_the_start, by_desk("confirm", start=ELEVEN)),
        undo,
    ),
    "undo the cancellation of one who waits": (
        then(of_requests.waiting, by_desk("cancel_for")),
        undo,
    ),
    "undo the cancellation of what moves": (
        then(of_requests.moving, by_desk("cancel_for", now=FIVE - MINUTE)),
        by_desk("undo", now=FIVE),
    ),
    "undo the second answer": (
        then(of_requests.questioned, by_desk("offer", now=MONDAY + MINUTE, times=[(ELEVEN, None)])),
        by_desk("undo", now=MONDAY + MINUTE),
    ),
    "undo once the promise has passed": (
        then(of_requests.new, by_desk("ask_question", now=FIVE - MINUTE, question="Since when?")),
        by_desk("undo", now=FIVE),
    ),
    "undo before the promise has passed": (
        then(of_requests.new, by_desk("ask_question", now=FIVE - 2 * MINUTE, question="When?")),
        by_desk("undo", now=FIVE - MINUTE),
    ),
}

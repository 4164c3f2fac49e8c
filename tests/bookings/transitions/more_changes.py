"""Changes beside the verbs: addresses that are proven, what the worker ends, what is told again."""

from datetime import timedelta

from post_office.models import STATUS, Email

from bookings import transitions
from bookings.models import (
    AccessLink,
    Appointment,
    Message,
)
from bookings.transitions import Anyway
from bookings.transitions.contact import prove
from bookings.worker import reminders
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.clinic_changes import OF_THE_CLINIC
from tests.bookings.transitions.test_refused import at_visit, by_desk, by_patient
from tests.factories import MONDAY, make_person

DAY, HOUR, MINUTE = (timedelta(**{n: 1}) for n in ("days", "hours", "minutes"))
NEW = "new@example.org"
FRIDAY_TWO = TEN + 3 * DAY + 4 * HOUR


def then(make, *changes):
    """The state after these changes."""

    def made(clinic, desk):
        consultation, visit = make(clinic, desk)
        for change in changes:
            if isinstance(visit, Appointment):
                visit.request = consultation
            change(consultation, visit, desk)
        return consultation, visit

    return made


def sent(consultation, visit, desk):
    Email.objects.update(status=STATUS.sent)


def new_address(consultation, visit, desk):
    """The desk corrects the address; nobody has proven it yet."""
    by_desk("correct_contact", person=make_person(email=NEW))(consultation, visit, desk)


def prove_it(consultation, visit, desk):
    prove(consultation, now=MONDAY + HOUR)


def later(hours):
    """What the worker ends then."""
    return lambda *_: transitions.expire_due(now=MONDAY + hours * HOUR)


def far_ahead(clinic, desk):
    return confirmed(clinic, desk, start=FRIDAY_TWO)


def remind(hours):
    return lambda *_: reminders.remind_due(now=FRIDAY_TWO - hours * HOUR)


def twice_with_mail(clinic, desk):
    """The same person asked a second time, and the first request has a question open."""
    first = asked(clinic, start=ELEVEN)
    by_desk("ask_question", question="Since when?")(first, None, desk)
    return of_requests.new(clinic, desk)


def book_anyway(consultation, visit, desk):
    other = asked_again(consultation)
    start = TEN + HOUR / 2
    about = {"practitioner": visit.practitioner, "now": MONDAY}
    found = transitions.against(other.service, other.location, start, **about)
    transitions.confirm(
        other,
        actor=desk,
        version=other.version,
        start=start,
        anyway=Anyway("They insist.", found.code),
        **about,
    )


def asked_again(consultation):
    clinic = consultation.service, consultation.location, None
    return asked(clinic, start=TEN + 5 * HOUR, email="anyway@example.org")


def send_again(consultation, visit, desk):
    message = consultation.messages.get(kind="confirmed")
    Email.objects.filter(pk=message.email_id).update(status=STATUS.failed)
    Message.objects.filter(pk=message.pk).update(handled_at=MONDAY)
    transitions.send_again(message, actor=desk, now=MONDAY + HOUR)


def prove_new_address(consultation, visit, desk):
    transitions.ask_new_address(consultation, email=NEW, now=MONDAY)
    link = AccessLink.objects.exclude(email="").get()
    transitions.prove_address(link, now=MONDAY + HOUR)


MORE = {
    "prove after a booking": (then(confirmed, new_address), prove_it),
    "prove after an offer": (then(of_requests.offered, new_address), prove_it),
    "prove after a question": (then(of_requests.questioned, new_address), prove_it),
    "prove while waiting": (then(of_requests.waiting, new_address), prove_it),
    "prove after a refusal": (then(of_requests.declined, new_address), prove_it),
    "prove while moving": (then(of_requests.moving, new_address), prove_it),
    "prove a new request": (then(of_requests.new, new_address), prove_it),
    "prove ones own new address": (confirmed, prove_new_address),
    "correct after the mail left": (then(confirmed, sent), new_address),
    "reopen what was told": (then(of_requests.declined, sent), by_desk("reopen", why="Mistake.")),
    "reopen an offer that was told": (
        then(of_requests.offered, sent),
        by_desk("reopen", why="Mistake."),
    ),
    "undo a cancellation": (then(confirmed, by_desk("cancel_for")), by_desk("undo")),
    "undo a cancellation that was told": (
        then(confirmed, sent, by_desk("cancel_for")),
        by_desk("undo"),
    ),
    "correct who was missed": (
        then(of_requests.missed),
        lambda consultation, visit, desk: transitions.correct(
            visit, actor=desk, version=consultation.version, now=ELEVEN, why="They came."
        ),
    ),
    "correct what was done": (
        then(of_requests.arrived, at_visit("fulfil", now=ELEVEN)),
        lambda consultation, visit, desk: transitions.correct(
            visit, actor=desk, version=consultation.version, now=ELEVEN, why="Not yet."
        ),
    ),
    "a hold that lapses": (of_requests.new, later(24)),
    "a hold that lapses unanswered": (of_requests.questioned, later(24)),
    "a hold of nobody that lapses": (of_requests.unverified, later(1)),
    "an offer that lapses while waiting": (
        then(of_requests.waiting, by_desk("offer", times=[(ELEVEN, None)])),
        later(49),
    ),
    "a visit that went on as booked": (
        then(
            confirmed, by_patient("ask_to_move", message="x"), by_desk("ask_question", question="?")
        ),
        later(48),
    ),
    "remind": (far_ahead, remind(48)),
    "remind again": (then(far_ahead, remind(48)), remind(3)),
    "remind just before": (then(far_ahead, remind(48), sent), remind(2)),
    "link": (confirmed, by_patient("resend_link")),
    "links": (
        twice_with_mail,
        lambda *_: transitions.resend_links("maria@example.org", now=MONDAY + HOUR),
    ),
    "send again": (confirmed, send_again),
    "duplicate of a question": (twice_with_mail, by_desk("close_duplicate")),
    "book anyway": (confirmed, book_anyway),
    "wait from an offer": (of_requests.offered, by_desk("waitlist")),
    "spam with a question": (of_requests.questioned, by_desk("mark_spam")),
    "erase a booking": (confirmed, by_desk("erase", because="asked")),
    "erase what is over": (
        then(confirmed, sent),
        by_desk("erase", because="asked", now=TEN + 400 * DAY),
    ),
} | OF_THE_CLINIC
READ_ANEW = {
    *("what was never confirmed", "what nobody took", "who waited in vain"),
    *("an offer that lapses while waiting", "a visit that went on as booked"),
    "prove ones own new address",
}
"""Changes that read the request themselves; all others leave in the caller's what is stored."""

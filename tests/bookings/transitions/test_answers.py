"""What the desk may answer, how many times it may offer, and what an answer leaves as it was."""

from datetime import date, timedelta

import pytest

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.errors import InvalidTransition
from bookings.models import StaffNotice
from bookings.transitions import Waiting
from bookings.transitions.core import deadline_for
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import at_visit, by_desk
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


@pytest.mark.parametrize("number", range(5))
def test_one_to_three_times_are_offered(clinic, desk, number):
    consultation = asked(clinic, start=None)
    offer = by_desk("offer", times=[(ELEVEN + n * HOUR, None) for n in range(number)])
    if 1 <= number <= 3:
        offer(consultation, None, desk)
    else:
        with pytest.raises(InvalidTransition):
            offer(consultation, None, desk)
    assert consultation.appointments.pending().count() == number % 4


@pytest.mark.parametrize(
    ("start", "who", "same"),
    [
        (None, None, True),
        (None, 0, True),
        (TEN, None, True),
        (TEN, 0, True),
        (TEN, 1, False),
        (ELEVEN, None, False),
        (ELEVEN, 0, False),
        (ELEVEN, 1, False),
    ],
)
def test_the_held_time_is_booked_where_it_fits(clinic, desk, start, who, same):
    consultation = asked(clinic)
    held = consultation.appointments.get()
    with_whom = None if who is None else clinic[2][who]
    visit = transitions.confirm(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        start=start,
        practitioner=with_whom,
    )
    held.refresh_from_db()
    assert (visit == held) == same and visit.start == (start or TEN)
    assert visit.practitioner == clinic[2][who or 0]
    assert held.status == ("booked" if same else "cancelled")


def test_a_booked_request_is_moved_not_confirmed(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    with pytest.raises(InvalidTransition):
        by_desk("confirm", start=ELEVEN)(consultation, visit, desk)
    assert consultation.appointments.get() == visit


def test_a_request_in_review_changes_hands(clinic, desk):
    consultation = asked(clinic)
    for who in (desk.user, None):
        by_desk("assign", to=who)(consultation, None, desk)
    last = consultation.events.last()
    assert consultation.assigned_to is None and (last.verb, last.why) == ("assign", "")
    assert consultation.status == RequestStatus.IN_REVIEW


@pytest.mark.parametrize(
    ("state", "declined"),
    [
        (of_requests.missed, True),
        (of_requests.arrived, False),
        (
            lambda clinic, desk: (
                (one := of_requests.arrived(clinic, desk)),
                at_visit("fulfil", now=ELEVEN)(*one, desk),
            )[0],
            False,
        ),
    ],
)
def test_who_came_is_not_declined(clinic, desk, state, declined):
    consultation, visit = state(clinic, desk)
    if declined:
        of_requests.decline(consultation, visit, desk)
    else:
        with pytest.raises(InvalidTransition, match="The patient came to a visit"):
            of_requests.decline(consultation, visit, desk)
    assert (consultation.status == RequestStatus.DECLINED) == declined


@pytest.mark.parametrize(
    ("until", "then"),
    [(date(2026, 11, 23), "same"), (date(2026, 11, 24), "same"), (date(2026, 11, 22), "later")],
)
def test_who_waits_again_keeps_their_wishes(clinic, desk, until, then):
    """And their last day, as long as it is not over."""
    consultation = asked(clinic, start=None, waiting=Waiting((1, 3), date(2026, 12, 1)))
    by_desk("ask_question", question="Still?")(consultation, None, desk)
    consultation.waiting.until = until
    consultation.waiting.save()
    by_desk("waitlist")(consultation, None, desk)
    consultation.waiting.refresh_from_db()
    assert (consultation.waiting.until == until) == (then == "same")
    assert consultation.waiting.until >= date(2026, 11, 23)
    assert list(consultation.waiting.weekdays) == [1, 3]


def test_a_note_since_does_not_stop_reopening(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    by_desk("cancel_for")(consultation, None, desk)
    said = transitions.note(consultation, actor=desk, now=MONDAY + MINUTE, text="x" * 301)
    by_desk("reopen", why="A slip.", now=MONDAY + HOUR)(consultation, None, desk)
    assert consultation.status == RequestStatus.IN_REVIEW
    assert (said.verb, said.why) == ("note", "x" * 300)


def test_no_answer_is_promised_before_now(visit):
    consultation = visit.request
    assert deadline_for(consultation, now=TEN - MINUTE) == TEN
    assert deadline_for(consultation, now=TEN) > TEN


def told(user, consultation, **about):
    return StaffNotice.objects.create(
        user=user,
        request=consultation,
        kind="answer",
        verb="answer",
        at=MONDAY,
        dedupe_key=f"{user.pk}:{consultation.pk}",
        **about,
    )


def test_a_look_is_written_once_an_hour(clinic, desk, django_user_model):
    """For each request and each of the staff; their own notices of that request are seen with it."""
    fay = transitions.staff(django_user_model.objects.create_user("fay"))
    one, two = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    seen = told(desk.user, one)
    of_others = [told(fay.user, one), told(desk.user, two)]
    transitions.note(one, actor=desk, now=MONDAY, text="Phoned.")
    looks = [
        transitions.look(consultation, actor=actor, now=MONDAY + minutes * MINUTE)
        for consultation, actor, minutes in [
            (one, desk, 1),
            (one, desk, 60),
            (one, fay, 60),
            (two, desk, 60),
            (one, desk, 61),
        ]
    ]
    assert [look and (look.request, look.actor, look.verb) for look in looks] == [
        (one, desk.user, "look"),
        None,
        (one, fay.user, "look"),
        (two, desk.user, "look"),
        (one, desk.user, "look"),
    ]
    seen.refresh_from_db()
    for notice in of_others:
        notice.refresh_from_db()
    assert seen.seen_at == MONDAY + MINUTE
    assert [notice.seen_at for notice in of_others] == [MONDAY + 60 * MINUTE] * 2


@pytest.mark.postgresql
def test_what_is_opened_alone_is_seen(clinic, desk, django_user_model):
    fay = django_user_model.objects.create_user("fay")
    one, two = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    left = [told(fay, one), told(desk.user, two)]
    opened = told(desk.user, one)
    transitions.look(one, actor=desk, now=MONDAY)
    opened.refresh_from_db()
    assert opened.seen_at == MONDAY
    assert list(StaffNotice.objects.filter(seen_at=None).order_by("pk")) == left


def test_copies_and_exports_are_events(clinic, desk):
    consultation = asked(clinic)
    handed = transitions.disclose(consultation, actor=desk, now=MONDAY)
    (exported,) = transitions.exported([consultation], actor=desk, now=MONDAY)
    rows = [(event.verb, event.actor, event.request) for event in (handed, exported)]
    assert rows == [(verb, desk.user, consultation) for verb in ("disclose", "export")]

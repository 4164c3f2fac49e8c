"""Patients, staff and the worker do anything in any order while time passes: what always holds.

`EXAMPLES=300 make test ARGS=tests/bookings/transitions/test_stateful.py` looks longer.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings import transitions
from bookings.enums import (
    APPOINTMENT_FINAL,
    REQUEST_ABOUT_A_VISIT,
    REQUEST_FINAL,
    REQUEST_OPEN,
    AppointmentStatus,
    DayPart,
    DeclineReason,
    ErasureReason,
    RequestStatus,
    ResourceKind,
    Verb,
)
from bookings.errors import BookingError
from bookings.models import (
    Appointment,
    ConsultationRequest,
    DateException,
    Event,
    TimeClaim,
    TravelTime,
)
from bookings.schedule import claims
from bookings.transitions import PATIENT, Waiting
from tests.bookings.races import overlaps, too_close
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    make_ask,
    make_clinic,
    make_person,
    work_also,
)

pytestmark = pytest.mark.postgresql

EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
STARTS = [TUESDAY + timedelta(minutes=30 * n) for n in range(8)]
OF_THE_VISIT = {"arrive", "fulfil", "noshow", "correct"}
"""Events of the visit's own state machine; every other with a status belongs to the request's."""

MEANT_FOR = {
    "refuse": RequestStatus.OFFERED,
    "answer": RequestStatus.INFO_NEEDED,
    "ask_to_move": RequestStatus.CONFIRMED,
    "move": RequestStatus.CONFIRMED,
    "leave_waiting_list": RequestStatus.WAITLISTED,
}

starts = st.sampled_from(STARTS)
which = st.integers(0, 5)


class Clinic(RuleBasedStateMachine):
    """Two practitioners who both work in two locations, half an hour apart, a room in each for some visits,
    half-hour steps with buffers: room to collide."""

    @initialize(needs_room=st.booleans())
    def open_the_clinic(self, needs_room):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = MONDAY
        self.actor = transitions.core.SYSTEM
        self.service, self.location, self.people = make_clinic(
            practitioners=2,
            duration_minutes=30,
            step_minutes=30,
            buffer_after_minutes=10,
            minimum_notice_hours=1,
            needs_room=needs_room,
        )
        self.there = LocationFactory()
        TravelTime.objects.create(first=self.location, second=self.there, minutes=30)
        for person in self.people:
            work_also(person, self.there)
        for place in (self.location, self.there):
            ResourceFactory(kind=ResourceKind.ROOM, location=place, name="Blue room")
        self.asked = 0
        for n in range(2):  # so that there is something to answer from the first step on
            self.submit_one(STARTS[2 * n], someone=n)
            for consultation in self.requests():
                transitions.verify(consultation, now=self.now)

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # --- what happens --------------------------------------------------------------------------

    def requests(self):
        return list(ConsultationRequest.objects.filter(erased_at=None).order_by("pk"))

    def attempt(self, verb, change):
        """Make a change: it writes exactly one event of its verb, or refuses and writes nothing."""
        before = Counter(Event.objects.values_list("verb", flat=True))
        try:
            with transaction.atomic():
                change()
        except BookingError:
            assert Counter(Event.objects.values_list("verb", flat=True)) == before
            return
        new = Counter(Event.objects.values_list("verb", flat=True)) - before
        assert new[Verb[verb.upper()]] == 1, (verb, new)

    def on(self, number, verb, change):
        """On one of the requests in whose status the verb makes sense; else on any, to be refused."""
        rows = self.requests()
        rows = [r for r in rows if r.status == MEANT_FOR.get(verb)] or rows
        if rows:
            consultation = rows[number % len(rows)]
            self.attempt(verb, lambda: change(consultation))

    def on_visit(self, number, verb, change):
        rows = list(Appointment.objects.filter(request__erased_at=None).order_by("pk"))
        if rows:
            visit = rows[number % len(rows)]
            self.attempt(verb, lambda: change(visit))

    @rule(
        start=starts,
        phone=st.booleans(),
        waits=st.booleans(),
        someone=st.integers(2, 9),
        there=st.booleans(),
    )
    def submit(self, start, phone, waits, someone, there):
        self.submit_one(start, phone=phone, waits=waits, someone=someone, there=there)

    def submit_one(self, start, *, someone, phone=False, waits=False, there=False):
        self.asked += 1
        ask = make_ask(
            self.service,
            self.there if there else self.location,
            starts=[] if waits else [start],
            waiting=Waiting() if waits else None,
        )
        contact = (
            {"contact_by": "phone", "email": "", "phone": f"+44207946010{someone}"}
            if phone
            else {"email": f"p{someone}@example.org"}
        )
        key = f"key-{self.asked}"
        self.attempt(
            "submit",
            lambda: transitions.submit(
                ask, make_person(**contact), idempotency_key=key, now=self.now
            ),
        )

    @rule(number=which)
    def verify(self, number):
        rows = [r for r in self.requests() if r.status == "unverified"]
        if rows:
            consultation = rows[number % len(rows)]
            self.attempt("verify", lambda: transitions.verify(consultation, now=self.now))

    @rule(number=which, start=st.none() | starts)
    def confirm(self, number, start):
        self.on(
            number,
            "confirm",
            lambda r: transitions.confirm(
                r, actor=self.actor, version=r.version, now=self.now, start=start
            ),
        )

    @rule(number=which, times=st.lists(starts, min_size=1, max_size=3, unique=True))
    def offer(self, number, times):
        pairs = [(start, None) for start in times]
        self.on(
            number,
            "offer",
            lambda r: transitions.offer(
                r, actor=self.actor, version=r.version, now=self.now, times=pairs
            ),
        )

    @rule(number=which, start=starts)
    def move(self, number, start):
        self.on(
            number,
            "move",
            lambda r: transitions.move(
                r, actor=self.actor, version=r.version, now=self.now, start=start
            ),
        )

    @rule(
        number=which,
        start=starts,
        minutes=st.sampled_from([0, 7]),
        verb=st.sampled_from(["confirm", "move"]),
    )
    def book_anyway(self, number, start, minutes, verb):
        """Knowing what speaks against it now."""
        start += timedelta(minutes=minutes)

        def change(consultation):
            about = {"practitioner": self.people[number % 2], "now": self.now}
            found = transitions.against(
                self.service,
                consultation.location,
                start,
                ignoring=transitions.held_by(consultation),
                moving=transitions.core.booked(consultation),
                **about,
            )
            decision = transitions.Anyway("They insist.", found.code)
            by = {"actor": self.actor, "version": consultation.version, "anyway": decision}
            getattr(transitions, verb)(consultation, start=start, **by, **about)

        self.on(number, verb, change)

    @rule(number=which)
    def accept(self, number):
        offered = list(Appointment.objects.pending().order_by("pk"))
        if offered:
            one = offered[number % len(offered)]
            self.attempt(
                "accept", lambda: transitions.accept(one.request, appointment=one, now=self.now)
            )

    @rule(
        number=which,
        verb=st.sampled_from(["refuse", "withdraw", "keep_appointment", "leave_waiting_list"]),
    )
    def patient(self, number, verb):
        self.on(number, verb, lambda r: getattr(transitions, verb)(r, now=self.now))

    @rule(number=which, verb=st.sampled_from(["answer", "ask_to_move"]))
    def patient_writes(self, number, verb):
        self.on(number, verb, lambda r: getattr(transitions, verb)(r, now=self.now, message="Hm."))

    @rule(number=which)
    def join_waiting_list(self, number):
        rows = [r for r in self.requests() if r.status != "waitlisted"]
        if rows:
            consultation = rows[number % len(rows)]
            self.attempt(
                "join_waiting_list",
                lambda: transitions.join_waiting_list(
                    consultation, Waiting(), parts=[DayPart.MORNING], now=self.now
                ),
            )

    @rule(
        number=which,
        verb=st.sampled_from(
            ["decline", "ask_question", "waitlist", "mark_spam", "close_duplicate"]
            + ["reopen", "undo", "cancel_for"]
        ),
    )
    def staff(self, number, verb):
        extra = {
            "decline": {"reason": DeclineReason.OTHER},
            "ask_question": {"question": "Since when?"},
            "reopen": {"why": "A mistake"},
        }.get(verb, {})
        change = getattr(transitions, verb)
        self.on(
            number,
            verb,
            lambda r: change(r, actor=self.actor, version=r.version, now=self.now, **extra),
        )

    @rule(number=which, verb=st.sampled_from(["arrive", "fulfil", "noshow", "cancel"]))
    def visit(self, number, verb):
        change = getattr(transitions, verb)
        self.on_visit(number, verb, lambda v: change(v, actor=self.actor, now=self.now))

    @rule(number=which)
    def correct(self, number):
        self.on_visit(
            number,
            "correct",
            lambda v: transitions.correct(
                v, actor=self.actor, version=v.request.version, now=self.now, why="A slip"
            ),
        )

    @rule(start=starts, there=st.booleans(), who=st.sampled_from([None, 0, 1]))
    def close(self, start, there, who):
        """A location, or a person, who is then away from both."""
        closure = DateException.objects.create(
            location=self.there if there else self.location,
            resource=None if who is None else self.people[who],
            start=start,
            end=start + timedelta(minutes=30),
        )
        claims.claim_closure(closure, now=self.now)

    @precondition(lambda self: self.requests())
    @rule(number=which)
    def erase(self, number):
        because = ErasureReason.ASKED
        self.on(
            number,
            "erase",
            lambda r: transitions.erase(
                r, actor=PATIENT, version=r.version, now=self.now, because=because
            ),
        )

    @rule(minutes=st.sampled_from([1, 3, 16, 60, 480, 1_440, 3_000]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def worker(self):
        transitions.expire_due(now=self.now)

    # --- what always holds ---------------------------------------------------------------------

    @invariant()
    def nothing_overlaps(self):
        if not hasattr(self, "now"):
            return
        assert overlaps(self.now) == [] and too_close(self.now) == []

    @invariant()
    def claims_are_consistent(self):
        if hasattr(self, "now"):
            assert list(claims.inconsistencies(self.now)) == []

    @invariant()
    def what_is_over_holds_nothing(self):
        if not hasattr(self, "now"):
            return
        held = TimeClaim.objects.filter(appointment__isnull=False)
        assert not held.filter(appointment__status__in=APPOINTMENT_FINAL).exists()
        # A visit that took place stays as it was when its request, taken back into review, is erased.
        to_come = held.filter(appointment__end__gt=self.now)
        over = to_come.filter(appointment__request__status__in=REQUEST_FINAL)
        assert not over.exclude(appointment__status=AppointmentStatus.ARRIVED).exists()

    @invariant()
    def what_is_held_fits_the_request(self):
        """Offered times belong to an offer, a first choice to an open request, a visit to one that is."""
        if not hasattr(self, "now"):
            return
        for held in Appointment.objects.holding(self.now).select_related("request"):
            if held.status == AppointmentStatus.PENDING:
                assert held.request.status == RequestStatus.OFFERED
            elif held.status == AppointmentStatus.PROPOSED:
                assert held.request.status in REQUEST_OPEN - {RequestStatus.WAITLISTED}
            elif held.status == AppointmentStatus.BOOKED and not held.request.erased_at:
                about = REQUEST_ABOUT_A_VISIT | {RequestStatus.CONFIRMED}
                assert held.request.status in about

    @invariant()
    def every_status_is_told_by_the_last_event(self):
        if not hasattr(self, "now"):
            return
        for consultation in ConsultationRequest.objects.all():
            changes = consultation.events.exclude(to_status="").exclude(verb__in=OF_THE_VISIT)
            changes = list(changes.order_by("at", "pk"))
            assert changes[-1].to_status == consultation.status
            assert len(changes) == consultation.version, [e.verb for e in changes]


@pytest.mark.django_db
def test_anything_in_any_order(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path  # where the ledger of erasures lies
    run_state_machine_as_test(
        Clinic, settings=examples(max_examples=EXAMPLES, stateful_step_count=20, deadline=None)
    )

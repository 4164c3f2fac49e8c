"""A clinic of any size, in bulk: for the benchmark `scale`, and for the test that pages stay the same.

Every row is made of its number alone, so two clinics of one size are alike. Nothing goes through a
transition: three years of visits in minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import count, islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.utils import timezone
from post_office.models import STATUS, Email, Log

from bookings.enums import (
    APPOINTMENT_HOLDING,
    REQUEST_FINAL,
    AppointmentStatus,
    DayPart,
    ExceptionKind,
    PausedBecause,
    RequestStatus,
    ResourceKind,
    Verb,
    WebhookKind,
)
from bookings.models import (
    AcceptedUnsigned,
    Appointment,
    Consent,
    ConsultationRequest,
    DateException,
    Displaced,
    Event,
    Location,
    Message,
    Practitioner,
    PreferredTime,
    Resource,
    SafetyQuestions,
    Service,
    TimeClaim,
    WaitingListEntry,
    WebhookDelivery,
    WebhookEndpoint,
    WeeklyHours,
    search_words,
)
from bookings.schedule import claims
from bookings.schedule.local_time import DAY, busy_interval
from clinic.models import ClinicSettings

R, A = RequestStatus, AppointmentStatus
HOURS = range(9, 17)
OLD_DAYS = 3 * 365
LOGINS = "person-"
"""How the practitioners' usernames begin."""
_numbers = count(1)


@dataclass(frozen=True)
class Size:
    """How many of what; people without a location come to the newest. `visits_ahead` fill the next days."""

    locations: int
    people: int
    visits: int
    visits_ahead: int
    unbooked: int
    """Requests that became no visit."""
    open_of: int = 3
    """One in so many of these is still open."""

    def times(self, share: float) -> Size:
        """The same clinic after a shorter life."""
        rows = (self.visits, self.visits_ahead, self.unbooked)
        rows = tuple(int(each * share) for each in rows)
        return Size(self.locations, self.people, *rows, open_of=self.open_of)


LARGE = Size(
    locations=5, people=30, visits=110_000, visits_ahead=10_000, unbooked=40_000, open_of=9
)
"""At its full size some 1,800 requests wait for an answer, and 2,000 people did not get their last mail."""
SMALL = Size(locations=1, people=2, visits=60, visits_ahead=30, unbooked=30)


def fill(size: Size, *, now: datetime) -> list[Practitioner]:
    """Add a clinic of this size; returns its practitioners, each with a login."""
    settings = ClinicSettings.as_written()
    settings.publishes_free_times = True  # so that these addresses are measured, too
    settings.save()
    service = _service() if size.locations else Service.objects.latest("pk")
    people = list(_staff(size, service))
    _save(_booked(service, people, size.visits_ahead, now, ahead=True), now)
    _save(_booked(service, people, size.visits - size.visits_ahead, now, ahead=False), now)
    unbooked = ((_unbooked(n, size, service, people, now), None) for n in range(size.unbooked))
    _save(unbooked, now)
    _closures(people, now)
    _webhook(size, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return list(Practitioner.objects.filter(resource__in=people).select_related("user"))


def _service() -> Service:
    about = {"duration_minutes": 45, "buffer_after_minutes": 10, "step_minutes": 30}
    questions = SafetyQuestions.objects.filter(translation_of=None).first()
    service = Service.objects.create(
        name=f"Consultation {next(_numbers)}",
        slug=f"consultation-{next(_numbers)}",
        questions=questions,
        minimum_notice_hours=1,
        **about,
    )
    if questions:
        AcceptedUnsigned.objects.create(
            service=service, questions=questions, who="Somebody", at=timezone.now()
        )
    return service


def _staff(size: Size, service: Service) -> Iterator[Resource]:
    places = [_location() for _ in range(size.locations)] or [Location.objects.latest("pk")]
    for number in range(size.people):
        yield _person(places[number % len(places)], service)


def _location() -> Location:
    name = f"Location {next(_numbers):06}"
    location = Location.objects.create(
        name=name,
        address="12 Harbour Street",
        country="GB",
        city="London",
        state="Greater London",
        postcode="SE1 0AA",
    )
    Resource.objects.create(kind=ResourceKind.ROOM, location=location, name="Room 1")
    return location


def _person(location: Location, service: Service) -> Resource:
    name = f"Person {next(_numbers):06}"
    kind = ResourceKind.PRACTITIONER
    person = Resource.objects.create(kind=kind, location=location, name=name)
    user = get_user_model().objects.create(username=LOGINS + name.removeprefix("Person "))
    Practitioner.objects.create(resource=person, user=user, title="Physiotherapist")
    service.practitioners.add(person)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(resource=person, weekday=day, start=time(9), end=time(17)) for day in range(5)
    )
    return person


Row = tuple[ConsultationRequest, Appointment | None]


def _booked(
    service: Service, people: Sequence[Resource], wanted: int, now: datetime, *, ahead: bool
) -> Iterator[Row]:
    """Visits hour by hour and person by person, forwards or backwards from today."""
    made, day = 0, now.date()
    # The past is spread over all of it; what is to come is as dense as can be.
    a_day = len(HOURS) if ahead else max(1, round(wanted / (OLD_DAYS * 5 / 7) / len(people)))
    while made < wanted:
        day += DAY if ahead else -DAY
        for hour in HOURS[:a_day] if day.weekday() < 5 else ():
            for person in people:
                if made < wanted:
                    start = datetime.combine(day, time(hour), UTC)
                    yield _visit(made, service, person, start, now)
                    made += 1


def _visit(number: int, service: Service, person: Resource, start: datetime, now: datetime) -> Row:
    past = [A.FULFILLED] * 8 + [A.NOSHOW, A.CANCELLED]
    coming = [A.BOOKED] * 8 + [A.CANCELLED, A.PROPOSED]
    status = (coming if start > now else past)[number % 10]
    asked = R.IN_REVIEW if status == A.PROPOSED else R.CONFIRMED
    consultation = _request(asked, person, service, min(start, now) - DAY * (number % 20 + 3))
    busy_start, busy_end = busy_interval(service, start)
    return consultation, Appointment(
        request=consultation,
        location=person.location,
        service=service,
        practitioner=person,
        status=status,
        start=start,
        end=start + service.duration,
        buffer_after_minutes=service.buffer_after_minutes,
        busy_start=busy_start,
        busy_end=busy_end,
        hold_expires_at=now + DAY if status == A.PROPOSED else None,
        cancelled_because="withdrawn" if status == A.CANCELLED else "",
        ics_uid=f"clinic-{next(_numbers)}",
        time_zone=person.location.time_zone,
        created_at=consultation.created_at,
    )


UNBOOKED = [R.WITHDRAWN, R.DECLINED, R.EXPIRED, R.SPAM, R.WITHDRAWN, R.DECLINED]
OPEN = [R.SUBMITTED, R.IN_REVIEW, R.INFO_NEEDED, R.UNVERIFIED, R.WAITLISTED]


def _unbooked(
    number: int, size: Size, service: Service, people: Sequence[Resource], now: datetime
) -> ConsultationRequest:
    """Most are closed; of the open ones many are old and forgotten."""
    statuses = UNBOOKED if number % size.open_of else OPEN
    status = statuses[number // size.open_of % len(statuses)]
    days = 1 + number % (OLD_DAYS if status in REQUEST_FINAL else 20)
    # The worker ends those whose address is not confirmed within a day; hundreds would be an attack.
    if status == R.UNVERIFIED and number > 500:
        status = R.EXPIRED
    age = timedelta(hours=1 + number % 20) if status == R.UNVERIFIED else DAY * days
    return _request(status, people[number % len(people)], service, now - age)


def _request(
    status: RequestStatus, person: Resource, service: Service, at: datetime
) -> ConsultationRequest:
    number = next(_numbers)
    return ConsultationRequest(
        reference=f"{number // 10_000:04}-{number % 10_000:04}",
        name=f"Maria Example {number}",
        email=f"maria{number}@example.org",
        contact_by="email",
        idempotency_key=f"clinic-{number}",
        needs_call=number % 50 == 0 and status not in {*REQUEST_FINAL, R.CONFIRMED},
        status=status,
        location=person.location,
        service=service,
        practitioner=person if number % 3 else None,
        reason="tight",
        source_path=f"/guides/guide-{number % 4}/",
        time_zone=person.location.time_zone,
        created_at=at,
        verified_at=None if status == R.UNVERIFIED else at,
        respond_by=at + DAY,
        promised_at=at + DAY,
        answered_at=None if status in {R.SUBMITTED, R.UNVERIFIED} else at + timedelta(hours=20),
        closed_at=at + DAY if status in REQUEST_FINAL else None,
    )


def _create(model: type[models.Model], rows: Iterable[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=500)


def _save(rows: Iterator[Row], now: datetime) -> None:
    while some := list(islice(rows, 2_000)):
        _save_some(some, now)


def _save_some(rows: Sequence[Row], now: datetime) -> None:
    requests = [consultation for consultation, _visit in rows]
    visits = [visit for _consultation, visit in rows if visit]
    _create(ConsultationRequest, requests)
    for visit in visits:
        visit.request = visit.request  # takes over the key that it has now
    _create(Appointment, visits)
    search_words.write(requests)
    _create(Event, (event for row in rows for event in _events(*row)))
    _messages(rows)
    _create(
        Consent, (Consent(request=r, text_version="1", given_at=r.created_at) for r in requests)
    )
    waiting = [r for r in requests if r.status == R.WAITLISTED]
    _create(
        WaitingListEntry,
        (
            WaitingListEntry(request=r, until=(now + DAY * 50).date(), joined_at=r.created_at)
            for r in waiting
        ),
    )
    parts = list(DayPart)
    _create(
        PreferredTime, (PreferredTime(request=r, rank=1, part=parts[r.pk % 2]) for r in waiting)
    )
    holding = [v for v in visits if v.status in APPOINTMENT_HOLDING and v.end > now]
    _create(
        TimeClaim,
        (
            TimeClaim(
                resource_id=v.practitioner_id,
                cell_start=cell,
                appointment=v,
                expires_at=v.hold_expires_at,
            )
            for v in holding
            for cell in claims.cells(v.busy_start, v.busy_end)
        ),
    )


def _events(consultation: ConsultationRequest, visit: Appointment | None) -> Iterator[Event]:
    """What most requests leave behind: six events, of which one says that somebody looked."""
    verbs = [(Verb.SUBMIT, R.SUBMITTED), (Verb.VERIFY, R.SUBMITTED), (Verb.LOOK, "")]
    verbs += [(Verb.ASSIGN, ""), (Verb.CONFIRM if visit else Verb.NOTE, consultation.status)]
    verbs += [(Verb.FULFIL, "")] * bool(visit)
    for hours, (verb, status) in enumerate(verbs):
        yield Event(
            request=consultation,
            appointment=visit if verb == Verb.CONFIRM else None,
            verb=verb,
            to_status=status,
            actor_kind="staff",
            at=consultation.created_at + timedelta(hours=hours),
        )


def _messages(rows: Sequence[Row]) -> None:
    """Two or three to each, all sent, but one person in two hundred got none."""
    mails, messages = [], []
    for place, (consultation, visit) in enumerate(rows):
        for kind in ("verify", "received", *(["confirmed"] if visit else [])):
            number = next(_numbers)
            at = consultation.created_at + timedelta(hours=len(kind))
            mail = Email(
                from_email="clinic@example.org",
                to=consultation.email,
                subject=f"Request {consultation.reference}",
                message="Hello.",
                status=STATUS.failed if place % 200 == 0 else STATUS.sent,
                scheduled_time=at,
                message_id=f"<clinic-{number}@clinic.invalid>",
            )
            mails.append(mail)
            messages.append((consultation, kind, number, mail, at))
    _create(Email, mails)
    _create(Log, (Log(email=mail, status=mail.status) for mail in mails))
    _create(
        Message,
        (
            Message(request=about, kind=kind, dedupe_key=f"{number}", email=mail, created_at=at)
            for about, kind, number, mail, at in messages
        ),
    )


def _webhook(size: Size, now: datetime) -> None:
    endpoint = WebhookEndpoint.objects.create(
        url=f"https://{next(_numbers)}.example.org/",
        seed="x",
        created_at=now,
        paused_at=now,
        paused_because=PausedBecause.OWNER,
    )
    newest = ConsultationRequest.objects.order_by("-pk")[: size.people]
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint=endpoint,
            request=consultation,
            kind=WebhookKind.BOOKED,
            key=str(consultation.pk),
            message_id=f"msg_{endpoint.pk}_{consultation.pk}",
            body="{}",
            due_at=now,
            created_at=now,
        )
        for consultation in newest
    )


def _closures(people: Sequence[Resource], now: datetime) -> None:
    """A week of each location's, with everybody inside."""
    start = now.replace(minute=0, second=0, microsecond=0) + DAY
    for location in {person.location for person in people}:
        closure = DateException.objects.create(
            location=location, kind=ExceptionKind.CLOSED, start=start, end=start + DAY * 7
        )
        inside = Appointment.objects.filter(location=location, status=A.BOOKED)
        inside = inside.overlapping(closure.start, closure.end)
        _create(
            Displaced,
            (Displaced(closure=closure, appointment=visit, created_at=now) for visit in inside),
        )

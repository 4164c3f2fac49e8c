"""Rows for tests, without surprises: every value is in the call or plain to see here.

Numbers in names have four digits, so that the ninety-ninth comes before the hundredth.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import factory
from factory.django import DjangoModelFactory

from bookings import transitions
from bookings.enums import ContactBy, ResourceKind, Side
from bookings.models import (
    AcceptedUnsigned,
    ConsultationRequest,
    Location,
    Practitioner,
    Resource,
    SafetyQuestions,
    Service,
    WeeklyHours,
)

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""`now` in most tests: a Monday morning in London's winter, when local time is UTC."""


class LocationFactory(DjangoModelFactory[Location]):
    class Meta:
        model = Location

    name = factory.Sequence(lambda n: f"Location {n:04}")
    address = "12 Harbour Street\nLondon SE1 0AA"
    city, state, postcode = "London", "Greater London", "SE1 0AA"
    time_zone = "Europe/London"


class ResourceFactory(DjangoModelFactory[Resource]):
    class Meta:
        model = Resource

    kind = ResourceKind.PRACTITIONER
    location = factory.SubFactory(LocationFactory)
    name = factory.Sequence(lambda n: f"Practitioner {n:04}")


class PractitionerFactory(DjangoModelFactory[Practitioner]):
    class Meta:
        model = Practitioner

    resource = factory.SubFactory(ResourceFactory)
    title = "Physiotherapist"


class ServiceFactory(DjangoModelFactory[Service]):
    """Sixty minutes on the hour, no buffers, a day of notice, two months ahead."""

    class Meta:
        model = Service
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Service {n:04}")
    slug = factory.Sequence(lambda n: f"service-{n:04}")
    duration_minutes = 60
    buffer_before_minutes = 0
    buffer_after_minutes = 0
    step_minutes = 60
    minimum_notice_hours = 24
    horizon_days = 60
    questions = factory.LazyFunction(lambda: SafetyQuestions.objects.get(translation_of=None))

    @factory.post_generation
    def accepted(service, create: bool, accepted: Any, **kwargs: Any) -> None:
        """Open although nobody has signed its questions; with `accepted=False`, not."""
        if create and service.questions and accepted is not False:
            AcceptedUnsigned.objects.create(
                service=service, questions=service.questions, who="Olga Owner", at=MONDAY
            )


class WeeklyHoursFactory(DjangoModelFactory[WeeklyHours]):
    class Meta:
        model = WeeklyHours

    resource = factory.SubFactory(ResourceFactory)
    weekday = 0
    start = time(9)
    end = time(17)


def make_clinic(
    *, practitioners: int = 1, hours: tuple[time, time] = (time(9), time(17)), **service: Any
) -> tuple[Service, Location, list[Resource]]:
    """A location whose practitioners all work `hours` from Monday to Friday and offer one service."""
    location = LocationFactory(time_zone=service.pop("time_zone", "Europe/London"))
    made = ServiceFactory(**service)
    people = [ResourceFactory(location=location) for _ in range(practitioners)]
    for person in people:
        PractitionerFactory(resource=person)
    made.practitioners.add(*people)
    WeeklyHours.objects.bulk_create(
        WeeklyHoursFactory.build(
            resource=person, location=location, weekday=weekday, start=hours[0], end=hours[1]
        )
        for person in people
        for weekday in range(5)
    )
    return made, location, people


def work_also(
    person: Resource, location: Location, *, hours: tuple[time, time] = (time(9), time(17))
) -> None:
    """The person works at this location too, with these hours there from Monday to Friday."""
    person.also_at.add(location)
    for weekday in range(5):
        WeeklyHoursFactory(
            resource=person, location=location, weekday=weekday, start=hours[0], end=hours[1]
        )


def make_ask(service: Service, location: Location, **changes: Any) -> transitions.RequestData:
    values = {
        "reason": "tight",
        "side": Side.LEFT,
        "consent_version": "test",
        "consent_text": "I agree.",
    }
    return transitions.RequestData(service=service, location=location, **(values | changes))


def make_person(**changes: Any) -> transitions.Contact:
    values = {"name": "Maria Example", "contact_by": ContactBy.EMAIL, "email": "maria@example.org"}
    return transitions.Contact(**(values | changes))


def make_request(
    service: Service,
    location: Location,
    *,
    start: datetime | None = None,
    now: datetime = MONDAY,
    verified: bool = True,
    key: str = "",
    email: str = "maria@example.org",
    **changes: Any,
) -> ConsultationRequest:
    """A request as a patient would make it; verified, so that staff owe it an answer."""
    ask = make_ask(service, location, starts=[start] if start else [], **changes)
    consultation = transitions.submit(
        ask,
        make_person(email=email),
        idempotency_key=key or factory.Faker._get_faker().uuid4(),
        now=now,
    )
    if verified:
        transitions.verify(consultation, now=now)
    return consultation

"""What people and scripts type: a clear error beside the field, everything else kept, never a 500."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import clock
from bookings.enums import ResourceKind
from bookings.models import ConsultationRequest, Draft
from bookings.public.booking.time_forms import parse_start
from clinic.dates import unbroken
from tests.bookings.public.booking.test_steps import ends_at
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    ServiceFactory,
    make_clinic,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def at_contact(visitor):
    visitor.about()
    visitor.time()


@pytest.mark.parametrize(
    "name",
    [
        "Ma\x00ria",
        "Maria\u202egnp.exe",
        "Maria\nBcc: all@example.org",
        "x" * 10_000,
        "   ",
    ],
)
def test_an_impossible_name_is_refused_beside_its_field(visitor, name):
    at_contact(visitor)
    page = visitor.contact(name=name)
    assert page.status_code == 200 and "name" in page.context["form"].errors
    assert 'value="maria@example.org"' in page.content.decode()
    assert not ConsultationRequest.objects.exists()


def test_lone_surrogates_come_back_as_an_error(visitor):
    at_contact(visitor)
    body = b"name=Ma\xed\xa0\x80ria&contact_by=email&email=maria%40example.org&consent=on"
    form = "application/x-www-form-urlencoded"
    page = visitor.client.post(visitor.at("contact"), body, content_type=form)
    assert page.status_code in {200, 302, 400}
    visitor.send()
    for consultation in ConsultationRequest.objects.all():
        consultation.name.encode()  # whatever was kept can be written


@pytest.mark.parametrize(
    "name", ["José 🦴 Ñandú", "Nguyễn Thị Ánh", "محمد", "<script>alert(1)</script>"]
)
def test_any_real_name_is_accepted_and_escaped(visitor, name):
    at_contact(visitor)
    page = visitor.contact(name=name).content.decode()
    assert "<script>alert" not in page
    visitor.send()
    assert ConsultationRequest.objects.get().name == name


@pytest.mark.parametrize(
    "name", ["\u200eMaria Example", "Maria Exa\u00admple", "\ufeffMaria Example\u200f"]
)
def test_invisible_characters_of_names_are_dropped(visitor, name):
    at_contact(visitor)
    visitor.contact(name=name)
    visitor.send()
    assert ConsultationRequest.objects.get().name == "Maria Example"


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("020 7946 0123", "+442079460123", "020 7946 0123"),
        ("07911 123456", "+447911123456", "07911 123456"),
        ("+44 7911 123456", "+447911123456", "07911 123456"),
        ("\u202a020 7946 0123\u202c", "+442079460123", "020 7946 0123"),
        ("020 7946 0123 ext 205", "+442079460123;ext=205", "020 7946 0123 ext. 205"),
        ("+34 912 34 56 78", "+34912345678", "+34 912 34 56 78"),
        ("07700 900123", "+447700900123", "07700 900123"),
    ],
)
def test_a_phone_number_is_kept_whole(visitor, typed, stored, shown):
    at_contact(visitor)
    page = visitor.contact(contact_by="phone", email="", phone=typed)
    assert shown in page.text and "+4479" not in page.text
    visitor.send()
    asked = ConsultationRequest.objects.get()
    assert f"{asked.phone.as_e164};ext={asked.phone_extension}".removesuffix(";ext=") == stored


@pytest.mark.parametrize(
    "typed",
    [
        "call my daughter on 020 7946 0123",
        "020 7946 0123 after six",
        "020 7946 0123 ext",
        "123",
        "020 7946 0123 020 7946 0124",
        "none",
        "\x00",
    ],
)
def test_what_is_no_number_is_refused_beside_it(visitor, typed):
    at_contact(visitor)
    page = visitor.contact(contact_by="phone", email="", phone=typed)
    assert page.context["form"].errors["phone"]


@pytest.mark.parametrize("minutes", [7, -1, 1])
def test_a_start_beside_the_offered_ones_is_refused(visitor, minutes):
    visitor.about()
    start = parse_start(visitor.offered()[0]) + timedelta(minutes=minutes)
    page = visitor.time(start.strftime("%Y-%m-%dT%H:%MZ"))
    assert "That time is not free" in page.content.decode() and not page.redirect_chain


def test_an_unrelated_practitioner_cannot_be_chosen(visitor, clinic):
    other = ResourceFactory(location=clinic[1], name="Somebody else")
    visitor.about()
    page = visitor.client.get(f"{visitor.at('time')}?with={other.pk}")
    assert page.context["wished"] is None
    given = {"times": visitor.offered()[0], "practitioner": other.pk}
    visitor.client.post(f"{visitor.at('time')}?with={other.pk}", given)
    visitor.contact()
    visitor.send()
    consultation = ConsultationRequest.objects.get()
    assert (
        consultation.practitioner is None
        and consultation.appointments.get().practitioner in clinic[2]
    )


def test_an_offering_that_does_not_exist_is_refused(visitor, clinic):
    other = ServiceFactory()
    other.practitioners.set(clinic[2])
    for key in ("999-999", f"{other.pk}-999", str(2**70), "1", "-", "\x00"):
        page = visitor.about(offering=key)
        assert "offering" in page.context["form"].errors
        assert "Since May." in page.content.decode()


def test_a_time_passes_while_the_form_is_open(visitor, time_machine):
    """The notice runs out between choosing and sending; the answers stay, the nearest are offered."""
    first, page = visitor.up_to_check()
    time_machine.move_to(parse_start(first) - timedelta(minutes=59))
    Draft.objects.update(expires_at=timezone.now() + timedelta(hours=1))  # over a weekend, too
    page = visitor.send(page)
    ends_at(page, "/book/time/")
    assert "less than 1 hour away" in page.text
    assert first not in visitor.offered() and visitor.offered()
    visitor.time()
    ends_at(visitor.send(), "/book/sent/")


def test_no_free_time_gets_a_helpful_page(visitor, clinic):
    for person in clinic[2]:
        person.weekly_hours.all().delete()
    page = visitor.about().content.decode()
    assert "There is no free time to book at the moment" in page and "waiting list" in page
    assert "days-nav" not in page and "Continue" not in page
    ends_at(visitor.instead("any"), "/book/contact/")


class TestSeveralPlaces:
    """Two services at two places, one of them in another zone and with one room for two people."""

    @pytest.fixture
    def berlin(self, clinic):
        service, _location, people = made = make_clinic(
            practitioners=2, time_zone="Europe/Berlin", minimum_notice_hours=1, needs_room=True
        )
        ResourceFactory(kind=ResourceKind.ROOM, location=made[1], name="Blue room")
        service.practitioners.add(*clinic[2])
        LocationFactory(name="Nobody here")
        return made

    def test_place_is_asked_and_times_are_local(self, visitor, berlin, clinic):
        service, location, people = berlin
        page = visitor.client.get("/book/")
        offered = [value for value, _label in page.context["form"].fields["offering"].choices]
        assert offered == [
            f"{clinic[0].pk}-{clinic[1].pk}",
            f"{service.pk}-{clinic[1].pk}",
            f"{service.pk}-{location.pk}",
        ]
        page = visitor.about(offering=f"{service.pk}-{location.pk}")
        assert "All times are Berlin time." in page.content.decode()
        first = visitor.offered()[0]
        label = unbroken(clock.moment_label(parse_start(first), location.zone, now=timezone.now()))
        visitor.time(first)
        check = visitor.contact().content.decode()
        assert label.endswith("Berlin time") and label in check and location.name in check
        visitor.send()
        consultation = ConsultationRequest.objects.get()
        held = consultation.appointments.get()
        assert (consultation.location, consultation.service, consultation.time_zone) == (
            location,
            service,
            "Europe/Berlin",
        )
        assert held.practitioner in people and held.room.name == "Blue room"

    def test_the_only_room_is_given_once(self, visitor, berlin):
        service, location, _people = berlin
        offering = f"{service.pk}-{location.pk}"
        visitor.about(offering=offering)
        first = visitor.offered()[0]
        visitor.time(first)
        visitor.contact()
        ends_at(visitor.send(), "/book/sent/")
        visitor.client.cookies.clear()
        visitor.about(offering=offering)
        assert first not in visitor.offered()  # the second practitioner is free, the room is not

    def test_our_own_zone_is_not_named(self, visitor, berlin, clinic):
        _service, location, _people = clinic
        assert "time" not in clock.moment_label(MONDAY, location.zone, now=MONDAY)

"""A request keeps a phone number's extension, and marks what no plan of numbers has."""

import pytest

from bookings import transitions
from bookings.enums import ContactBy
from bookings.models import ConsultationRequest
from tests.factories import MONDAY, make_ask, make_person


def asked(clinic, phone):
    service, location, _people = clinic
    person = make_person(contact_by=ContactBy.PHONE, email="", phone=phone)
    made = transitions.submit(make_ask(service, location), person, idempotency_key="k", now=MONDAY)
    return ConsultationRequest.objects.get(pk=made.pk)


@pytest.mark.postgresql
def test_request_keeps_the_extension(clinic):
    row = asked(clinic, "+442079460123;ext=205")
    assert (row.phone_label, row.phone_url) == (
        "020 7946 0123 ext. 205",
        "tel:+442079460123;ext=205",
    )
    assert ConsultationRequest.objects.filter(phone="+442079460123").get() == row
    assert not row.phone_is_doubtful


def test_number_in_no_plan_is_marked(clinic):
    row = asked(clinic, "+447700900123")
    assert row.phone_is_doubtful and row.phone_label == "07700 900123"

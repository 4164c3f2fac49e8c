"""Visits that were booked together: whoever opened the link of one sees, and may open, the others."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.enums import ContactBy
from bookings.messages.queue import new_link
from bookings.models import ConsultationRequest
from tests.bookings.public.conftest import link_in
from tests.bookings.steps import TEN, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def visits(clinic, desk):
    """The first, and two that were booked after it."""
    consultation, visit = confirmed(clinic, desk)
    following = transitions.book_next(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        times=[(TEN + WEEK, None), (TEN + 2 * WEEK, None)],
        key="k",
    )
    return [visit, *following]


def open_link(client, consultation):
    kind = consultation.messages.order_by("-pk").first().kind
    return client.get(link_in(kind, consultation), follow=True)


def page(client, visit):
    return client.get(reverse("manage", args=[visit.request.reference]))


def test_each_page_leads_to_the_others(client, visits):
    open_link(client, visits[1].request)
    for visit in visits:
        shown = page(client, visit)
        assert shown.status_code == 200
        others = {one.request.reference for one in visits} - {visit.request.reference}
        assert all(reference in shown.content.decode() for reference in others)
    path = reverse("withdraw-request", args=[visits[2].request.reference])
    form = client.get(path)
    client.post(path, {"shown": form.context["shown"]})
    visits[2].request.refresh_from_db()
    assert visits[2].request.status == "withdrawn"
    assert visits[2].request.reference not in page(client, visits[0]).content.decode()


def test_nobody_else_opens_them(client, visits, clinic, desk):
    assert page(client, visits[0]).status_code == 302
    stranger, visit = confirmed(clinic, desk, start=TEN + timedelta(hours=1), email="b@example.org")
    open_link(client, stranger)
    assert page(client, visit).status_code == 200
    assert [page(client, one).status_code for one in visits] == [302] * 3


@pytest.mark.parametrize("what", ["email", "series", "erased"])
def test_a_corrected_address_is_somebody_elses(client, visits, desk, what):
    """One of them goes to another address now: its page is not for whoever has the other links."""
    other = visits[2].request
    open_link(client, visits[0].request)
    assert page(client, visits[2]).status_code == 200
    if what == "email":
        person = transitions.Contact("Maria Example", ContactBy.EMAIL, "new@example.org", "")
        transitions.correct_contact(
            other, actor=desk, version=other.version, now=MONDAY, person=person
        )
    elif what == "erased":
        transitions.erase(other, actor=desk, version=other.version, now=MONDAY, because="asked")
    else:
        ConsultationRequest.objects.filter(pk=other.pk).update(series="")
    assert page(client, visits[2]).status_code == 302
    assert other.reference not in page(client, visits[0]).content.decode()


@pytest.mark.postgresql
def test_an_expired_link_opens_none(client, visits, time_machine):
    open_link(client, visits[0].request)
    time_machine.move_to(MONDAY + timedelta(hours=3))
    assert [page(client, one).status_code for one in visits] == [302] * 3


@pytest.mark.postgresql
def test_by_telephone_alone_it_is_the_number(client, visits):
    """A link came as a text message: it opens what goes to that number, and nothing by mail."""
    rows = ConsultationRequest.objects.filter(pk__in=[visit.request_id for visit in visits[:2]])
    rows.update(email="", phone="+447700900123", contact_by="phone")
    first = ConsultationRequest.objects.get(pk=visits[0].request_id)
    path = new_link(first, now=MONDAY).partition("//")[2].partition("/")[2]
    client.get(f"/{path}", follow=True)
    assert [page(client, visit).status_code for visit in visits] == [200, 200, 302]
    rows.filter(pk=visits[1].request_id).update(phone="+447700900456")
    assert page(client, visits[1]).status_code == 302

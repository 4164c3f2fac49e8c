"""Book anyway, on the pages: offered after a refusal, to whoever may, with the reasons and a mark."""

import re

import pytest
from django.urls import reverse

from bookings.enums import AppointmentStatus
from bookings.models import Appointment, BookedAnyway
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
CLOSED = {"start": "2026-11-24T17:10"}


def post(client, consultation, verb, **data):
    consultation.refresh_from_db()
    url = reverse(f"desk:{verb}", args=[consultation.reference])
    return client.post(url, {"version": consultation.version} | data)


def seen(response):
    """The code that the refused form carries."""
    found = re.findall(r'name="seen" value="(\w{16})"', response.content.decode())
    return found[0] if found else ""


@pytest.mark.parametrize("verb", ["move", "confirm"])
def test_after_a_refusal_it_is_asked_why(desk_client, asked, confirmed, clinic, verb):
    consultation = confirmed
    if verb == "confirm":
        consultation = make_request(*clinic[:2], start=TEN.replace(hour=12), email="b@example.org")
    data = CLOSED | {"practitioner": clinic[2][0].pk}
    refused = post(desk_client, consultation, verb, **data)
    page = refused.content.decode()
    assert refused.status_code == 409 and "Book it anyway, because" in page
    assert f"although: {clinic[2][0].name} works 9am–5pm that day." in page
    again = post(desk_client, consultation, verb, **data, seen=seen(refused), because="A crisis.")
    assert again.status_code == 302
    visit = consultation.appointments.get(status=AppointmentStatus.BOOKED)
    assert visit.start == TEN.replace(hour=17, minute=10)
    assert visit.booked_anyway.because == "A crisis."
    card = desk_client.get(reverse("desk:request", args=[consultation.reference]))
    diary = desk_client.get(f"{reverse('desk:diary')}?day=2026-11-24")
    for shown in (card, diary):
        assert "Booked anyway:" in shown.content.decode() and "A crisis." in shown.content.decode()
    assert "booked a time that is not free" in card.content.decode()


def test_a_phone_booking_asks_too(desk_client, clinic, confirmed):
    _service, location, people = clinic
    person = confirmed.appointments.get().practitioner
    url = reverse("desk:book_for")
    form = desk_client.get(url).context["form"]
    data = {name: form[name].value() for name in ("service", "language", "questions")} | {
        "key": "a" * 32,
        "flags": "none",
        "name": "Ana Example",
        "phone": "020 7946 0123",
        "location": location.pk,
        "start": "2026-11-24T10:30",
        "reason": "tight",
        "side": "left",
        "consent": "on",
        "practitioner": person.pk,
    }
    refused = desk_client.post(url, data)
    assert f"{person.name} has another visit, 10am–11am." in refused.content.decode()
    assert seen(refused) and not BookedAnyway.objects.exists()
    decided = {"seen": seen(refused), "because": "Only today."}
    assert desk_client.post(url, data | decided).status_code == 302
    first, second = Appointment.objects.order_by("pk")
    assert first.practitioner == second.practitioner and second.anyway
    assert set(second.claims.values_list("lane", flat=True)) == {0, 1}


def test_other_reasons_than_read_are_shown(desk_client, confirmed, clinic):
    data = CLOSED | {"because": "A crisis.", "seen": "0" * 16}
    refused = post(desk_client, confirmed, "move", **data)
    assert refused.status_code == 409 and seen(refused) not in {"", "0" * 16}
    assert 'value="A crisis."' in refused.content.decode()
    assert confirmed.appointments.get(status="booked").start == TEN


def test_anyone_free_asks_for_a_name(desk_client, asked):
    page = post(desk_client, asked, "confirm", **CLOSED).content.decode()
    assert "To book it anyway, choose who it is with." in page
    assert "Book it anyway, because" not in page


@pytest.mark.parametrize("start", ["2026-11-23T07:00", "2026-11-20T10:00"])
def test_nobody_decides_about_the_past(desk_client, confirmed, start):
    refused = post(desk_client, confirmed, "move", start=start)
    assert refused.status_code == 409 and not seen(refused)


def test_who_may_not_is_not_asked(client, make_user, confirmed):
    user = make_user("Front desk", "temp")
    group = user.groups.get()
    group.permissions.remove(group.permissions.get(codename="book_anyway"))
    client.force_login(user)
    refused = post(client, confirmed, "move", **CLOSED)
    assert refused.status_code == 409 and not seen(refused)
    sent = post(client, confirmed, "move", **CLOSED, seen="0" * 16, because="Me.")
    assert sent.status_code in {302, 403} and not BookedAnyway.objects.exists()
    assert confirmed.appointments.get(status="booked").start == TEN


def test_seven_days_a_week_has_no_query_each(
    desk_client, confirmed, clinic, django_assert_max_num_queries
):
    BookedAnyway.objects.create(
        appointment=confirmed.appointments.get(), because="x", created_at=MONDAY
    )
    with django_assert_max_num_queries(45):
        desk_client.get(f"{reverse('desk:diary')}?day=2026-11-24&span=week")

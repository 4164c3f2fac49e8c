"""A practitioner's own calendars: their addresses, typed once and never shown again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.enums import CalendarProblem
from bookings.models import DateException, OwnCalendar
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
OWN = "/admin/diary/own-calendars/"
SECRET = "private-0d9f"
ADDRESS = f"https://calendar.example.org/{SECRET}/basic.ics"
HOUR = timedelta(hours=1)


@pytest.fixture
def own(client, practitioner):
    client.force_login(practitioner)
    return client


@pytest.fixture
def person(clinic):
    return clinic[2][0]


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner", "olga"))
    return client


def add(client, url=OWN, address=ADDRESS, name=""):
    data = {"action": "add", "secret_address": address, "name": name}
    return client.post(url, data, follow=True)


def act(client, action, calendar, url=OWN, **more):
    data = {"action": action, "calendar": f"{calendar.pk}.{calendar.version}"}
    return client.post(url, data | more, follow=True)


def test_it_is_added_and_not_shown_again(own, person):
    page = add(own, name="Family \N{SUN WITH FACE}")
    calendar = OwnCalendar.objects.get()

    assert calendar.resource == person and calendar.address() == ADDRESS
    assert calendar.due_at == MONDAY and calendar.host == "calendar.example.org"
    text = page.content.decode()
    assert "Family \N{SUN WITH FACE} (calendar.example.org)" in text and "Not read yet" in text
    assert SECRET not in text and SECRET not in own.get(OWN).content.decode()
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    "typed", [f"webcal://c.example.org/{SECRET}", f" WEBCALS://c.example.org/{SECRET} "]
)
def test_webcal_is_https(own, typed):
    add(own, address=typed)
    assert OwnCalendar.objects.get().address() == f"https://c.example.org/{SECRET}"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "calendar",
        "http://calendar.example.org/a.ics",
        "https://me:word@calendar.example.org/a.ics",
        "https://calendar.example.org:8000/a.ics",
        "https://calendar.example.org/" + "a" * 2000,
        "\N{GRINNING FACE}",
    ],
)
def test_a_wrong_address_is_told_beside_it(own, address):
    page = add(own, address=address)

    assert page.status_code == 422 and page.context["form"].errors["secret_address"]
    assert not OwnCalendar.objects.exists()


def test_twice_is_told(own):
    add(own)
    assert "in the list already" in add(own).content.decode()
    add(own, address=f"{ADDRESS}2")
    other = OwnCalendar.objects.last()
    page = act(own, "replace", other, **{f"{other.pk}-secret_address": ADDRESS})
    assert page.status_code == 422 and "in the list already" in page.content.decode()
    assert OwnCalendar.objects.count() == 2


def test_five_are_enough(own):
    for number in range(6):
        page = add(own, address=f"{ADDRESS}{number}")
    assert page.status_code == 422 and OwnCalendar.objects.count() == 5


def test_removing_frees_its_times(own, person):
    add(own)
    calendar = OwnCalendar.objects.get()
    transitions.set_busy(calendar, [(TEN, TEN + HOUR)], now=MONDAY)
    act(own, "remove", calendar)

    assert not OwnCalendar.objects.exists() and not DateException.objects.exists()


def test_another_address_frees_its_times(own):
    add(own)
    calendar = OwnCalendar.objects.get()
    transitions.set_busy(calendar, [(TEN, TEN + HOUR)], now=MONDAY)
    act(own, "replace", calendar, **{f"{calendar.pk}-secret_address": f"{ADDRESS}2"})

    assert OwnCalendar.objects.get().address() == f"{ADDRESS}2"
    assert not DateException.objects.exists()


def test_a_page_of_before_changes_nothing(own):
    """Two tabs: the calendar has another address by now, or is gone."""
    add(own)
    stale = OwnCalendar.objects.get()
    act(own, "replace", stale, **{f"{stale.pk}-secret_address": f"{ADDRESS}2"})
    for action in ("replace", "remove", "read"):
        page = act(own, action, stale, **{f"{stale.pk}-secret_address": f"{ADDRESS}3"})
        assert "Please look again" in page.content.decode()
        assert f"{ADDRESS}3" in page.content.decode()  # what was typed is not lost
    assert OwnCalendar.objects.get().address() == f"{ADDRESS}2"


@pytest.mark.parametrize(
    "calendar", ["", "1", "x.y", ".", "9" * 30 + ".1", "-1.1", "\u0661.1", "1.1.1"]
)
def test_nonsense_changes_nothing(own, calendar):
    for action in ("remove", "replace", "read", "else"):
        page = own.post(OWN, {"action": action, "calendar": calendar})
        assert page.status_code == 302
    assert own.post(OWN, {}).status_code == 422


def test_nobody_elses_calendar(own, clinic, make_user, client):
    other = OwnCalendar(resource=clinic[2][1], created_at=MONDAY, due_at=MONDAY)
    other.set_address(ADDRESS, host="calendar.example.org")
    other.save()
    act(own, "remove", other)

    assert OwnCalendar.objects.exists()
    assert own.get(reverse("desk:calendars_of", args=[clinic[2][1].pk])).status_code == 302


def test_reading_now_waits_a_minute(own):
    add(own)
    later = MONDAY + HOUR
    OwnCalendar.objects.update(due_at=later, read_at=MONDAY)
    act(own, "read", OwnCalendar.objects.get())
    assert OwnCalendar.objects.get().due_at == later
    OwnCalendar.objects.update(read_at=MONDAY - timedelta(minutes=1))
    act(own, "read", OwnCalendar.objects.get())
    assert OwnCalendar.objects.get().due_at == MONDAY


def test_looking_writes_nothing(own):
    add(own)
    before = OwnCalendar.objects.values().get()
    own.get(OWN)
    assert OwnCalendar.objects.values().get() == before


def test_a_failure_is_shown(own, owner_client, person):
    calendar = OwnCalendar(resource=person, created_at=MONDAY, due_at=MONDAY)
    calendar.set_address(ADDRESS, host="calendar.example.org")
    calendar.read_at = calendar.failing_since = MONDAY - HOUR
    calendar.problem = CalendarProblem.GONE
    calendar.save()
    url = reverse("desk:calendars_of", args=[person.pk])
    page = owner_client.get(url).content.decode()

    assert "could not be read for 1" in page and "copy a new one" in page
    assert "What was read before counts until Wed" in page
    edit = owner_client.get(reverse("people:edit", args=[person.pk])).content.decode()
    assert "Own calendars: cannot be read" in edit and url in edit


def test_the_owner_enters_it_for_somebody(owner_client, person):
    url = reverse("desk:calendars_of", args=[person.pk])
    add(owner_client, url)
    assert OwnCalendar.objects.get().resource == person
    act(owner_client, "remove", OwnCalendar.objects.get(), url)
    assert not OwnCalendar.objects.exists()


def test_busy_times_are_no_closures_to_edit(desk_client, person, confirmed):
    calendar = OwnCalendar(resource=person, created_at=MONDAY, due_at=MONDAY)
    calendar.set_address(ADDRESS, host="calendar.example.org")
    calendar.save()
    free, clash = (TEN + 3 * HOUR, TEN + 4 * HOUR), (TEN, TEN + HOUR)
    visit = confirmed.appointments.get()
    calendar.resource = visit.practitioner
    calendar.save()
    transitions.set_busy(calendar, [clash, free], now=MONDAY)
    row = calendar.busy.get(start=TEN)

    listed = desk_client.get(reverse("closures:index")).content.decode()
    assert reverse("desk:closure", args=[row.pk]) in listed
    assert "busy, by their own calendar" in listed and "1 closure" in listed
    for name in ("closures:edit", "closures:delete"):
        assert desk_client.get(reverse(name, args=[row.pk])).status_code == 404
        assert desk_client.post(reverse(name, args=[row.pk])).status_code == 404
    wizard = desk_client.get(reverse("desk:closure", args=[row.pk])).content.decode()
    assert confirmed.reference in wizard and "Change it there" in wizard
    for url in ("/admin/diary/", "/admin/diary/calendar/"):
        assert "Busy (own calendar)" in desk_client.get(f"{url}?day=2026-11-24").content.decode()

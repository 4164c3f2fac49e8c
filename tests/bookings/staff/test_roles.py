"""Every address of the desk × every role. A new address without a row here fails."""

from datetime import timedelta
from functools import partial

import pytest
from bs4 import BeautifulSoup
from django.urls import get_resolver, reverse

from bookings import roles
from bookings.models import DateException, Location, Practitioner, Resource, Service, WeeklyHours
from bookings.staff import urls
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.staff.conftest import TEN
from tests.database import undone

pytestmark = pytest.mark.django_db

ROLES = ["", "Practitioner", "Front desk", "Front desk lead", "Owner", "superuser"]
"""The first has a login and no role at all."""
ALL = {"Practitioner", "Front desk", "Front desk lead", "Owner", "superuser"}
DESK = ALL - {"Practitioner"}
OWNER = {"Owner", "superuser"}
LEAD = OWNER | {"Front desk lead"}

DESK_URLS = {
    "requests": ALL,
    "requests_results": ALL,
    "after_answer": DESK,
    "request": ALL,
    "messages": DESK,
    "messages_results": DESK,
    "message": DESK,
    "message_body": DESK,
    "wordings": LEAD,
    "texts": LEAD,
    "wording": LEAD,
    "reset_wording": LEAD,
    "arrive": ALL,
    "fulfil": ALL,
    "noshow": ALL,
    "note": ALL,
    "diary": ALL,
    "seen": ALL,
    "live": ALL,
    "calendar_feed": ALL,
    "webhooks": OWNER,
    "webhook": OWNER,
    "book_for": DESK,
    "correct": DESK,
    "export": OWNER,
    "reports": LEAD,
    "calendar": ALL,
    "closure": DESK,
    "closure_offer": DESK,
    "closure_cancel": DESK,
    "move": DESK,
    "waiting_list": DESK,
    "public_holidays": DESK,
    "close_holiday": DESK,
    "close_holidays": DESK,
    "absence": ALL,
    "own_calendars": ALL,
    "calendars_of": OWNER,
    "leave": OWNER,
    "merge": OWNER,
    "week": OWNER,
    "offer_waiting": DESK,
    "presence": ALL,
    "erase": OWNER,
    "disclose": OWNER,
    "audit": OWNER,
    "audit_results": OWNER,
    **dict.fromkeys(
        [
            "assign",
            "confirm",
            "offer",
            "decline",
            "ask_question",
            "waitlist",
            "mark_spam",
            "close_duplicate",
            "reopen",
            "keep_appointment",
            "undo",
            "phone",
            "send_again",
            "send_link",
            "correct_contact",
            "cancel",
            "cancel_for",
            "book_next",
        ],
        DESK,
    ),
}
CLINIC = ["locations", "people", "rooms", "services", "hours"]


def allowed(client, response):
    """Wagtail sends whoever may not back to the first screen; without admin access, to the login."""
    return not (response.status_code == 302 and response.url.split("?")[0] in HOME)


def make_closure(clinic):
    return DateException.objects.create(
        location=clinic[1], kind="closed", start=TEN, end=TEN + timedelta(hours=1)
    )


HOME = {"/admin/", "/admin/login/"}


def test_the_table_has_every_address():
    assert {pattern.name for pattern in urls.urlpatterns} == set(DESK_URLS)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", DESK_URLS)
def test_desk(client, make_user, confirmed, clinic, name):
    visit = confirmed.appointments.get(status="booked")
    kwargs = {}
    if name not in {
        "requests",
        "requests_results",
        "after_answer",
        "messages",
        "messages_results",
        "wordings",
        "texts",
        "diary",
        "seen",
        "live",
        "book_for",
        "calendar_feed",
        "audit",
        "audit_results",
        "waiting_list",
        "export",
        "calendar",
        "reports",
        "public_holidays",
        "close_holiday",
        "close_holidays",
        "absence",
        "own_calendars",
        "week",
        "webhooks",
    }:
        kwargs = {"reference": confirmed.reference}
    if "wording" in name and kwargs:
        kwargs = {"kind": "confirmed", "language": "en-gb"}
    if name in {"leave", "merge", "calendars_of"}:
        kwargs = {"pk": visit.practitioner_id}
    elif name == "webhook":
        kwargs = {"pk": make_endpoint().pk}
    elif name.startswith("closure"):
        kwargs = {"pk": make_closure(clinic).pk}
    elif name.startswith(("message", "send_again")) and kwargs:
        kwargs = {"pk": confirmed.messages.first().pk}
    url = reverse(f"desk:{name}", kwargs=kwargs)
    send = partial(client.get, url)
    let_in = set()
    for role in ROLES:
        with undone():
            user = make_user(role)
            Practitioner.objects.filter(resource=visit.practitioner).update(user=user)
            client.force_login(user)
            response = send()
            if response.status_code == 405:
                send = partial(client.post, url, {"visit": visit.pk, "then": "next"})
                response = send()
            assert response.status_code < 500, role
            let_in |= {role} if allowed(client, response) else set()
    assert let_in == DESK_URLS[name]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", [*CLINIC, "closures"])
def test_clinic(client, make_user, clinic, name):
    service, location, people = clinic
    room = Resource.objects.create(kind="room", location=location, name="Room 1")
    pk = {
        "locations": location.pk,
        "people": people[0].pk,
        "rooms": room.pk,
        "services": service.pk,
        "hours": WeeklyHours.objects.first().pk,
    }.get(name)
    changes = DESK if name == "closures" else OWNER
    for role in ROLES:
        with undone():
            client.force_login(make_user(role))
            assert allowed(client, client.get(reverse(f"{name}:index"))) == (role in DESK)
            assert allowed(client, client.get(reverse(f"{name}:add"))) == (role in changes)
            for verb in ("edit", "delete") if pk else ():
                response = client.get(reverse(f"{name}:{verb}", args=[pk]))
                assert allowed(client, response) == (role in changes), (role, verb)


@pytest.mark.parametrize("name", [*CLINIC, "closures"])
def test_clinic_rows_have_no_copy_or_export(name):
    names = set(get_resolver().namespace_dict[name][1].reverse_dict)
    assert not {"copy", "inspect"} & names


def test_anybody_else_is_sent_to_the_login(client, asked):
    for name in ("requests", "messages"):
        assert client.get(reverse(f"desk:{name}")).url.startswith("/admin/login/")
    url = reverse("desk:request", args=[asked.reference])
    assert client.get(url).url == f"/admin/login/?next={url}"
    assert Location.objects.exists() and Service.objects.exists()


def test_the_owner_may_grant_every_role(client, admin_user):
    client.force_login(admin_user)
    client.post(reverse("staff-confirm"), {"password": "password"})
    page = BeautifulSoup(client.get(reverse("wagtailusers_groups:add")).content, "html.parser")
    offered = {int(box["value"]) for box in page.select("input[name=permissions]")}

    wanted = {
        row.pk
        for role in roles.ROLES
        for row in roles.permissions_of(role)
        if row.content_type.app_label == "bookings"
    }

    assert wanted <= offered

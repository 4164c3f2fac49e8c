"""Every form behind the login, found by walking the admin as somebody who may do everything."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve, reverse
from django.utils import timezone

from bookings import transitions
from bookings.models import (
    Appointment,
    ConsultationRequest,
    DateException,
    Location,
    OwnCalendar,
    Practitioner,
    Resource,
    Service,
    WebhookEndpoint,
)
from bookings.staff import urls
from plans import library
from plans import transitions as of_plans
from plans.models import Plan
from tests.accounts.conftest import come_in, confirm, enrol
from tests.factories import make_request
from tests.hostile.bodies import Form, read
from tests.hostile.public import DONE, PASSWORD, give_passkey, noon, start

STATES = [
    (),
    ("verify",),
    ("verify", "ask"),
    ("verify", "waitlist"),
    ("verify", "offer"),
    ("verify", "confirm"),
    ("verify", "confirm", "move"),
    ("verify", "decline"),
]
OF_EACH = {"requests/<reference:reference>/": 2 * len(STATES)}
"""How many pages of one address pattern are looked at, where two would miss a form."""
OURS = (
    "clinic/",
    "diary/",
    "logins/",
    "messages/",
    "plans/",
    "public-holidays/",
    "reports/looks/",
    "reports/requests/",
    "requests/",
    "settings/",
    "waiting/",
    "webhooks/",
)
"""What of the admin is written here; the rest is Wagtail's."""


def furnish(client: Client) -> None:
    """A clinic with one of everything that has a form, and its owner in the browser."""
    call_command("seed_guides", "--one-language", verbosity=0)
    start(client)
    service, location = Service.objects.get(), Location.objects.get()
    Resource.objects.create(kind="room", location=location, name="Room 1")
    for number, verbs in enumerate(STATES):
        address = f"maria{number}@example.org"
        at = noon() + timedelta(days=7 * number)
        asked = make_request(
            service, location, start=at, now=timezone.now(), verified=False, email=address
        )
        for verb in verbs:
            DONE[verb](asked)
    shut_a_day(location)
    keep_a_calendar()
    begin_a_plan()
    WebhookEndpoint.objects.create(
        url="https://hooks.example.org/", seed="x", created_at=timezone.now()
    )
    owner = get_user_model().objects.create_superuser("owner", "owner@example.org", PASSWORD)
    first = Practitioner.objects.order_by("pk").first()
    Practitioner.objects.filter(pk=first.pk).update(user=owner)
    be_owner(client, owner)


def be_owner(client: Client, owner: Any) -> None:
    """By an app, with a passkey beside it, and with the password said once more for a change."""
    enrol(owner)
    give_passkey(owner)
    come_in(client, owner)
    confirm(client, PASSWORD)


def begin_a_plan() -> None:
    """One that is being written, of everything that is published."""
    asked = ConsultationRequest.objects.filter(status="confirmed").latest("pk")
    rows = [library.usual(one) for one in library.published(asked.locale)]
    about = {"actor": transitions.SYSTEM, "now": timezone.now()}
    of_plans.make(asked, rows=rows, visit=None, guide=None, **about)


def keep_a_calendar() -> None:
    """One of the practitioner's own; nobody asks its server here."""
    person, now = Practitioner.objects.order_by("pk")[0].resource, timezone.now()
    calendar = OwnCalendar(resource=person, created_at=now, due_at=now)
    calendar.set_address("https://calendar.example.org/a.ics", host="calendar.example.org")
    calendar.save()


def shut_a_day(location: Location) -> None:
    """A closure in which a booked visit stands, so that somebody must be offered another time."""
    visit = ConsultationRequest.objects.filter(status="confirmed").latest("pk").appointments.get()
    closure = DateException.objects.create(
        location=location,
        kind="closed",
        start=visit.start - timedelta(hours=1),
        end=visit.end + timedelta(hours=1),
    )
    actor = transitions.staff(get_user_model().objects.get(username="ruth"))
    transitions.apply_closure(closure, actor=actor, now=timezone.now())


def route_of(path: str) -> str:
    """The pattern that an address belongs to; empty for none below /admin/."""
    try:
        found = resolve(path.partition("?")[0]).route
    except Resolver404:
        return ""
    return found.removeprefix("admin/") if found.startswith("admin/") else ""


def plain_addresses() -> Iterator[str]:
    """The addresses below /admin/ that need no value: the way in to everything else."""

    def walk(patterns: Any, prefix: str) -> Iterator[str]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern).replace("^", "").replace("$", "")
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern.url_patterns, route)

    routes = walk(get_resolver().url_patterns, "/")
    return (r for r in routes if r.startswith("/admin/") and not set("<(") & set(r))


def plans() -> Iterator[str]:
    """The pages of plans: of the many requests few have one."""
    for plan in Plan.objects.select_related("request"):
        yield reverse("plans:write", args=[plan.request.reference, plan.pk])


def staff_forms(client: Client) -> list[Form]:
    """One of each of ours: told apart by where it is sent and what it asks."""
    waiting, seen = deque([*plain_addresses(), *plans()]), Counter[str]()
    known: set[str] = set()
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    while waiting:
        path = waiting.popleft()
        route = route_of(path)
        if path in known or not route.startswith(OURS):
            continue
        known.add(path)
        seen[route] += 1
        if not route or seen[route] > OF_EACH.get(route, 2):
            continue
        forms, links = look(client, path)
        waiting.extend(links)
        for form in forms:
            found.setdefault((route_of(form.path), tuple(form.names)), form)
    told = {to for to, names in found if names}
    forms = [form for (to, names), form in found.items() if names or to not in told]
    return forms + [form for form in buttons(client) if route_of(form.path) not in told]


def buttons(client: Client) -> list[Form]:
    """Every address of the desk that takes a POST, for what no page shows in these states."""
    visit = Appointment.objects.filter(status="booked").latest("pk")
    asked = visit.request
    names = {"version": [str(asked.version)], "visit": [str(visit.pk)]}
    kinds = dict.fromkeys(names, "hidden")
    forms = [
        Form(example(str(pattern.pattern), asked), names, kinds) for pattern in urls.urlpatterns
    ]
    return [form for form in forms if takes_a_post(client, form.path)]


def example(route: str, asked: ConsultationRequest) -> str:
    """An address for a pattern of the desk."""
    about = (
        asked.messages.latest("pk") if "messages" in route else DateException.objects.latest("pk")
    )
    route = route.replace("<reference:reference>", asked.reference)
    route = route.replace("<slug:kind>/<slug:language>", "verify/en-gb")
    return "/admin/" + route.replace("<int:pk>", str(about.pk))


def takes_a_post(client: Client, path: str) -> bool:
    with transaction.atomic():
        status = client.post(path).status_code
        transaction.set_rollback(True)
    return status != 405


def look(client: Client, path: str) -> tuple[list[Form], list[str]]:
    """The forms of a page, and where it leads; what takes nothing but a POST is a form by itself."""
    response = client.get(path)
    if response.status_code == 405:
        return [Form(path)], []
    if response.status_code != 200 or "html" not in response["Content-Type"]:
        return [], []
    page = BeautifulSoup(response.content, "html.parser")
    forms = [read(tag, path) for tag in page.select("form")]
    forms = [form for form in forms if route_of(form.path).startswith(OURS)]
    for form in forms:
        form.keeps = form.method == "post"
    links = [urljoin(path, str(a["href"])).partition("#")[0] for a in page.select("a[href]")]
    return forms, links + [form.path.partition("?")[0] for form in forms]

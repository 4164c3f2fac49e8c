"""The site that `make screenshots` looks at: the demonstration clinic, with requests in every state."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from browser import FLAGS, find_browser
from install import ROOT
from serving import free_port, process

STATES = ("unverified", "submitted", "question", "offered", "confirmed")
STATES += ("waitlisted", "declined", "withdrawn")
PAST = ("been", "missed", "unmoved")
"""A visit that took place, one to which nobody came, and one that was to move and never did."""
PLANNED = "planned"
"""A visit that took place, after which the patient got a plan to take home."""
IN_ENGLISH = {"locale__language_code": "en-gb"}
LONG_CLINIC = "Harbour Street Centre for Physiotherapy, Hips, Backs and Sports Rehabilitation"
LONG_PERSON = "Alexandria-Konstantina Papadimitriou-Featherstonehaugh"
LONG_PATIENT = "Bartholomew Konstantinos Papadimitriou-Featherstonehaugh von Hohenzollern"
LONG_TITLE = "Specialist Musculoskeletal Physiotherapist and Lymphoedema Practitioner"
LONG_SERVICE = "Stretching consultation with a full movement review and a written home plan"
LONG_GUIDE = "The Sternocleidomastoid, Scalenes and Trapezius: what your neck wants you to know"
LONG_WORD = "Hüftbeugermuskulaturbeweglichkeitsuntersuchung"


@dataclass
class Site:
    """`references` are what addresses of the screens name: requests by their state, and more."""

    url: str
    references: dict[str, str] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    staff_login: Any = None


@contextmanager
def clinic_site(folder: str) -> Iterator[tuple[Any, Site]]:
    """The demonstration clinic, served, with its requests; and a browser."""
    port = free_port()
    os.environ |= {
        "VAR_DIR": folder,
        "ENV_FILE": os.devnull,
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "yes",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "prepare", "--demo"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    sys.path.insert(0, str(ROOT))
    import django
    from django.conf import settings

    django.setup()
    # Whoever takes every picture asks for more pages than any visitor.
    limits = {"LIMITS": ",".join(f"{name}=100000/60" for name in settings.LIMITS)}
    site = Site(f"http://localhost:{port}")
    log = Path(folder) / "log"
    with process([*manage, "serve"], limits, log, ready=f"{site.url}/livez"):
        fill(site)
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            log_in(browser, site)
            yield browser, site


def log_in(browser: Any, site: Site) -> None:
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_superuser("ruth", password="for the screens alone")  # noqa: S106
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/admin/login/")
    page.locator("input[name=username]").fill("ruth")
    page.locator("input[name=password]").fill("for the screens alone")
    page.locator("button[type=submit]").first.click()
    page.wait_for_url("**/admin/")
    site.staff_login = context.storage_state()
    context.close()


def fill(site: Site) -> None:
    """A request in every state, each with the mails that led there; and every mail there is."""
    from django.contrib.auth import get_user_model
    from django.urls import reverse
    from django.utils import timezone

    from bookings import transitions
    from bookings.models import Appointment, Message
    from clinic.styleguide import mails
    from education.models import Exercise, GuidePage

    now = timezone.now()
    desk = transitions.staff(get_user_model().objects.create_user("amara", first_name="Amara"))
    past = (*PAST, PLANNED)
    for states, since, days in ((STATES, now, 14), (past, now - timedelta(days=20), 7)):
        starts = free_starts(since, days=days)
        for state in states:
            made = submit(site, state, next(starts), since)
            if state != "unverified":
                transitions.verify(made, now=since)
                made.refresh_from_db()
                bring(made, state, starts, actor=desk, version=made.version, now=since)
                made.refresh_from_db()
            site.references |= {state: made.reference, f"{state}_version": str(made.version)}
    plan_at_home(site)
    own_systems()
    own_calendars(site)
    visit = Appointment.objects.filter(status="booked").latest("start")
    exercise, guide = (
        Exercise.objects.latest("pk"),
        GuidePage.objects.live().get(slug="iliopsoas", **IN_ENGLISH),
    )
    site.references |= {
        "visit_day": f"{visit.start.astimezone(visit.location.zone):%Y-%m-%d}",
        "message": reverse("desk:message", args=[Message.objects.latest("pk").pk]),
        "exercise": reverse("wagtailsnippets_education_exercise:edit", args=[exercise.pk]),
        "guide": reverse("wagtailadmin_pages:edit", args=[guide.pk]),
    }
    for kind, shown in mails().items():
        site.texts[kind] = shown["message"]
        if shown["html_message"]:
            site.mails[kind] = shown["html_message"]


def free_starts(now: Any, *, days: int) -> Iterator[Any]:
    """Times that are free from the third day on, some hours apart."""
    from bookings.models import Location, Service
    from bookings.schedule import availability

    search = availability.Search(Service.objects.get(), Location.objects.get(), now)
    first = now.astimezone(search.location.zone).date() + timedelta(days=3)
    slots = availability.free_slots(search, first_day=first, days=days)
    return (slot.start for slot in slots[::9])


def submit(site: Site, state: str, start: Any, now: Any) -> Any:
    from bookings import transitions
    from bookings.models import Location, Service
    from tests.factories import make_ask, make_person

    return transitions.submit(
        make_ask(Service.objects.get(), Location.objects.get(), starts=[start]),
        make_person(name=f"{state.title()} Example", email=f"{state}@example.org"),
        idempotency_key=state,
        now=now,
    )


def bring(consultation: Any, state: str, starts: Iterator[Any], **act: Any) -> None:
    """A request that was verified into another state, or its visit; `act` is who does it and when."""
    from bookings import transitions
    from bookings.enums import DeclineReason

    desk, now = act["actor"], act["now"]
    if state == "question":
        question = "Which hip was operated on, and when?"
        transitions.ask_question(consultation, question=question, **act)
    elif state == "offered":
        times = [(next(starts), None), (next(starts), None)]
        transitions.offer(consultation, times=times, message="Would one of these suit you?", **act)
    elif state in ("confirmed", PLANNED) or state in PAST:
        transitions.confirm(consultation, **act)
    elif state == "waitlisted":
        transitions.waitlist(consultation, **act)
    elif state == "declined":
        transitions.decline(consultation, reason=DeclineReason.values[0], **act)
    elif state == "withdrawn":
        transitions.withdraw(consultation, now=now)
    visit = consultation.appointments.first()
    if state in ("been", PLANNED):
        transitions.arrive(visit, actor=desk, now=visit.start)
        transitions.fulfil(visit, actor=desk, now=visit.end)
    elif state == "missed":
        transitions.noshow(visit, actor=desk, now=visit.end)
    elif state == "unmoved":
        transitions.ask_to_move(consultation, now=now, message="An afternoon, please.")


def plan_at_home(site: Site) -> None:
    """The plan of a visit that took place, two weeks of it shared; and who is asked later."""
    from django.utils import timezone

    from bookings.models import ConsultationRequest, Service
    from bookings.transitions.core import SYSTEM
    from education.models import GuidePage
    from plans import library, transitions
    from plans.models import FollowUp

    asked = ConsultationRequest.objects.get(reference=site.references[PLANNED])
    visit = asked.appointments.get()
    guide = GuidePage.objects.live().get(slug="iliopsoas", **IN_ENGLISH)
    FollowUp.objects.create(service=Service.objects.get())
    rows = library.of_guide(guide, asked.locale)
    about = {"actor": SYSTEM, "now": visit.end}
    plan = transitions.make(asked, rows=rows, visit=visit, guide=guide.pk, **about)
    plan.exercises.filter(order=1).update(
        line="Slowly, and breathe out on the way up.", weekdays=21
    )
    transitions.send(plan, version=plan.version, **about)
    today = asked.location.today(timezone.now())
    felt = (5, 5, None, 4, 5, 3, 4, 3, None, 2, 3, 2)
    days = {today - timedelta(days=len(felt) - n): one for n, one in enumerate(felt)}
    transitions.share(
        plan,
        text="My clinic may see on which days I did my exercises, and how much discomfort I felt.",
        days=days,
        now=timezone.now(),
    )
    transitions.answer(asked, "baseline", now=visit.start, ability=3, pain=6, line="")
    site.references["plan"] = f"/admin/requests/{asked.reference}/plan/{plan.pk}/"


def own_systems() -> None:
    """Two addresses that are told of visits: of one each outcome is listed, the other one is gone."""
    from django.utils import timezone

    from bookings.enums import PausedBecause
    from bookings.messages.webhooks import write
    from bookings.models import Appointment, WebhookDelivery, WebhookEndpoint

    now = timezone.now()
    first = WebhookEndpoint.objects.create(
        url="https://till.example.org/hooks/clinic", seed="a", created_at=now
    )
    for visit in Appointment.objects.exclude(status="cancelled").order_by("pk")[:5]:
        write.status_changed(visit, write.NEW, now=visit.created_at)
        write.moved(visit, {}, now=visit.created_at)
    write.test(first, now=now)
    outcomes = (
        ("sent", 1, 204, ""),
        ("waiting", 2, 503, ""),
        ("dead", 9, None, "The server is too slow."),
    )
    for delivery, outcome in zip(WebhookDelivery.objects.order_by("pk"), outcomes, strict=False):
        status, tries, answer, problem = outcome
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            status=status, tries=tries, answer=answer, problem=problem, tried_at=now
        )
    WebhookEndpoint.objects.create(
        url="https://screen.waiting-room.example.org/",
        seed="b",
        sends_contact=True,
        created_at=now,
        paused_at=now,
        paused_because=PausedBecause.GONE,
    )


def own_calendars(site: Site) -> None:
    """Of one practitioner: a calendar that is read, one that cannot be, and a new one."""
    from django.urls import reverse
    from django.utils import timezone

    from bookings import transitions
    from bookings.enums import CalendarProblem
    from bookings.models import Appointment, OwnCalendar

    now, hour = timezone.now(), timedelta(hours=1)
    visit = Appointment.objects.filter(status="booked").latest("start")
    made = []
    for name, host in (
        ("Family", "calendar.example.org"),
        ("University", "outlook.example.com"),
        ("", "calendars.example.net"),
    ):
        calendar = OwnCalendar(resource=visit.practitioner, name=name, created_at=now, due_at=now)
        calendar.set_address(f"https://{host}/a.ics", host=host)
        calendar.save()
        made.append(calendar)
    busy = [
        (visit.start - 2 * hour, visit.start - hour),
        (visit.start + hour / 2, visit.end + hour),
    ]
    transitions.set_busy(made[0], busy, now=now)
    rows = OwnCalendar.objects
    rows.filter(pk=made[0].pk).update(read_at=now - hour / 12, unreadable=1)
    rows.filter(pk=made[1].pk).update(
        read_at=now - 5 * hour, failing_since=now - 5 * hour, problem=CalendarProblem.GONE
    )
    site.references["calendars"] = reverse("desk:calendars_of", args=[visit.practitioner_id])


def close_a_visit_s_day() -> int:
    """The key of a closure that affects a visit; made once, and late, or each diary would show it."""
    from django.utils import timezone

    from bookings import transitions
    from bookings.models import Appointment, DateException

    visit = Appointment.objects.filter(status="booked").latest("start")
    span = {"start": visit.start, "end": visit.start + timedelta(hours=4)}
    shut, made = DateException.objects.get_or_create(location=visit.location, kind="closed", **span)
    if made:
        transitions.apply_closure(shut, actor=transitions.SYSTEM, now=timezone.now())
    return int(shut.pk)


@contextmanager
def unusual(kind: str) -> Iterator[None]:
    """Rows with other values while a walk lasts. The page that it opened stays as it was."""
    changes = list(changed_rows(kind))
    before = [(row, {name: getattr(row, name) for name in values}) for row, values in changes]
    try:
        put(changes)
        yield
    finally:
        put(before)


def put(changes: list[tuple[Any, dict[str, Any]]]) -> None:
    for row, values in changes:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def changed_rows(kind: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    from bookings.models import ConsultationRequest, Practitioner, Service
    from clinic.models import ClinicSettings
    from education.models import GuidePage

    people = Practitioner.objects.select_related("resource")
    service = Service.objects.get()
    if kind == "no_practitioners":
        yield from ((person.resource, {"active": False}) for person in people)
    elif kind == "no_service":
        yield service, {"active": False}
    elif kind == "no_guides":
        yield from ((guide, {"live": False}) for guide in GuidePage.objects.live())
    elif kind == "no_free_time":  # so much notice that nothing within the horizon is left
        yield service, {"minimum_notice_hours": service.horizon_days * 24}
    elif kind == "long_names":
        person, guide = (
            people.get(pk=1),
            GuidePage.objects.live().get(slug="iliopsoas", **IN_ENGLISH),
        )
        yield ClinicSettings.objects.get(), {"name": LONG_CLINIC}
        yield person.resource, {"name": LONG_PERSON}
        yield person, {"title": LONG_TITLE}
        yield service, {"name": LONG_SERVICE}
        yield guide, {"title": LONG_GUIDE, "headline": f"{LONG_WORD} und mehr"}
        for asked in ConsultationRequest.objects.all():
            yield asked, {"name": LONG_PATIENT}

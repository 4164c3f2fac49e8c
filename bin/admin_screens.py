"""The walk to each screen of the admin that `make screenshots` looks at; see screens.py."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from browser import settle

Walk = Callable[[Any, Any], None]


def at(path: str) -> Walk:
    return lambda page, site: page.goto(f"/admin/{path}".format(**site.references))


def opened(verb: str) -> Walk:
    """A request with one of its answers open."""

    def walk(page: Any, site: Any) -> None:
        page.goto(f"/admin/requests/{site.references['submitted']}/")
        page.locator(f"#action-{verb} summary").click()

    return walk


def keys(page: Any, site: Any) -> None:
    page.goto(f"/admin/requests/{site.references['submitted']}/")
    settle(page)
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keyboard shortcuts").wait_for()


def too_late(page: Any, site: Any) -> None:
    """The patient was faster: the form is gone, and what was written stands beside the reason.

    The form of a request that is open goes to one that was withdrawn meanwhile, so to say.
    """
    from bookings.models import ConsultationRequest

    withdrawn = ConsultationRequest.objects.get(reference=site.references["withdrawn"])
    opened("decline")(page, site)
    form = page.locator("#action-decline")
    form.get_by_label("Message to the patient").fill(
        "This needs a doctor first.\nPlease call us once you have seen one."
    )
    form.locator("form").evaluate(
        "(form, [action, version]) => { form.action = action; form.elements.version.value = version; }",
        [f"/admin/requests/{withdrawn.reference}/decline/", withdrawn.version],
    )
    form.get_by_role("button").click()
    page.get_by_text("What you had written").wait_for()


def search(page: Any, site: Any) -> None:
    page.goto("/admin/requests/")
    field = page.get_by_placeholder("Reference, name, email or phone")
    field.fill("offered")
    field.press("Enter")
    settle(page)


def newest(address: str, model: str) -> Walk:
    """An address that takes the newest row of a model."""

    def walk(page: Any, site: Any) -> None:
        from django.apps import apps
        from django.urls import reverse

        row = apps.get_model(model).objects.latest("pk")
        page.goto(reverse(address, args=[row.pk]))

    return walk


def closure(page: Any, site: Any) -> None:
    """Whom a closure affects, with the times that stand beside each."""
    from django.utils import timezone

    from bookings import transitions
    from bookings.models import Appointment, DateException

    visit = Appointment.objects.filter(status="booked").latest("pk")
    span = {"start": visit.start, "end": visit.start + timedelta(hours=4)}
    shut, made = DateException.objects.get_or_create(location=visit.location, kind="closed", **span)
    if made:
        transitions.apply_closure(shut, actor=transitions.SYSTEM, now=timezone.now())
    page.goto(f"/admin/diary/closures/{shut.pk}/")


def edit_guide(page: Any, site: Any) -> None:
    from education.models import GuidePage

    page.goto(f"/admin/pages/{GuidePage.objects.get(slug='iliopsoas').pk}/edit/")


def calendar(page: Any, site: Any) -> None:
    """The diary to drag in, at the day of a visit, once it is drawn."""
    from bookings.models import Appointment

    visit = Appointment.objects.filter(status="booked").latest("pk")
    page.goto(f"/admin/diary/calendar/?day={visit.start:%Y-%m-%d}")
    page.locator(".fc-event").first.wait_for()


# By name: the admin's screens that are ours, or that our staff see most, without /admin/.
PATHS = {
    "home": "",
    "inbox": "requests/?queue=answer",
    "inbox-all": "requests/?queue=all",
    "diary-day": "diary/",
    "diary-week": "diary/?span=week",
    "book-for": "diary/new/",
    "waiting-list": "waiting/",
    "closures": "clinic/closures/",
    "closures-new": "clinic/closures/new/",
    "holidays": "public-holidays/",
    "hours": "clinic/hours/",
    "hours-new": "clinic/hours/new/",
    "people": "clinic/people/",
    "people-edit": "clinic/people/edit/1/",
    "rooms": "clinic/rooms/",
    "services-edit": "clinic/services/edit/1/",
    "locations-edit": "clinic/locations/edit/1/",
    "messages": "messages/",
    "wordings": "messages/wording/",
    "wording": "messages/wording/confirmed/en-gb/",
    "reports": "reports/requests/",
    "reports-looks": "reports/looks/",
    "reports-reviews": "reports/guide-reviews/",
    "reports-read": "reports/guide-readers/",
    "exercises": "snippets/education/exercise/",
    "logins": "logins/",
    "logins-own": "logins/mine/",
    "account": "account/",
    "settings": "settings/clinic/clinicsettings/",
}
WALKS: dict[str, Walk] = {
    **{name: at(path) for name, path in PATHS.items()},
    **{f"request-{verb}": opened(verb) for verb in ("offer", "decline", "note")},
    "request-too-late": too_late,
    "diary-calendar": calendar,
    "request-keys": keys,
    "request-erase": at("requests/{confirmed}/erase/"),
    "request-copy": at("requests/{confirmed}/disclose/"),
    "inbox-search": search,
    "closure": closure,
    "message": newest("desk:message", "bookings.Message"),
    "guide-edit": edit_guide,
    "exercise-edit": newest("wagtailsnippets_education_exercise:edit", "education.Exercise"),
}
DRAWN = {"diary-calendar"}
"""Drawn by a script for the width at which they are opened."""

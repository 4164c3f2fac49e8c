"""The closure wizard: the visits inside a closure, a new time for each, and the patients' answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from bookings import transitions
from bookings.enums import ExceptionKind
from bookings.errors import BookingError, TimeTaken
from bookings.forms.typed import errors_of, typed
from bookings.models import DateException
from bookings.permissions import can_triage
from bookings.schedule import claims
from bookings.staff.closures.displaced import DisplacedVisit, State, people_of
from bookings.staff.closures.forms import DisplacedForm, ToAllForm
from bookings.staff.closures.proposals import Proposal, propose
from bookings.staff.requests.answers import refusal
from bookings.templatetags.desk import short_at

AT_ONCE = 25
"""Rows of the form on a page."""
CANCELLED_AT_ONCE = 100
"""Each is some thirty queries and a mail: hundreds would take longer than a browser waits."""
Late = Sequence[tuple[DisplacedVisit, DisplacedForm]]


def _load(request: HttpRequest, pk: int) -> DateException:
    if not can_triage(request.user):
        raise PermissionDenied
    rows = DateException.objects.select_related("location", "resource")
    return get_object_or_404(rows, pk=pk, kind=ExceptionKind.CLOSED)


@require_safe
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody inside, each with a proposed time that may be changed, or with their answer."""
    return _show(request, _load(request, pk))


@require_POST
def closure_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold and offer the times of all ticked rows. One that fails leaves the others offered."""
    shut, now = _load(request, pk), timezone.now()
    transitions.displace(
        shut,
        claims.standing_inside(shut, now=now),
        actor=transitions.staff(request.user),
        now=now,
    )
    to_all = ToAllForm(request.POST)
    ticked = [person for person in people_of(shut, now=now) if _ticked(request, person)]
    bound = {p.consultation.pk: _form(p, None, data=request.POST) for p in ticked}
    if not to_all.is_valid():
        return _show(request, shut, bound=bound, to_all=to_all, status=422)
    message = to_all.cleaned_data["message"]
    failed = {
        person.consultation.pk: bound[person.consultation.pk]
        for person in ticked
        if not (
            person.to_offer and _offer(request, person, bound[person.consultation.pk], message, now)
        )
    }
    done = len(bound) - len(failed)
    if done:
        text = ngettext(
            "%(count)s person is offered a new time.",
            "%(count)s people are offered a new time each.",
            done,
        )
        messages.success(request, text % {"count": done})
    if failed:
        return _show(request, shut, bound=failed, to_all=to_all, status=409)
    if not bound:
        messages.warning(request, _("Nobody was ticked."))
    return redirect("desk:closure", shut.pk)


@require_POST
def closure_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel the visits of the page that are still booked inside; the rest of hundreds by another press.

    Offered times stay offered.
    """
    shut, now = _load(request, pk), timezone.now()
    to_cancel = _cancel_form(request.POST)
    if not to_cancel.is_valid():
        return _show(request, shut, to_cancel=to_cancel, status=422)
    sent = set(request.POST.getlist("visit")[:CANCELLED_AT_ONCE])
    standing = [person for person in people_of(shut, now=now) if person.stands(now)]
    chosen = [person for person in standing if str(person.visit.pk) in sent]
    words = to_cancel.cleaned_data["message"]
    done = sum(_cancel(request, person, words, now) for person in chosen)
    if not done:
        to_cancel.add_error(None, _("There is nothing left to cancel."))
        return _show(request, shut, to_cancel=to_cancel, status=409)
    text = ngettext("%(count)s visit is cancelled.", "%(count)s visits are cancelled.", done)
    messages.success(request, text % {"count": done})
    if len(standing) > done:
        return _show(
            request, shut, to_cancel=to_cancel
        )  # with the message, for those that are left
    return redirect("desk:closure", shut.pk)


def _cancel_form(data: Any = None) -> ToAllForm:
    return ToAllForm(data, auto_id="cancel-%s")


def _ticked(request: HttpRequest, person: DisplacedVisit) -> bool:
    return bool(request.POST.get(f"{person.consultation.reference}-include"))


def _forms(
    request: HttpRequest, people: Sequence[DisplacedVisit], proposals: dict[int, Proposal | None]
) -> list[DisplacedForm]:
    """The forms as proposed, or as typed. Who offers a service is read once, not for every row."""
    choices: dict[tuple[int, int], list[Any]] = {}
    forms = []
    for person in people:
        form = _form(person, proposals[person.visit.pk])
        form.initial.update(_typed_in(request, form))
        field = form.fields["practitioner"]
        key = (person.consultation.service_id, person.consultation.location_id)
        if key not in choices:
            choices[key] = list(field.choices)  # type: ignore[attr-defined]
        field.choices = choices[key]  # type: ignore[attr-defined]
        forms.append(form)
    return forms


def _form(person: DisplacedVisit, proposal: Proposal | None, *, data: Any = None) -> DisplacedForm:
    consultation = person.consultation
    return DisplacedForm(
        data,
        prefix=consultation.reference,
        initial={
            "version": consultation.version,
            "include": proposal is not None,
            "start": proposal.start if proposal else None,
            "practitioner": proposal.practitioner.pk if proposal else None,
        },
        consultation=consultation,
    )


def _typed_in(request: HttpRequest, form: DisplacedForm) -> dict[str, Any]:
    """What was typed in a row that was not ticked; it stays unticked."""
    if form.add_prefix("start") not in request.POST:
        return {}
    sent = {name: request.POST.get(form.add_prefix(name)) for name in ("start", "practitioner")}
    return sent | {"include": False}


def _offer(
    request: HttpRequest, person: DisplacedVisit, form: DisplacedForm, message: str, now: datetime
) -> bool:
    if not form.is_valid():
        return False
    data, consultation = form.cleaned_data, person.consultation
    try:
        transitions.offer(
            consultation,
            actor=transitions.staff(request.user),
            version=data["version"],
            now=now,
            times=[(data["start"], data["practitioner"])],
            message=message,
        )
    except BookingError as error:
        form.add_error("start", _refusal(error, person))
        return False
    return True


def _refusal(error: BookingError, person: DisplacedVisit) -> str:
    """Why not, and for a time that is gone, what is free near it."""
    text = refusal(error)
    near = error.alternatives if isinstance(error, TimeTaken) else []
    if not near:
        return text
    times = "; ".join(short_at(slot.start, person.consultation.location) for slot in near)
    return f"{text} {_('Free:')} {times}"


def _cancel(request: HttpRequest, person: DisplacedVisit, message: str, now: datetime) -> bool:
    try:
        transitions.cancel(
            person.visit, actor=transitions.staff(request.user), now=now, message=message
        )
    except BookingError:
        return False  # cancelled or arrived at this very moment
    return True


def _show(
    request: HttpRequest,
    shut: DateException,
    *,
    bound: dict[int, DisplacedForm] | None = None,
    to_all: ToAllForm | None = None,
    to_cancel: ToAllForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. Refused input comes back in its form, or as text where that form is gone.

    A form is gone when a colleague, or the patient, changed the request in the meantime.
    """
    now, bound = timezone.now(), bound or {}
    people = people_of(shut, now=now)
    page = _page(request, [person for person in people if person.to_offer])
    open_ = list(page.object_list)
    proposals = propose(shut, [person.visit for person in open_], now=now)
    rows = [
        (person, bound.get(person.consultation.pk, fresh))
        for person, fresh in zip(open_, _forms(request, open_, proposals), strict=True)
    ]
    late = [
        (p, bound[p.consultation.pk])
        for p in people
        if p.consultation.pk in bound and not p.to_offer
    ]
    standing = [person.visit for person in people if person.stands(now)]
    gone = [form for form, there in ((to_all, rows), (to_cancel, standing)) if form and not there]
    when = short_at(shut.start, shut.location)
    context = {
        "closure": shut,
        "rows": rows,
        "page": page,
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "answers": [person for person in people if not person.to_offer],
        "counts": _counts(people),
        "standing": standing,
        "to_be_cancelled": standing[:CANCELLED_AT_ONCE],
        "to_all": to_all or ToAllForm(),
        "to_cancel": to_cancel or _cancel_form(),
        "refused": [*map(_how_they_stand, late), *(e for form in gone for e in errors_of(form))],
        "typed": [*_typed_for(late), *(line for form in gone for line in typed(form))],
        "now": now,
        "header_title": _("Closed from %(when)s") % {"when": when},
        "header_icon": "date",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("closures:index"), "label": _("Closures")},
            {"url": "", "label": when},
        ],
    }
    return render(request, "bookings/staff/closure.html", context, status=status)


def _page(request: HttpRequest, people: Sequence[DisplacedVisit]) -> Page[DisplacedVisit]:
    """Those to offer a time to, a page at a time: a browser sends every field of a form, ticked or not.

    Rows that were sent come first, so that what was typed in them is shown again.
    """
    ordered = sorted(
        people, key=lambda person: f"{person.consultation.reference}-start" not in request.POST
    )
    return WagtailPaginator(ordered, AT_ONCE).get_page(request.GET.get("p"))


def _how_they_stand(one: tuple[DisplacedVisit, DisplacedForm]) -> str:
    """Such as "No time was offered to K7MB-4QX9 (has a new time)."."""
    person, _form = one
    return _("No time was offered to %(reference)s (%(state)s).") % {
        "reference": person.consultation.reference,
        "state": person.state.label,
    }


def _typed_for(late: Late) -> list[tuple[str, str]]:
    return [
        (f"{person.consultation.reference}, {label}", text)
        for person, form in late
        for label, text in typed(form)
    ]


def _counts(people: Sequence[DisplacedVisit]) -> list[tuple[State, int]]:
    """How many are in each state, in the order of the states; empty ones are omitted."""
    found = [(state, sum(person.state == state for person in people)) for state in State]
    return [(state, count) for state, count in found if count]

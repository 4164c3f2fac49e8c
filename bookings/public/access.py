"""Pages that show one person's request: who may see them, and that nobody keeps a copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from bookings.enums import RequestStatus
from bookings.forms.typed import typed
from bookings.models import AccessLink, ConsultationRequest
from bookings.public import cookies, series
from bookings.public.manage_forms import FindForm, PatientMessageForm, ReachForm
from clinic.prepared import prepared

COOKIE = f"{settings.COOKIE_PREFIX}request-"
"""Followed by a reference: access is held for each request beside the others."""
SALT = "bookings.public.link"
LIFETIME = timedelta(hours=2)

View = Callable[..., HttpResponse]


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST is an answer too, and gets its errors."""
    return request.POST if request.method == "POST" else None


def personal(view: View) -> View:
    """No cache keeps the page (RFC 9111), no other site learns its address.

    `same-origin`, not `no-referrer`: with the latter a browser sends `Origin: null` with the page's
    own forms (Fetch, 3.2), which Django's protection against forged requests rightly refuses.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            response = page_not_found(request, error)
        response["Cache-Control"] = "no-store"
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("X-Robots-Tag", "noindex")
        return response

    return wrapped


def require_link(view: View) -> View:
    """Call the view with the request that the address names, if its link was opened in this browser.

    In the last two hours, that is. Otherwise the visitor is led to where a lost link is found; what
    they posted acts on nothing and comes back to them.
    """

    @personal
    @wraps(view)
    def wrapped(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = opened(request, reference)
        if found is None:
            return closed(request) if request.method == "POST" else redirect("find-request")
        request.number_to_call = found.location.number_to_call  # type: ignore[attr-defined]
        if view.__name__ not in FOR_ANYBODY and _awaits_proof(found):
            return redirect("manage", found.reference)
        return view(request, found, *args, **kwargs)

    return wrapped


FOR_ANYBODY = {"manage", "verify"}
"""What an address that was typed by somebody else may see: that it has to be confirmed."""


def _awaits_proof(consultation: ConsultationRequest) -> bool:
    """Whether staff or the patient gave a new address that nobody has confirmed yet."""
    return consultation.status != RequestStatus.UNVERIFIED and not consultation.is_proven


def closed(request: HttpRequest) -> HttpResponse:
    """Nothing was done; the typed text comes back, for when the patient has opened the link again."""
    why = _("It is a while since you opened our link, so this page was closed. Nothing was sent.")
    reach = ReachForm(request.POST, needs_email=False)
    context = {
        "form": FindForm(),
        "refused": [why],
        "typed": [*typed(PatientMessageForm(request.POST)), *typed(reach)],
    }
    return render(request, "bookings/public/find_request.html", context, status=403)


def opened(request: HttpRequest, reference: str) -> ConsultationRequest | None:
    """The request of this reference, if this browser opened its link, or one of its series."""
    return _by_link(request, reference) or _by_series(request, reference)


def _by_series(request: HttpRequest, reference: str) -> ConsultationRequest | None:
    held = {name.removeprefix(COOKIE) for name in cookies.held(request, COOKIE)} - {reference}
    if not held:
        return None
    rows = ConsultationRequest.objects.select_related("service", "location")
    wanted = rows.filter(reference=reference).exclude(series="").first()
    if wanted is None:
        return None
    for other in series.others(wanted).filter(reference__in=held):
        if series.is_reached_as(other, wanted) and _by_link(request, other.reference):
            return wanted
    return None


def _by_link(request: HttpRequest, reference: str) -> ConsultationRequest | None:
    """The request whose link was opened in this browser, if the link still works."""
    try:
        pk = int(request.get_signed_cookie(COOKIE + reference, salt=SALT, max_age=LIFETIME) or "")
    except (KeyError, ValueError, signing.BadSignature):
        return None
    return next(iter(_linked(reference, pk, timezone.now())), None)


@prepared
def _linked(reference: str, link: int, now: datetime) -> QuerySet[ConsultationRequest]:
    links = AccessLink.objects.valid(now).filter(pk=link).values("request")
    rows = ConsultationRequest.objects.select_related("service", "location").order_by()
    return rows.filter(reference=reference, pk__in=links)


def all_opened(request: HttpRequest) -> list[ConsultationRequest]:
    """Every request whose link was opened in this browser, oldest first."""
    references = [name.removeprefix(COOKIE) for name in cookies.held(request, COOKIE)]
    found = [opened(request, reference) for reference in references[-cookies.MOST :]]
    return [consultation for consultation in found if consultation]


def remember(request: HttpRequest, response: HttpResponse, link: AccessLink) -> HttpResponse:
    """Swap the secret in the address for a cookie. Writes nothing on the server."""
    reference = link.request.reference
    value = signing.get_cookie_signer(salt=COOKIE + reference + SALT).sign(str(link.pk))
    cookies.put(request, response, COOKIE, reference, value, max_age=LIFETIME)
    return response

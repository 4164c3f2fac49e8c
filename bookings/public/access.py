"""Pages that show one person's request: who may see them, and that nobody keeps a copy."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from bookings.forms.typed import typed
from bookings.models import AccessLink, ConsultationRequest
from bookings.public.manage_forms import FindForm, PatientMessageForm

COOKIE = f"{settings.COOKIE_PREFIX}request"
SALT = "bookings.public.link"
LIFETIME_SECONDS = 2 * 60 * 60

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
    """Calls the view with the request whose link was opened in this browser in the last two hours.

    Else leads to where one finds one's request.
    """

    @personal
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = _opened(request)
        if found is None:
            return closed(request) if request.method == "POST" else redirect("find-request")
        return view(request, found, *args, **kwargs)

    return wrapped


def closed(request: HttpRequest) -> HttpResponse:
    """Nothing was done; what somebody wrote comes back, for when they have opened the link again."""
    why = _("It is a while since you opened our link, so this page was closed. Nothing was sent.")
    context = {
        "form": FindForm(),
        "refused": [why],
        "typed": typed(PatientMessageForm(request.POST)),
    }
    return render(request, "bookings/public/find_request.html", context, status=403)


def _opened(request: HttpRequest) -> ConsultationRequest | None:
    try:
        kept = request.get_signed_cookie(COOKIE, salt=SALT, max_age=LIFETIME_SECONDS)
        pk = int(kept or "")
    except (KeyError, ValueError, signing.BadSignature):
        return None
    links = AccessLink.objects.valid(timezone.now()).select_related(
        "request__service", "request__location"
    )
    try:
        return links.get(pk=pk).request
    except AccessLink.DoesNotExist:
        return None


def remember(response: HttpResponse, link: AccessLink) -> HttpResponse:
    """Swap the secret in the address for a cookie. Writes nothing on the server."""
    response.set_signed_cookie(
        COOKIE,
        str(link.pk),
        salt=SALT,
        max_age=LIFETIME_SECONDS,
        path="/",  # below /request/ and, in Spanish, /es/request/,
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )
    return response

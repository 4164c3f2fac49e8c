"""What a member of staff had typed when their login ended: kept for an hour, and shown to them again.

The text stays on the server, in a row of theirs. Their browser has a random number and their own, signed;
the text is in no cookie, address or log. It is shown only in that browser, and only to that user.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from accounts.middleware import BACKGROUND
from accounts.models import InterruptedForm
from accounts.overview import head
from clinic.views import csrf_failure as expired_form

COOKIE = f"{settings.COOKIE_PREFIX}staff-browser"
SALT = "accounts.interrupted"
KEPT = timedelta(hours=1)
COOKIE_SECONDS = 2 * settings.SESSION_COOKIE_AGE
"""Longer than any login: it is needed once that has ended."""
ADMIN = "/admin/"  # as in clinic/urls.py
WAY_IN = ("/admin/login/", "/admin/password_reset/")
FIELD = "interrupted"
SECRET = re.compile("password|secret", re.IGNORECASE)
"""Names of fields that are not kept."""
"""The field with which a form that is sent again names its row."""
LARGEST = 200_000  # characters
UNSHOWN = {"version", "visit", "key", "next", "to", "pick", "csrfmiddlewaretoken", FIELD}
"""Fields that nobody typed."""


class KeepWhatWasTyped:
    """Of a form that is sent after the login has ended, keep the text, and lead to it after the login."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = request.path_info
        if not path.startswith(ADMIN) or path.startswith(WAY_IN):
            return response
        if request.user.is_authenticated:
            mark_browser(request, response)
            if request.method == "POST" and FIELD in request.POST:
                own_rows(request).filter(pk__in=_ids(request.POST[FIELD])).delete()
        elif request.method == "POST" and leads_to_login(response):
            back = reverse("staff-interrupted") if keep(request) else came_from(request)
            login = reverse("wagtailadmin_login")
            return HttpResponseRedirect(f"{login}?{urlencode({'next': back})}")
        return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page is from before this login: its text is kept. From another site nothing ever is."""
    own = f"{request.scheme}://{request.get_host()}"
    admin = request.path_info.startswith(ADMIN) and not request.path_info.startswith(WAY_IN)
    if admin and request.headers.get("Origin") == own and keep(request):
        return redirect("staff-interrupted")
    return expired_form(request, reason)


def leads_to_login(response: HttpResponse) -> bool:
    to = urlsplit(getattr(response, "url", "")).path
    return response.status_code == 302 and to == reverse("wagtailadmin_login")


def came_from(request: HttpRequest) -> str:
    """The page of the form, which can be opened; the form's own address may take nothing but a POST."""
    found = urlsplit(request.headers.get("Referer", ""))
    here = found.netloc == request.get_host() and found.path.startswith(ADMIN)
    return found.path if here else reverse("wagtailadmin_home")


def keep(request: HttpRequest) -> bool:
    """Keep what was typed, for whoever was last logged in with this browser. Returns whether it was."""
    user, browser = known(request)
    fields = [
        [name, value]
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", FIELD} and not SECRET.search(name)
    ]
    size = sum(len(name) + len(str(value)) for name, value in fields)
    if not user or not fields or size > LARGEST or is_background(request):
        return False
    now = timezone.now()
    sweep(now=now)
    InterruptedForm.objects.filter(browser=browser, path=request.get_full_path()).delete()
    InterruptedForm.objects.create(
        user_id=user,
        browser=browser,
        path=request.get_full_path(),
        page=came_from(request),
        fields=fields,
        expires_at=now + KEPT,
    )
    return True


def is_background(request: HttpRequest) -> bool:
    """Sent by a script of the page, as an editor's autosave is; nobody pressed a button."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return mode != "navigate" or any(part in request.path_info for part in BACKGROUND)


def known(request: HttpRequest) -> tuple[int, str]:
    """Who was last logged in with this browser, and the hash of its number; 0 where nobody was."""
    try:
        value = str(request.get_signed_cookie(COOKIE, salt=SALT, max_age=COOKIE_SECONDS))
        user, _separator, number = value.partition(":")
        return int(user), sha256(number.encode()).hexdigest()
    except (KeyError, ValueError, signing.BadSignature):
        return 0, ""


def mark_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Give the browser a number of this user's; another user gets another number."""
    if known(request)[0] == request.user.pk:
        return
    response.set_signed_cookie(
        COOKIE,
        f"{request.user.pk}:{secrets.token_urlsafe(32)}",
        salt=SALT,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )


def own_rows(request: HttpRequest) -> QuerySet[InterruptedForm]:
    user, browser = known(request)
    mine = InterruptedForm.objects.filter(user=request.user.pk, browser=browser)
    return mine.filter(expires_at__gt=timezone.now()) if user == request.user.pk else mine.none()


def _ids(text: str) -> list[int]:
    return [int(text)] if text.isdecimal() and len(text) < 19 else []


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def interrupted(request: HttpRequest) -> HttpResponse:
    """Everything that was typed, each with a button that sends it as it was; or let it go (POST)."""
    if request.method == "POST":
        messages.success(request, _("Discarded."))  # the middleware has deleted the row
        return redirect("wagtailadmin_home")
    rows = [(row, _shown(row.fields)) for row in own_rows(request)]
    context = {"rows": rows, "field": FIELD} | head(_("You had been logged out"))
    return render(request, "accounts/interrupted.html", context)


def _shown(fields: list[list[str]]) -> list[tuple[str, str]]:
    """What somebody may have typed, under the names of its fields."""
    found = [(name.rpartition("-")[2], value) for name, value in fields if value.strip()]
    return [
        (name.replace("_", " ").capitalize(), value) for name, value in found if name not in UNSHOWN
    ]


def sweep(*, now: datetime) -> int:
    """Forget what nobody came back for; returns how much."""
    return InterruptedForm.objects.filter(expires_at__lte=now).delete()[0]

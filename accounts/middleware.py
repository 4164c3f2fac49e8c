"""Who a request comes from, once passwords, second steps and time limits have had their say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import second_factor, sessions

BACKGROUND = ("/presence/", "/admin/editing-sessions/", "/admin/today/live/")
"""Asked for by an open page by itself: no sign that somebody is there."""


class StaffOnlyOnceVerified:
    """Whoever has not passed the second step is nobody yet, to every view there is.

    So there is no list of pages to protect, and no side door to forget. allauth logs nobody in before;
    a login whose second step has since been taken away ends here. Lazy: a page that asks for no user
    reads no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.user
        request.user = SimpleLazyObject(lambda: whoever_is_in(request, known))  # type: ignore[assignment]
        request.auser = sync_to_async(lambda: whoever_is_in(request, known))  # type: ignore[method-assign]
        return self.get_response(request)


def whoever_is_in(request: HttpRequest, user: Any) -> Any:
    if not user.is_authenticated:
        return user
    now = timezone.now()
    if sessions.is_over(request.session, now=now) or not second_factor.is_passed(request, user):
        request.session.flush()
        return AnonymousUser()
    if not any(part in request.path_info for part in BACKGROUND):
        sessions.note(request, user, now=now)
    return user

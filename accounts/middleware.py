"""Who a request comes from, once passwords, second steps and time limits have had their say."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django_otp.middleware import OTPMiddleware

from accounts import second_factor, sessions

BACKGROUND = ("/presence/", "/admin/editing-sessions/")
"""Asked for by an open page by itself: no sign that somebody is there."""


class StaffOnlyOnceVerified(OTPMiddleware):
    """Whoever has not passed the second step is nobody yet, to every view there is.

    So there is no list of pages to protect, and no side door to forget. The pages of the second step
    find them under `half_logged_in`. Lazy: a page that asks for no user reads no session.
    """

    def _verify_user_sync(self, request: HttpRequest, user: Any) -> Any:
        user = super()._verify_user_sync(request, user)
        request._half_logged_in = None  # type: ignore[attr-defined]
        if not user.is_authenticated:
            return user
        now, session = timezone.now(), request.session
        if sessions.is_over(session, now=now):
            session.flush()
            return AnonymousUser()
        if not user.is_verified() and second_factor.is_wanted(user):
            if sessions.waited_too_long(session, now=now):
                session.flush()
            else:
                request._half_logged_in = user  # type: ignore[attr-defined]
            return AnonymousUser()
        if not any(part in request.path_info for part in BACKGROUND):
            sessions.note(session, now=now)
        return user


def half_logged_in(request: HttpRequest) -> Any:
    """The user whose password was right and whose second step is to come; else None."""
    if request.user.is_authenticated:
        return None
    return request._half_logged_in  # type: ignore[attr-defined]

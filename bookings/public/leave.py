"""A patient leaves: closes the pages of a shared computer, or comes from a page of an older version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings.public import cookies
from bookings.public.access import COOKIE, closed, personal
from bookings.public.booking import drafts
from bookings.public.booking.steps import too_late

any_method = require_http_methods(["GET", "HEAD", "POST"])


@personal
@require_POST
def close_pages(request: HttpRequest) -> HttpResponse:
    """Close every request opened in this browser, and delete what was begun in it and not sent."""
    response = redirect("find-request")
    cookies.drop(response, cookies.held(request, COOKIE))
    messages.success(
        request,
        _("This device no longer shows your requests. The link in our email opens them again."),
    )
    return drafts.discard(request, response, drafts.keys(request))


@personal
@require_POST
def discard_draft(request: HttpRequest, draft: str) -> HttpResponse:
    """Delete one unfinished request."""
    messages.success(request, _("Your answers are deleted. Nothing was sent."))
    return drafts.discard(request, redirect("book"), [draft])


@personal
@any_method
def old_request(request: HttpRequest) -> HttpResponse:
    """An address that names no request: nothing can act on it."""
    return closed(request) if request.method == "POST" else redirect("my-requests")


@personal
@any_method
def old_step(request: HttpRequest) -> HttpResponse:
    """An address that names no draft: nothing can be kept under it."""
    return too_late(request) if request.method == "POST" else redirect("book")

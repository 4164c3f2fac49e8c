"""A member of staff ends the mails about what patients do, by the link in one of them: no login needed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bookings.messages import recipients
from bookings.public.access import personal


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def stop_staff_mail(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button. The address can do nothing but end the mails of the person it was sent to."""
    user = recipients.of_token(token)
    if user is None:
        return render(request, "bookings/public/stop_staff_mail.html", {"gone": True}, status=404)
    done = request.method == "POST"
    if done:
        recipients.stop_mails(user)
    return render(request, "bookings/public/stop_staff_mail.html", {"done": done})

"""How a patient gets to the page of a request: by the link in our mail, or by a new one."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bookings import transitions
from bookings.models import AccessLink
from bookings.models.access import digest
from bookings.public import abuse
from bookings.public.access import all_opened, personal, posted, remember
from bookings.public.manage_forms import FindForm
from clinic import throttle
from clinic.network import client_network
from clinic.prepared import prepared
from clinic.views import too_many


@personal
@require_safe
def open_request(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the secret in the address for a cookie. Unknown and expired look the same.

    Wrong links alone count, and never stand in a right one's way: any page could have a picture whose
    address is a wrong link, and 256 bits need no such limit.
    """
    now = timezone.now()
    link = next(iter(_working(digest(token), now)), None)
    if link is None and AccessLink.objects.pending(now).filter(digest=digest(token)).exists():
        # The link at a new address: it opens nothing but the question whether that is the patient's.
        action = reverse("prove-address", args=[token])
        response = render(request, "bookings/public/prove_address.html", {"action": action})
    elif link is None:
        if throttle.spend("open", client_network(request), now=now):
            response = render(request, "bookings/public/link_unknown.html", status=404)
        else:
            response = too_many(request, "open")
    else:
        response = remember(request, redirect("manage", link.request.reference), link)
    response["Referrer-Policy"] = "no-referrer"
    return response


@prepared
def _working(digest: str, now: datetime) -> QuerySet[AccessLink]:
    links = AccessLink.objects.valid(now).filter(digest=digest)
    return links.select_related("request").only("request__reference")


@personal
@require_safe
def my_requests(request: HttpRequest) -> HttpResponse:
    """The requests opened in this browser: the only one at once, several as a list."""
    found = all_opened(request)
    if not found:
        return redirect("find-request")
    if len(found) == 1:
        return redirect("manage", found[0].reference)
    return render(request, "bookings/public/my_requests.html", {"found": found})


@abuse.limited("find")
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def find_request(request: HttpRequest) -> HttpResponse:
    """New links by mail for lost ones. The answer is the same whether we know the address."""
    form = FindForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        return render(request, "bookings/public/find_request.html", {"form": form})
    transitions.resend_links(form.cleaned_data["email"], now=timezone.now())
    return redirect("find-request-sent")


@personal
@require_safe
def find_request_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "bookings/public/find_request_sent.html")

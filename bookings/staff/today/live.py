"""What an open tab of the admin asks every half-minute, for whoever wants to be told there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.messages import staff_mail
from bookings.models import LiveLine, StaffNotice
from bookings.permissions import can_read_requests, can_triage
from bookings.staff.requests import queries
from bookings.staff.today.changes import IN_ANOTHER_LIST

MOST = 99


def is_on(user: Any) -> bool:
    return can_read_requests(user) and LiveLine.objects.filter(user=user).exists()


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """How much waits for this person, and the newest thing that they were told after `since`.

    The tab sends back the `until` that it was given; its first question has none, and gets no line.
    """
    user: Any = request.user
    if not is_on(user):
        return JsonResponse({}, status=403)
    since = request.GET.get("since", "")
    known = int(since) if since.isascii() and since.isdigit() and len(since) < 19 else None
    newest = _newest(user, after=known)
    line = staff_mail.named(newest, now=timezone.now()) if newest and known is not None else ""
    return JsonResponse(
        {"count": _waiting(user), "until": newest.pk if newest else known or 0, "line": line}
    )


def _newest(user: Any, *, after: int | None) -> StaffNotice | None:
    """The last of this person's notices; one that they have looked at since is no news."""
    unseen = StaffNotice.objects.unseen_by(user).order_by("-pk")
    if after is None:
        return unseen.first()
    return unseen.filter(pk__gt=after).with_details().first()


def _waiting(user: Any) -> int:
    """Requests to answer, and changes that the person has not looked at."""
    unseen = StaffNotice.objects.unseen_by(user).exclude(kind__in=IN_ANOTHER_LIST)
    found = unseen.order_by()[:MOST].count()
    if can_triage(user):
        found += queries.up_to(MOST, queries.visible_to(user).needing_answer())
    return min(found, MOST)

"""Every page of the site as its URLs have them, with a row in the place of an argument.

For what is true of every page. One that is added tomorrow is found by itself; if it takes an argument that
is not in `ROWS`, `KeyError` says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bookings.enums import ResourceKind
from bookings.models import (
    ConsultationRequest,
    DateException,
    Location,
    Message,
    Practitioner,
    Resource,
    Service,
    WebhookEndpoint,
    WeeklyHours,
)
from bookings.schedule.local_time import DAY
from bookings.staff.requests.queries import QUEUES

ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
NOT_WALKED = {
    "_util/": "Wagtail's own login and password for visitors",
    "admin/documents/delete/": "Wagtail's own, behind a check of ours",
    "admin/failwhale/": "an error on purpose",
    "admin/images/<": "Wagtail's own, behind a check of ours",
    "admin/login/": "before the login",
    "admin/logins/end/": "one of one's own rows",
    "admin/logins/mine/passkeys/<": "one of one's own rows",
    "admin/logout/": "it ends the walk",
    "admin/password_reset/": "before the login",
    "admin/test404/": "an error on purpose",
    "admin/translate/": "begins the translation of one page",
    "book/<": "a request being written, which only its own browser knows",
    "book/care/": "words alone",
    "calendar/": "a secret address",
    "guides/": "only answers to POST",
    "media/": "files",
    "request/<": "a patient's own request, which only their own browser knows",
    "request/open/": "a secret address",
    "r/": "a secret address",
    "hooks/sms/": "only answers to POST",
    "staff/stop/": "a secret address",
    "share/": "a picture of one page",
    "styleguide/": "no rows",
}
"""How addresses begin that are not walked, and why."""


def newest(rows: Any) -> Any:
    return rows.order_by("-pk")[0]


def resource(kind: ResourceKind) -> int:
    return int(newest(Resource.objects.filter(kind=kind)).pk)


ROWS: dict[str, Callable[[], object]] = {
    "closures": lambda: newest(DateException.objects).pk,
    "desk:calendars_of": lambda: resource(ResourceKind.PRACTITIONER),
    "desk:closure": lambda: newest(DateException.objects).pk,
    "desk:closure_cancel": lambda: newest(DateException.objects).pk,
    "desk:closure_offer": lambda: newest(DateException.objects).pk,
    "desk:leave": lambda: resource(ResourceKind.PRACTITIONER),
    "desk:merge": lambda: resource(ResourceKind.PRACTITIONER),
    "desk:message": lambda: newest(Message.objects).pk,
    "desk:message_body": lambda: newest(Message.objects).pk,
    "desk:send_again": lambda: newest(Message.objects).pk,
    "hours": lambda: newest(WeeklyHours.objects).pk,
    "kind": lambda: "confirmed",
    "language": lambda: "en-gb",
    "locations": lambda: newest(Location.objects).pk,
    "name": lambda: "any",
    "plans:forget_template": lambda: 1,
    "plans:sheet": lambda: 1,
    "plans:write": lambda: 1,
    "people": lambda: resource(ResourceKind.PRACTITIONER),
    "person": lambda: newest(Practitioner.objects).pk,
    "reference": lambda: newest(ConsultationRequest.objects).reference,
    "rooms": lambda: resource(ResourceKind.ROOM),
    "services": lambda: newest(Service.objects).pk,
    "desk:webhook": lambda: newest(WebhookEndpoint.objects).pk,
    "staff-reset": lambda: newest(get_user_model().objects).pk,
}
"""What stands in an address, by the name of the argument, of the address or of its namespace."""


def patterns(resolver: Any = None, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Each as its name and what it looks like, such as "desk:message", "admin/messages/<int:pk>/"."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path, space or f"{pattern.namespace or ''}")
        elif isinstance(pattern, URLPattern) and "^" not in path and "(" not in path:
            yield f"{space}:{pattern.name}" if space else str(pattern.name), path


def addresses(now: datetime) -> list[str]:
    """Of Wagtail's own pages those without an argument; of ours all, and the lists as they are filtered."""
    found = []
    for name, path in patterns():
        of_wagtail = name.startswith("wagtail") and "<" in path
        if not of_wagtail and not path.startswith(tuple(NOT_WALKED)):
            filled = ARGUMENT.sub(lambda match, name=name: _fill(name, match[2]), path)  # type: ignore[misc]
            found.append(f"/{filled}")
    return [*found, *filtered(now)]


def _fill(name: str, argument: str) -> str:
    space = name.partition(":")[0]
    return str(next(ROWS[key] for key in (argument, name, space) if key in ROWS or key == space)())


def generic(url: str) -> str:
    """The same in every clinic: without the numbers of its rows."""
    return re.sub(r"\d+", "0", url)


def filtered(now: datetime) -> list[str]:
    """What the lists show beside their first page; with all that a report may ask for."""
    today, person = now.date(), resource(ResourceKind.PRACTITIONER)
    lists = {
        "desk:requests": [
            *(f"queue={queue}" for queue in QUEUES),
            f"queue=all&practitioner={person}",
            "queue=all&ordering=-respond_by",
            "queue=all&p=9",
        ],
        "desk:messages": ["p=9", "state=failed", "state=bounced"],
        "desk:audit": ["p=9", "ordering=at"],
        "desk:diary": ["span=week"],
        "desk:calendar": ["span=week", f"who={person}", f"who={person}&span=week"],
        "desk:reports": [f"first={today - DAY * days}&last={today}" for days in (365, 731)],
    }
    return [f"{reverse(name)}?{query}" for name, queries in lists.items() for query in queries]

"""Every message to patients, in full, and how its delivery stands."""

from __future__ import annotations

from typing import Any

import django_filters
from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from post_office.models import STATUS
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import Button

from bookings import transitions
from bookings.messages.defaults import KINDS
from bookings.models import Message
from bookings.models.access import SECRET
from bookings.models.events import BOUNCED
from bookings.permissions import can_read_messages, can_word
from bookings.staff.requests.list import FirstPages, RequestCell
from bookings.templatetags.desk import subject

STATES: dict[str, tuple[Any, dict[str, Any]]] = {
    "waiting": (_("Waiting to be sent"), {"email__status__in": [STATUS.queued]}),
    "retrying": (_("Delayed, will retry"), {"email__status__in": [STATUS.requeued]}),
    "sent": (_("Sent"), {"email__status__in": [STATUS.sent]}),
    "failed": (_("Not delivered"), {"email__status__in": [STATUS.failed]}),
    "bounced": (_("Came back"), {"email__recipient_delivery_status__in": BOUNCED}),
    "dropped": (_("Not needed any more"), {"superseded": True}),
}


def readable(text: str) -> str:
    """The text as staff may read it.

    A patient's link lets whoever has it act as the patient: with a mail server, no one but the patient
    sees it. Without one, this page is how a newcomer follows it.
    """
    if not settings.MAIL_SERVER:
        return text
    return SECRET.sub("/request/open/" + "•" * 8, text)


def _kinds() -> list[tuple[str, str]]:
    found = [(name, capfirst(str(kind.label))) for name, kind in KINDS.items()]
    return sorted(found, key=lambda kind: kind[1])


class MessageFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("Delivery"),
        choices=[(name, label) for name, (label, _rows) in STATES.items()],
        method="in_state",
    )
    # Not those that there are: to find them, every message would be read.
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=_kinds, widget=CheckboxSelectMultiple
    )
    created_at = django_filters.DateFromToRangeFilter(
        label=_("Written"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Message
        fields = ["state", "kind", "created_at"]

    def in_state(self, rows: Any, name: str, state: str) -> Any:
        return rows.filter(**STATES[state][1])


def _url_of(row: Message) -> str:
    return reverse("desk:message", args=[row.pk])


class MessagesView(BaseListingView):
    """Messages to patients, the newest first."""

    page_title = _("Messages")
    header_icon = "comment"
    table_classname = "listing desk-table"
    paginate_by = 50
    paginator_class = FirstPages
    filterset_class = MessageFilterSet
    index_url_name = "desk:messages"
    index_results_url_name = "desk:messages_results"
    verbose_name_plural = _("messages")
    columns = [
        TitleColumn("subject", label=_("Message"), accessor=subject, get_url=_url_of),
        RequestCell("reference", classname="desk-wide-only", label=_("Request")),
        RequestCell("delivery", label=_("Delivery")),
        RequestCell("written", label=_("Written"), sort_key="created_at"),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not can_read_messages(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def header_more_buttons(self) -> list[Button]:
        if not can_word(self.request.user):
            return []
        return [Button(_("Wording"), url=reverse("desk:wordings"), icon_name="edit")]

    def get_base_queryset(self) -> Any:
        return Message.objects.select_related("email", "request__location").prefetch_related(
            "email__logs"
        )

    def get_ordering(self) -> Any:
        return ("created_at", "pk") if self._oldest_first else ("-created_at", "-pk")

    @property
    def _oldest_first(self) -> bool:
        return bool(self.request.GET.get("ordering") == "created_at")


def _load(request: HttpRequest, pk: int) -> Message:
    if not can_read_messages(request.user):
        raise PermissionDenied
    rows = Message.objects.select_related("email", "request__location")
    return get_object_or_404(rows, pk=pk)


def _look(request: HttpRequest, row: Message) -> None:
    if request.method == "GET":
        transitions.look(row.request, actor=transitions.staff(request.user), now=timezone.now())


@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: to whom, how its delivery stands, and what it says. Records who looked."""
    row = _load(request, pk)
    _look(request, row)
    context = {
        "message": row,
        "text": readable(row.email.message),
        "linked": not settings.MAIL_SERVER,
        "logs": row.email.logs.order_by("date"),
        "attachments": row.email.attachments.all(),
        "now": timezone.now(),
        "header_title": row.email.subject,
        "header_icon": "mail",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:messages"), "label": _("Messages")},
            {"url": "", "label": _("Message")},
        ],
    }
    return render(request, "bookings/staff/message.html", context)


@require_safe
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF],
        "form-action": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        # Of the same origin, so that the page around it can see how high it is.
        "sandbox": ["allow-same-origin"],
    }
)
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML as the patient gets it, for a sandboxed frame: it runs nothing and leads nowhere.

    Records who looked, as the page around it does: the frame has an address of its own.
    """
    row = _load(request, pk)
    _look(request, row)
    return HttpResponse(readable(row.email.html_message))

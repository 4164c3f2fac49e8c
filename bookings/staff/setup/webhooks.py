"""Addresses of the clinic's own systems that are told of visits: added, tried, paused, seen. Owner only.

A secret is shown once, in the answer to the POST that made it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import log

from bookings.enums import DeliveryStatus, PausedBecause
from bookings.messages.webhooks import sign, write
from bookings.models import WebhookEndpoint
from bookings.permissions import can_set_up
from clinic import typed_address

MOST = 10
"""Addresses: each may take seconds to answer."""
SHOWN = 50
"""Deliveries, the newest."""
BOTH_COUNT = timedelta(days=2)
"""How long an earlier secret is used beside the new one."""
CONTACT_WARNING = gettext_lazy(
    "Names, email addresses and telephone numbers then leave this site with each message. Switch it on "
    "only for a system that needs them, and name it in your privacy notice."
)


class WebhooksMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return can_set_up(request.user)


class EndpointForm(forms.ModelForm[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint
        fields = ["url", "sends_contact"]
        help_texts = {"sends_contact": CONTACT_WARNING}
        error_messages = {"url": {"unique": gettext_lazy("This address is in the list already.")}}

    # Not a URLField: what may be asked decides `typed_address`, in its own words.
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy(
            "Where your other system takes messages. It begins with https:// and is on the Internet."
        ),
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            address = typed_address.parse(url)
            if _is_ip(address.host):
                typed_address.checked(address, [address.host])
        except typed_address.RefusedAddress as error:
            raise forms.ValidationError(str(error.message)) from error
        return url

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.instance.pk and WebhookEndpoint.objects.count() >= MOST:
            text = _("There are %(count)s addresses already. Remove one first.")
            raise forms.ValidationError(text % {"count": MOST})
        return cleaned


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def check_may_set_up(request: HttpRequest) -> None:
    if not can_set_up(request.user):
        raise PermissionDenied


def crumbs(*last: str) -> list[dict[str, Any]]:
    return [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("desk:webhooks") if last else "", "label": _("Webhooks")},
        *({"url": "", "label": label} for label in last),
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """All addresses, and the form for another one."""
    check_may_set_up(request)
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (endpoint := _added(form)):
        log(instance=endpoint, action="wagtail.create", user=request.user)
        return _page(request, endpoint, secret=sign.secret_of(endpoint.seed))
    waiting = Count("deliveries", filter=Q(deliveries__status=DeliveryStatus.WAITING))
    dead = Count("deliveries", filter=Q(deliveries__status=DeliveryStatus.DEAD))
    last = Max("deliveries__tried_at")
    context = {
        "form": form,
        "endpoints": WebhookEndpoint.objects.annotate(waiting=waiting, dead=dead, last=last),
        "header_title": _("Webhooks"),
        "header_icon": "link",
        "breadcrumbs_items": crumbs(),
    }
    return render(
        request, "bookings/staff/webhooks.html", context, status=422 if form.errors else 200
    )


def _added(form: EndpointForm) -> WebhookEndpoint | None:
    """None, and an error at the field, where somebody has just added the same."""
    endpoint: WebhookEndpoint = form.save(commit=False)
    endpoint.seed, endpoint.created_at = sign.new_seed(), timezone.now()
    try:
        with transaction.atomic():
            endpoint.save()
    except IntegrityError:
        form.add_error("url", _("This address is in the list already."))
        return None
    return endpoint


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One address with what was sent to it, and what can be done with it: see `ACTIONS`."""
    check_may_set_up(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    if request.method != "POST":
        return _page(request, endpoint)
    act = ACTIONS.get(request.POST.get("action", ""))
    if act is None or not _is_as_shown(request, endpoint):
        text = _("Somebody changed this address meanwhile, so nothing was done. Look at it again.")
        messages.error(request, text)
        return redirect("desk:webhook", pk)
    return act(request, endpoint, timezone.now())


def _is_as_shown(request: HttpRequest, endpoint: WebhookEndpoint) -> bool:
    """Whether it still is what the page showed; the next version from now on."""
    shown = request.POST.get("version", "")
    if not (shown.isascii() and shown.isdigit() and len(shown) < 10):
        return False
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk, version=int(shown))
    if not rows.update(version=F("version") + 1):
        return False
    endpoint.refresh_from_db()
    return True


def _done(request: HttpRequest, endpoint: WebhookEndpoint, text: str) -> HttpResponse:
    log(instance=endpoint, action="wagtail.edit", user=request.user)
    messages.success(request, text)
    return redirect("desk:webhook", endpoint.pk)


def _test(request: HttpRequest, endpoint: WebhookEndpoint, now: datetime) -> HttpResponse:
    if endpoint.is_paused:
        messages.error(request, _("It is paused: resume it first."))
        return redirect("desk:webhook", endpoint.pk)
    write.test(endpoint, now=now)
    messages.success(request, _("A test is on its way. Reload this page to see the answer."))
    return redirect("desk:webhook", endpoint.pk)


def _pause(request: HttpRequest, endpoint: WebhookEndpoint, now: datetime) -> HttpResponse:
    WebhookEndpoint.objects.filter(pk=endpoint.pk, paused_at=None).update(
        paused_at=now, paused_because=PausedBecause.OWNER
    )
    return _done(request, endpoint, _("Paused. What happens from now on is not told."))


def _resume(request: HttpRequest, endpoint: WebhookEndpoint, now: datetime) -> HttpResponse:
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        paused_at=None, paused_because="", failing_since=None
    )
    endpoint.deliveries.waiting().update(due_at=now)
    return _done(request, endpoint, _("Resumed. What was waiting goes out now."))


def _rotate(request: HttpRequest, endpoint: WebhookEndpoint, now: datetime) -> HttpResponse:
    endpoint.earlier_seed, endpoint.earlier_until = endpoint.seed, now + BOTH_COUNT
    endpoint.seed = sign.new_seed()
    endpoint.save(update_fields=["seed", "earlier_seed", "earlier_until"])
    log(instance=endpoint, action="wagtail.edit", user=request.user)
    return _page(request, endpoint, secret=sign.secret_of(endpoint.seed))


def _contact(request: HttpRequest, endpoint: WebhookEndpoint, now: datetime) -> HttpResponse:
    endpoint.sends_contact = not endpoint.sends_contact
    endpoint.save(update_fields=["sends_contact"])
    on = _("Names and contact data are sent from now on.")
    off = _("Names and contact data are no longer sent.")
    return _done(request, endpoint, on if endpoint.sends_contact else off)


def _remove(request: HttpRequest, endpoint: WebhookEndpoint, now: datetime) -> HttpResponse:
    with transaction.atomic():
        # Whoever is booking has it until their messages are written, and these go too.
        list(WebhookEndpoint.objects.filter(pk=endpoint.pk).select_for_update().values_list("pk"))
        log(instance=endpoint, action="wagtail.delete", user=request.user, deleted=True)
        endpoint.delete()
    messages.success(request, _("Removed, with what was sent to it."))
    return redirect("desk:webhooks")


ACTIONS: dict[str, Callable[[HttpRequest, WebhookEndpoint, datetime], HttpResponse]] = {
    "test": _test,
    "pause": _pause,
    "resume": _resume,
    "rotate": _rotate,
    "contact": _contact,
    "remove": _remove,
}


def _page(request: HttpRequest, endpoint: WebhookEndpoint, *, secret: str = "") -> HttpResponse:
    earlier = endpoint.earlier_until
    context = {
        "endpoint": endpoint,
        "secret": secret,
        "earlier_until": earlier if earlier and earlier > timezone.now() else None,
        "contact_warning": CONTACT_WARNING,
        "deliveries": endpoint.deliveries.select_related("request")[:SHOWN],
        "shown": SHOWN,
        "header_title": endpoint.host,
        "header_icon": "link",
        "breadcrumbs_items": crumbs(endpoint.host),
    }
    return render(request, "bookings/staff/webhook.html", context)

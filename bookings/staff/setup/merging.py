"""Two records of one person: the owner sees what stands in the way, then makes one of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.log_actions import log

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.errors import BookingError
from bookings.models import Practitioner, Resource
from bookings.permissions import can_set_up


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({', '.join(place.name for place in obj.places)})"


class OtherForm(forms.Form):
    """Which other record is the same person."""

    other = PersonChoice(
        label=gettext_lazy("The other record of this person"),
        queryset=Resource.objects.none(),
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, *args: Any, kept: Resource, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, PersonChoice)
        field.queryset = people().exclude(pk=kept.pk)


def people() -> Any:
    rows = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, merged_into=None)
    return rows.select_related("location").prefetch_related("also_at").order_by("name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """`?other=` shows what would happen; a POST does it, if it would still be that."""
    if not can_set_up(request.user):
        raise PermissionDenied
    kept = get_object_or_404(people(), pk=pk)
    now = timezone.now()
    form = OtherForm(request.POST or request.GET or None, kept=kept)
    found = None
    if form.is_bound and form.is_valid():
        gone = form.cleaned_data["other"]
        if request.method == "POST":
            response = _merge(request, kept, gone)
            if response:
                return response
        kept, gone = (get_object_or_404(people(), pk=one.pk) for one in (kept, gone))
        found = transitions.look_at_merge(kept, gone, now=now)
    context = {
        "kept": kept,
        "form": form,
        "found": found,
        "logins": _logins(kept, found.gone) if found else [],
        "header_title": _("Merge two records of %(name)s") % {"name": kept.name},
        "header_icon": "user",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("people:index"), "label": _("Practitioners")},
            {"url": reverse("people:edit", args=[kept.pk]), "label": kept.name},
            {"url": "", "label": _("Merge")},
        ],
    }
    return render(request, "bookings/staff/merge.html", context)


def _merge(request: HttpRequest, kept: Resource, gone: Resource) -> HttpResponse | None:
    """Where to go once it is done; None where it was refused, with a message that says why."""
    actor, name = transitions.staff(request.user), gone.name
    shown = request.POST.get("shown", "")
    try:
        with transaction.atomic():
            transitions.merge(kept, gone, shown=shown, actor=actor, now=timezone.now())
            log(instance=kept, action="bookings.merge", data={"merged": gone.pk})
    except BookingError as error:
        messages.error(request, str(error.message))
        return None
    text = _("%(name)s is one record now. The addresses of the other lead here.")
    messages.success(request, text % {"name": name})
    return redirect("people:edit", kept.pk)


def _logins(kept: Resource, gone: Resource) -> list[Any]:
    """Both logins, where each record has one: the second no longer sees a diary."""
    rows = Practitioner.objects.filter(resource__in=[kept, gone], user__isnull=False)
    profiles = {row.resource_id: row.user for row in rows.select_related("user")}
    return [profiles[kept.pk], profiles[gone.pk]] if len(profiles) == 2 else []

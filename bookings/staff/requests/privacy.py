"""A person's rights: a copy of what we keep, or its erasure. For the owner unless granted to others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings import transitions
from bookings.enums import AppointmentStatus, ErasureReason
from bookings.errors import BookingError
from bookings.forms.fields import SeveralOf
from bookings.models import ConsultationRequest
from bookings.permissions import can_disclose, can_erase
from bookings.privacy import subject_access
from bookings.staff.requests.detail import load
from bookings.staff.requests.forms import StaffForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
BY_STAFF = [ErasureReason.ASKED, ErasureReason.CONSENT, ErasureReason.MISTAKE]


class EraseForm(StaffForm):
    """A reason from a list: free text could name the person again."""

    because = forms.ChoiceField(
        label=gettext_lazy("Why"), choices=[(r.value, r.label) for r in BY_STAFF]
    )


class DiscloseForm(forms.Form):
    """Which requests go into the copy, and in which form."""

    file = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        choices=[
            ("html", gettext_lazy("A page to read and print (HTML)")),
            ("json", gettext_lazy("A file for other programs (JSON)")),
        ],
    )
    others = SeveralOf(
        label=gettext_lazy("Also these, under the same address"),
        queryset=ConsultationRequest.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Families share addresses. Choose only what is about the same person."
        ),
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["others"]
        field.queryset = others
        field.label_from_instance = lambda row: f"{row.reference}, {row.name}"
        if not others.exists():
            del self.fields["others"]


def _context(consultation: ConsultationRequest, title: str, icon: str) -> dict[str, Any]:
    return {
        "consultation": consultation,
        "header_title": title,
        "header_icon": icon,
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:requests"), "label": _("Requests")},
            {
                "url": reverse("desk:request", args=[consultation.reference]),
                "label": consultation.reference,
            },
            {"url": "", "label": title},
        ],
    }


@get_or_post
def erase(request: HttpRequest, reference: str) -> HttpResponse:
    """Say what is erased and what stays, and ask why; a POST does it."""
    if not can_erase(request.user):
        raise PermissionDenied
    consultation = load(request, reference)
    now = timezone.now()
    form = EraseForm(request.POST or None, consultation=consultation)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.erase(
                consultation,
                actor=transitions.staff(request.user),
                version=form.cleaned_data["version"],
                now=now,
                because=form.cleaned_data["because"],
            )
        except BookingError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("The person is erased."))
            return redirect("desk:requests")
    context = _context(consultation, _("Erase the person"), "bin") | {
        "form": form,
        "ahead": consultation.appointments.filter(status=AppointmentStatus.BOOKED, end__gt=now),
        "others": ConsultationRequest.objects.of_same_person(consultation),
    }
    status = 200 if request.method != "POST" else 409
    return render(request, "bookings/staff/erase.html", context, status=status)


@get_or_post
def disclose(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out one file with everything that we keep, and record it."""
    if not can_disclose(request.user):
        raise PermissionDenied
    consultation = load(request, reference)
    others = ConsultationRequest.objects.of_same_person(consultation).filter(erased_at=None)
    form = DiscloseForm(request.POST or None, others=others)
    if request.method != "POST" or not form.is_valid():
        context = _context(consultation, _("Give them a copy"), "download") | {"form": form}
        return render(request, "bookings/staff/disclose.html", context)
    now, kind = timezone.now(), form.cleaned_data["file"]
    chosen = [consultation, *form.cleaned_data.get("others", [])]
    for row in chosen:
        transitions.disclose(row, actor=transitions.staff(request.user), now=now)
    make = subject_access.as_json if kind == "json" else subject_access.as_html
    types = {"json": "application/json", "html": "text/html; charset=utf-8"}
    response = HttpResponse(make(chosen, now=now), content_type=types[kind])
    response["Content-Disposition"] = f'attachment; filename="{reference}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response

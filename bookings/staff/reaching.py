"""When mail does not reach a patient: send it again, or phone them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from bookings import forms, transitions
from bookings.errors import BookingError
from bookings.models import Message
from bookings.permissions import can_triage
from bookings.staff.answering import attempt, load_to_answer


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_triage(request.user):
        raise PermissionDenied
    message = get_object_or_404(Message.objects.select_related("request"), pk=pk)
    try:
        transitions.send_again(message, actor=transitions.staff(request.user), now=timezone.now())
    except BookingError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The message is on its way again."))
    return redirect("desk:request", message.request.reference)


@require_POST
def phone(request: HttpRequest, reference: str) -> HttpResponse:
    asked = load_to_answer(request, reference)
    form = forms.StaffForm(request.POST)
    actor = transitions.staff(request.user)
    return attempt(
        request,
        asked,
        "phone",
        form,
        lambda now: transitions.phone(
            asked, actor=actor, version=form.cleaned_data["version"], now=now
        ),
        lambda: _("%(reference)s was phoned.") % {"reference": asked.reference},
        onward=False,
    )

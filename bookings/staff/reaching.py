"""When mail does not reach a patient: send it again, send a link, or phone them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from bookings import transitions
from bookings.errors import BookingError
from bookings.models import Message
from bookings.permissions import can_triage
from bookings.staff.answering import answer_at_once


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
def send_link(request: HttpRequest, reference: str) -> HttpResponse:
    done = _("A link to their page is on its way to the patient.")
    return answer_at_once(
        request, reference, "send_link", transitions.send_link, done, onward=False
    )


@require_POST
def phone(request: HttpRequest, reference: str) -> HttpResponse:
    done = _("%(reference)s was phoned.")
    return answer_at_once(request, reference, "phone", transitions.phone, done, onward=False)

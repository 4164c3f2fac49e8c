"""Beside the page that says "sent": a mistyped address, a lost message, a hold that has run out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import transitions
from bookings.enums import ContactBy
from bookings.errors import BookingError, InvalidTransition
from bookings.models import ConsultationRequest
from bookings.public import abuse
from bookings.public.access import personal, posted
from bookings.public.booking import drafts
from bookings.public.booking.check import awaits_confirmation, sent_page
from bookings.public.manage_forms import FindForm
from clinic import phones

View = Callable[..., HttpResponse]


def unconfirmed(view: View) -> View:
    """Call the view with the request that was sent from this draft, while its address is not confirmed."""

    @personal
    @wraps(view)
    def wrapped(request: HttpRequest, draft: str, **kwargs: Any) -> HttpResponse:
        found = drafts.load(request, draft)
        if found is None or found.request_id is None:
            return redirect("book")
        rows = ConsultationRequest.objects.select_related("service", "location")
        consultation = rows.get(pk=found.request_id)
        if not awaits_confirmation(consultation):
            return redirect("book-sent", draft)
        return view(request, consultation, draft)

    return wrapped


@abuse.limited("ask")
@require_http_methods(["GET", "HEAD", "POST"])
@unconfirmed
def change_address(
    request: HttpRequest, consultation: ConsultationRequest, draft: str
) -> HttpResponse:
    """The request stays; the link that went to the mistyped address stops working."""
    form = FindForm(posted(request), initial={"email": consultation.email})
    if request.method == "POST" and form.is_valid():
        person = transitions.Contact(
            name=consultation.name,
            contact_by=ContactBy(consultation.contact_by),
            email=form.cleaned_data["email"],
            phone=_phone(consultation),
            on_behalf_of=consultation.on_behalf_of,
            locale=consultation.locale,
            texts=consultation.wants_texts,
        )
        try:
            transitions.correct_contact(
                consultation,
                person,
                actor=transitions.PATIENT,
                version=consultation.version,
                now=timezone.now(),
            )
        except BookingError as error:
            form.add_error("email", str(error.message))
        else:
            return redirect("book-sent", draft)
    held = consultation.appointments.holding(timezone.now()).one_at_most()
    return sent_page(request, consultation, held=held, draft=draft, form=form)


def _phone(consultation: ConsultationRequest) -> str:
    if not consultation.phone:
        return ""
    extension = consultation.phone_extension
    number = phones.stored(consultation.phone)
    return f"{number};ext={extension}" if extension else number


@abuse.limited("ask")
@require_POST
@unconfirmed
def send_again(request: HttpRequest, consultation: ConsultationRequest, draft: str) -> HttpResponse:
    """The link once more, at most once in ten minutes."""
    transitions.resend_link(consultation, now=timezone.now())
    messages.success(
        request, _("We have sent you a new link. It can take a few minutes to arrive.")
    )
    return redirect("book-sent", draft)


@abuse.limited("ask")
@require_POST
@unconfirmed
def hold_again(request: HttpRequest, consultation: ConsultationRequest, draft: str) -> HttpResponse:
    """Take the first choice once more, if it is free."""
    try:
        transitions.hold_again(consultation, now=timezone.now())
    except InvalidTransition:
        messages.error(request, _("We cannot hold it again. Confirm your address to ask for it."))
    except BookingError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("We are holding your time again."))
    return redirect("book-sent", draft)

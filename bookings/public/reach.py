"""How the patient is reached: their own telephone and email address, changed on their own page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import transitions
from bookings.errors import BookingError, StaleVersion
from bookings.models import AccessLink, ConsultationRequest
from bookings.models.access import digest
from bookings.public import abuse, shown
from bookings.public.access import personal, posted, remember, require_link
from bookings.public.manage_forms import ReachForm
from clinic import phones


@abuse.limited("find")
@require_http_methods(["GET", "HEAD", "POST"])
@require_link
def change_contact(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """The telephone changes at once; a new address only once its owner has opened our link there."""
    kept = {
        "email": consultation.email,
        "phone": consultation.phone_label,
        "texts": consultation.wants_texts,
    }
    form = ReachForm(posted(request), initial=kept, needs_email=bool(consultation.email))
    if request.method == "POST" and form.is_valid():
        try:
            if shown.of(request) != shown.reach(consultation):
                raise StaleVersion(shown.HAS_CHANGED)
            _change(request, consultation, form)
        except BookingError as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("manage", consultation.reference)
    context = {
        "consultation": consultation,
        "shown": shown.reach(consultation),
        "form": form,
    }
    return render(request, "bookings/public/change_contact.html", context)


def _change(request: HttpRequest, consultation: ConsultationRequest, form: ReachForm) -> None:
    now = timezone.now()
    email, phone = form.cleaned_data["email"], form.cleaned_data["phone"]
    texts = form.cleaned_data.get("texts", consultation.wants_texts)
    before = consultation.phone.as_e164 if consultation.phone else ""
    other_number = phones.split(phone) != (before, consultation.phone_extension)
    texted = consultation.wants_texts
    if other_number or texts != texted:
        transitions.change_phone(consultation, phone=phone, texts=texts, now=now)
    if other_number:
        messages.success(request, _("Your phone number is changed."))
    if consultation.wants_texts != texted:
        on, off = _("From now on we text you as well."), _("We no longer text you.")
        messages.success(request, on if consultation.wants_texts else off)
    if email and email.lower() != consultation.email.lower():
        transitions.ask_new_address(consultation, email=email, now=now)
        text = _(
            "Open the link that we mail to %(email)s. Until then we write to your old address."
        )
        messages.success(request, text % {"email": email})


@personal
@require_POST
def prove_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link at a new address was opened, and its owner confirms: from now on we write there."""
    now = timezone.now()
    link = AccessLink.objects.pending(now).filter(digest=digest(token)).first()
    try:
        consultation = transitions.prove_address(link, now=now) if link else None
    except BookingError:
        consultation = None
    if link is None or consultation is None:
        return render(request, "bookings/public/link_unknown.html", status=404)
    messages.success(request, _("Thank you. From now on we write to this address."))
    link.request = consultation
    return remember(request, redirect("manage", consultation.reference), link)

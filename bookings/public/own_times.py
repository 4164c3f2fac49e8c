"""The patient's own page of free times: moves a booked visit, or changes what was asked for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import transitions
from bookings.enums import AppointmentStatus
from bookings.errors import BookingError, InvalidTransition, StaleVersion, TimeTaken
from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.public import shown
from bookings.public.access import posted, require_link
from bookings.public.booking.draft_request import Offering
from bookings.public.booking.listing import Listing
from bookings.public.booking.time_forms import MoveForm, TimeForm, parse_start
from bookings.public.manage import show
from bookings.schedule import rota


@require_http_methods(["GET", "HEAD", "POST"])
@require_link
def choose_time(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """Free times on the page of a booked visit or of a request that waits for an answer."""
    now = timezone.now()
    booked = AppointmentStatus.BOOKED
    visit = consultation.appointments.filter(status=booked).select_related("practitioner").first()
    if visit and visit.is_inside_notice(now):
        late = {"consultation": consultation, "visit": visit}
        return render(request, "bookings/public/choose_time_late.html", late)
    people = rota.remembered(consultation.service, consultation.location, now=now).practitioners
    wished = _wished(request, people, visit, consultation)
    listing = Listing(
        Offering(consultation.service, consultation.location),
        wished,
        request.GET,
        {},
        now,
        ignoring=[one.pk for one in consultation.appointments.active()],
        but=visit.start if visit and wished in (None, visit.practitioner) else None,
    )
    form_class = MoveForm if visit else TimeForm
    form = form_class(posted(request), times=listing.times)
    if request.method == "POST" and form.is_valid():
        response = _change(request, consultation, visit, form, wished)
        if response:
            return response
    context: dict[str, Any] = {
        "consultation": consultation,
        "shown": _shown(consultation, wished),
        "visit": visit,
        "form": form,
        "offering": listing.offering,
        "people": people,
        "wished": wished,
        "listing": listing,
    }
    return render(request, "bookings/public/choose_time.html", context)


def _shown(consultation: ConsultationRequest, wished: Resource | None) -> str:
    """With whom the times are: somebody who has left the service is not replaced in silence."""
    return shown.code(shown.state(consultation), wished.pk if wished else "")


def _wished(
    request: HttpRequest,
    people: Any,
    visit: Appointment | None,
    consultation: ConsultationRequest,
) -> Resource | None:
    """The practitioner named in the address; else the one of the visit, who stays unless changed."""
    own = visit.practitioner_id if visit else consultation.practitioner_id
    key = request.GET.get("with", str(own))
    return next((person for person in people if str(person.pk) == key), None)


def _change(
    request: HttpRequest,
    consultation: ConsultationRequest,
    visit: Appointment | None,
    form: Any,
    wished: Resource | None,
) -> HttpResponse | None:
    """Make the change; nothing where it was refused and the page comes again with the reason."""
    now = timezone.now()
    try:
        if shown.of(request) != _shown(consultation, wished):
            raise StaleVersion(shown.HAS_CHANGED)
        if visit:
            start = parse_start(form.cleaned_data["times"])
            assert start
            transitions.move_own_visit(consultation, start=start, now=now, practitioner=wished)
            messages.success(request, _("Your appointment has a new time."))
        else:
            starts = [start for start in map(parse_start, form.ranked) if start]
            if not starts:  # the buttons of a new request, which this page does not have
                raise InvalidTransition
            transitions.change_wishes(consultation, starts, now=now)
            messages.success(request, _("Thank you. We have your new times."))
    except InvalidTransition as error:
        form.add_error(None, str(error.message))
        return show(request, consultation, refused=form)
    except (TimeTaken, BookingError) as error:
        form.add_error("times", str(error.message))
        return None
    return redirect("manage", consultation.reference)

"""A visitor chooses up to three times from what is free, or the waiting list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from bookings.models import Draft, Resource
from bookings.public.access import posted
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import chosen_offering, days_open, wished_practitioner
from bookings.public.booking.listing import Listing
from bookings.public.booking.steps import page, step
from bookings.public.booking.time_forms import DEFAULT_WEEKS, WAITING, TimeForm, WaitingForm
from bookings.schedule import rota


@step("time")
def times(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Up to three choices, from the times that are really free, ten days at a time."""
    offering = chosen_offering(draft)
    assert offering
    now = timezone.now()
    people = rota.remembered(offering.service, offering.location, now=now).practitioners
    kept = draft.answers.get("time") or draft.answers.get("wish", {})
    wished = _wished(request, people, kept)
    listing = Listing(offering, wished, request.GET, kept, now)
    form = TimeForm(posted(request), initial=_chosen(draft, kept), times=listing.times)
    if request.method == "POST" and form.is_valid():
        return _save(request, draft, form, wished)
    return page(
        request,
        "time",
        draft,
        form=form,
        offering=offering,
        people=people,
        wished=wished,
        listing=listing,
    )


def _chosen(draft: Draft, kept: dict[str, Any]) -> dict[str, Any]:
    """What was chosen before, as the form has it."""
    other = draft.answers.get("other-times", {})
    values = [kept.get("first"), other.get("second"), other.get("third")]
    found = [value for value in values if value]
    return {"times": found, "order": ",".join(found), "parts": other.get("parts", [])}


def _save(
    request: HttpRequest, draft: Draft, form: TimeForm, wished: Resource | None
) -> HttpResponse:
    first, second, third = [*form.ranked, "", ""][:3]
    given: dict[str, Any] = {
        "time": {"first": first, "practitioner": wished.pk if wished else None}
    }
    if first == WAITING:
        before = draft.answers.get("time", {}).get("first")
        if before != WAITING:
            draft.answers.pop("other-times", None)
        return drafts.save(request, redirect("book-waiting", draft.key), draft, **given)
    given["other-times"] = {
        "second": second,
        "third": third,
        "parts": form.cleaned_data["parts"],
    }
    return drafts.save(request, redirect("book-contact", draft.key), draft, **given)


def _wished(
    request: HttpRequest, people: Sequence[Resource], kept: dict[str, Any]
) -> Resource | None:
    """The practitioner named in the address, else the one chosen before."""
    key = request.GET.get("with", str(kept.get("practitioner")))
    found = {str(person.pk): person for person in people}
    if key not in found and key.isdecimal() and len(key) < 10:
        merged = Resource.objects.filter(pk=key).values_list("merged_into", flat=True).first()
        key = str(merged)
    return found.get(key)


@step("waiting")
def waiting(request: HttpRequest, draft: Draft) -> HttpResponse:
    """When a visitor who wants to wait for a time can come."""
    offering = chosen_offering(draft)
    assert offering
    if draft.answers["time"]["first"] != WAITING:
        return redirect("book-time", draft.key)
    form = WaitingForm(
        posted(request),
        initial={"weeks": DEFAULT_WEEKS} | draft.answers.get("other-times", {}),
        weekdays=days_open(offering, wished_practitioner(draft)),
    )
    if request.method == "POST" and form.is_valid():
        given = {"other-times": form.cleaned_data}
        return drafts.save(request, redirect("book-contact", draft.key), draft, **given)
    return page(request, "waiting", draft, form=form)

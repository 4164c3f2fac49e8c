"""Who works here: what patients may know of a practitioner before they choose one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from bookings.enums import KindOfVisit
from bookings.models import Practitioner
from clinic import languages


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who takes appointments."""
    found = Practitioner.objects.public()
    return render(request, "bookings/public/people.html", {"people": found, "crumbs": [_home()]})


@require_safe
def person(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One practitioner, found by number; the name in the address is for people to read.

    The page of a record that was merged into another leads to that one.
    """
    merged = Practitioner.objects.filter(pk=pk, resource__merged_into__isnull=False).first()
    if merged:
        pk = get_object_or_404(Practitioner, resource=merged.resource.merged_into_id).pk
    found = get_object_or_404(Practitioner.objects.public(), pk=pk)
    if request.path != found.url:
        return redirect(found, permanent=True)
    services = found.resource.services.filter(active=True)
    places = [(place, place.getting_there(KindOfVisit.CLINIC)) for place in found.places]
    above = {"title": gettext("Who you will see"), "url": reverse("people"), "ours": True}
    context = {"person": found, "services": services, "crumbs": [_home(), above], "places": places}
    context["graph"] = _structured(found, request)
    return render(request, "bookings/public/person.html", context)


def _structured(person: Practitioner, request: HttpRequest) -> dict[str, Any]:
    """In terms of https://schema.org/Person: what the page shows, and the clinic on the home page."""
    said = {
        "@type": "Person",
        "name": person.name,
        "jobTitle": person.role,
        "description": person.said.bio,
        "url": request.build_absolute_uri(person.url),
        "worksFor": {"@id": request.build_absolute_uri("/") + "#clinic"},
    }
    return {"@context": "https://schema.org", **{name: one for name, one in said.items() if one}}


def _home() -> dict[str, Any]:
    return {"title": gettext("Home"), "url": languages.local("/")}

"""Internal notes on a request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import transitions
from bookings.staff.answering import attempt
from bookings.staff.forms import NoteForm
from bookings.staff.triage import load


@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Whoever may see the request may write down what colleagues should know."""
    asked = load(request, reference)
    form = NoteForm(request.POST, auto_id="note-%s")
    return attempt(
        request,
        asked,
        "note",
        form,
        lambda now: transitions.note(
            asked,
            actor=transitions.staff(request.user),
            now=now,
            text=form.cleaned_data["text"],
        ),
        lambda: _("Note added to %(reference)s.") % {"reference": asked.reference},
        onward=False,
    )

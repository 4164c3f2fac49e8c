"""Did it help? One page of a minute, before the visit and some weeks after."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.errors import BookingError
from bookings.models import ConsultationRequest
from bookings.public.access import posted, require_link
from clinic.prepared import prepared
from plans import transitions
from plans.enums import Moment
from plans.models import FollowUp, Outcome
from plans.public.forms import ProgressForm

CLOSED = (
    RequestStatus.DECLINED,
    RequestStatus.WITHDRAWN,
    RequestStatus.EXPIRED,
    RequestStatus.SPAM,
)
WAS_THERE = (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW)


def moment_of(consultation: ConsultationRequest) -> Moment | None:
    """What the page asks now: what was asked last; before the visit, how it is without it.

    Before the visit nobody is asked whose service asks nobody later: there would be nothing to compare.
    """
    for asked in _asked_later(consultation):
        return Moment(asked)
    if consultation.status in CLOSED or not _follow_ups(consultation.service_id):
        return None
    been = consultation.appointments.filter(status__in=WAS_THERE).exists()
    return None if been else Moment.BASELINE


@prepared
def _asked_later(consultation: ConsultationRequest) -> QuerySet[Outcome, str]:
    rows = Outcome.objects.filter(request=consultation).exclude(moment=Moment.BASELINE)
    return rows.order_by("-asked_at").values_list("moment", flat=True)[:1]


@prepared
def _follow_ups(service: int) -> QuerySet[FollowUp, int]:
    return FollowUp.objects.filter(service=service).order_by().values_list("pk", flat=True)[:1]


@require_http_methods(["GET", "HEAD", "POST"])
@require_link
def progress(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    moment = moment_of(consultation)
    if moment is None:
        raise Http404
    row = consultation.outcomes.filter(moment=moment).first()
    kept = {name: getattr(row, name) for name in ("ability", "pain", "line")} if row else {}
    form = ProgressForm(posted(request), initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("moment") != moment:
                raise BookingError(_("We have asked you again since this page was shown."))
            transitions.answer(consultation, moment, now=timezone.now(), **form.cleaned_data)
        except BookingError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("Thank you for your answer."))
            return redirect("manage", consultation.reference)
    context = {
        "consultation": consultation,
        "form": form,
        "moment": moment,
        "is_before": moment == Moment.BASELINE,
        "goal": row.goal if row else transitions.goal_of(consultation),
        "answered": bool(row and row.answered_at),
    }
    return render(request, "plans/public/progress.html", context)

"""What plans hold about a person, for the copy that they may ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from bookings.models import ConsultationRequest
from bookings.privacy.subject_access import Fact, Row, Section, facts
from plans.enums import PlanStatus
from plans.models import PlanEvent, PlanExercise, ShareConsent, SharedDay

INTERNAL = {"plan", "consent", "fingerprint", "revision", "guide", "order", "key", "words"}


def sections(consultation: ConsultationRequest) -> list[Section]:
    """Everything but a plan that is still being written: nobody has agreed to it."""
    zone = consultation.location.zone
    plans = consultation.plans.exclude(status=PlanStatus.DRAFT).select_related("practitioner")

    def rows(found: Iterable[Model]) -> list[Row]:
        return [[fact for fact in facts(one, zone) if fact.name not in INTERNAL] for one in found]

    chosen: dict[str, Any] = {"plan__in": plans}
    exercises = PlanExercise.objects.filter(**chosen).order_by("plan", "order")
    return [
        Section(_("Your plans"), rows(plans)),
        Section(
            _("Exercises of your plans"),
            [_words(row) + more for row, more in zip(exercises, rows(exercises), strict=True)],
        ),
        Section(_("That you shared your days"), rows(ShareConsent.objects.filter(**chosen))),
        Section(_("Days that you shared"), rows(SharedDay.objects.filter(consent__plan__in=plans))),
        Section(_("What happened to your plans"), rows(PlanEvent.objects.filter(**chosen))),
        Section(_("How well it went"), rows(consultation.outcomes.all())),
    ]


def _words(row: PlanExercise) -> Row:
    text = "\n".join([*row.words["steps"], *row.words["cautions"], *row.words["stop_if"]])
    return [
        Fact("name", _("Exercise"), row.words["name"]),
        Fact("text", _("Text"), text),
        Fact("weekdays_chosen", _("Days, Monday is 1"), ", ".join(str(d + 1) for d in row.days)),
    ]

"""Who opened a service although no clinician has signed its questions, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.models.questions import SafetyQuestions


class AcceptedUnsigned(models.Model):
    """Whoever runs the clinic opens the service with these questions, knowing that they are unsigned.

    It goes for the texts that were published by then (`at`, UTC): a later one has to be signed, or
    accepted anew. Rows stay, as a record.
    """

    service = models.ForeignKey(
        "bookings.Service", on_delete=models.CASCADE, related_name="accepted_unsigned"
    )
    questions = models.ForeignKey(SafetyQuestions, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    who = models.CharField(_("who"), max_length=150)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(who=""),
                name="accepted_unsigned_by_somebody",
                violation_error_message=_("Somebody accepts it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id}/{self.questions_id} {self.at:%Y-%m-%d}"


def accept(service: Any, *, user: Any, now: datetime) -> AcceptedUnsigned:
    """Record that the user opens the service (a `Service`) with the questions that it has."""
    assert service.questions
    return AcceptedUnsigned.objects.create(
        service=service,
        questions=service.questions,
        user=user,
        who=user.get_full_name() or user.get_username(),
        at=now,
    )


def newest_for(service_id: int, questions: SafetyQuestions) -> AcceptedUnsigned | None:
    """The acceptance that goes for the texts as they are; None where they need one."""
    found = AcceptedUnsigned.objects.filter(service=service_id, questions=questions).first()
    return found if found and goes_for(questions.unsigned_texts(), found.at) else None


def goes_for(texts: Iterable[SafetyQuestions], accepted: datetime) -> bool:
    """Whether an acceptance of that time (UTC) goes for these texts: none was published since."""
    return not any(t.last_published_at and t.last_published_at > accepted for t in texts)

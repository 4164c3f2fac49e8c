"""Somebody asked twice: one of the requests is closed without a word, and the other is answered."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bookings.enums import CancelledBecause, DeclineReason, RequestStatus, Verb
from bookings.errors import InvalidTransition
from bookings.messages import unsent
from bookings.models import ConsultationRequest
from bookings.transitions.core import Actor, all_or_nothing, check, not_while_booked, set_status
from bookings.transitions.holds import drop_holds


@all_or_nothing
def close_duplicate(
    consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime
) -> None:
    """Close it as a duplicate: nothing is sent, its held time is free again, and it counts as no answer.

    Raises `StaleVersion`, and `InvalidTransition` where a visit is booked for it, or where no other request
    under the same email or phone is still with us: somebody has to be answered once.
    """
    check(consultation, RequestStatus.DECLINED, actor=actor, version=version)
    not_while_booked(consultation, actor)
    others = ConsultationRequest.objects.of_same_person(consultation)
    # Two colleagues may close each as a duplicate of the other: both lock both, in the same order.
    both = ConsultationRequest.objects.filter(
        pk__in=[consultation.pk, *others.values_list("pk", flat=True)]
    )
    list(both.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if not others.with_us(now).exists():
        raise InvalidTransition(_("No other request of theirs is still open, so this one counts."))
    set_status(
        consultation,
        RequestStatus.DECLINED,
        Verb.CLOSE_DUPLICATE,
        actor=actor,
        now=now,
        version=version,
        decline_reason=DeclineReason.DUPLICATE,
        staff_message="",
        needs_call=False,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.DECLINED)
    unsent.drop_earlier(consultation)

"""Ask for a status by the name of its enum member, so that no template spells a stored value."""

from django import template

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, ConsultationRequest

register = template.Library()


@register.filter
def is_status(consultation: ConsultationRequest, name: str) -> bool:
    """`{% if consultation|is_status:"OFFERED" %}`; a misspelt name is a KeyError, not a quiet False."""
    return consultation.status == RequestStatus[name]


@register.filter
def visit_is(visit: Appointment, name: str) -> bool:
    """The same of a visit."""
    return visit.status == AppointmentStatus[name]

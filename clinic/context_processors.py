from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic import last_known
from clinic.models import ClinicSettings


def clinic(request: HttpRequest) -> dict[str, object]:
    """`clinic` in every template: name, phone and safety wording, read only where it is used.

    `answer_hours` is by when the clinic promises an answer, in working hours.
    """
    return {
        "clinic": SimpleLazyObject(lambda: last_known.remember(ClinicSettings.current(request))),
        "answer_hours": settings.BOOKINGS["ANSWER_WITHIN_WORKING_HOURS"],
    }

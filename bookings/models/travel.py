"""How long the way between two locations takes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.directory import Location

LONGEST_WAY = 240
"""Minutes."""


class TravelTime(models.Model):
    """Minutes kept free between two visits of one person, one at each location; 0 where there is no row.

    They come on top of the buffers. A pair is one row, the location with the lower id first.
    """

    first = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField(_("minutes"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="travel_time_once_a_pair",
                violation_error_message=_("These two locations have a travel time already."),
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="travel_time_lower_id_first",
                violation_error_message=_("Name two different locations."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__lte=LONGEST_WAY),
                name="travel_time_to_240",
                violation_error_message=_("A way takes at most 240 minutes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}/{self.second_id}"

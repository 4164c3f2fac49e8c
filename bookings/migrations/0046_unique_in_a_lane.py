"""A cell is unique in its lane, instead of at all.

The new index stands before the old one goes, so that no moment is without one. The version before writes
lane 0 alone, where both mean the same; this version writes another lane only once it runs, after this.
"""

from django.db import migrations, models

from bookings.migrations._checks import AddCheck
from bookings.migrations._indexes import AddIndex, AddUnique


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL refuses CONCURRENTLY inside a transaction

    dependencies = [("bookings", "0045_lanes")]

    operations = [
        AddUnique(
            "timeclaim",
            models.UniqueConstraint(
                fields=["resource", "cell_start", "lane"],
                name="time_claim_lane_once",
                violation_error_message="That time is taken.",
            ),
        ),
        migrations.RemoveConstraint("timeclaim", "time_claim_cell_once"),
        AddIndex(
            "timeclaim",
            models.Index(
                fields=["cell_start"],
                condition=models.Q(lane__gt=0),
                name="time_claim_other_lanes",
            ),
        ),
        AddCheck(
            "timeclaim",
            models.CheckConstraint(
                condition=models.Q(lane=0)
                | models.Q(decided__isnull=False, decided=models.F("appointment")),
                name="time_claim_lane_decided",
                violation_error_message="Only a time that staff booked anyway may overlap.",
            ),
        ),
    ]

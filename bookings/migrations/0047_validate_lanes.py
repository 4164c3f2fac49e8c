"""Look at the claims that were there before the constraint."""

from django.db import migrations

from bookings.migrations._checks import Validate


class Migration(migrations.Migration):
    dependencies = [("bookings", "0046_unique_in_a_lane")]

    operations = [Validate("timeclaim", "time_claim_lane_decided")]

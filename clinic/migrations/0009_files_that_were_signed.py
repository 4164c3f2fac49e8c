"""A sign-off knows the files that its text showed; education's 0014 fills it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0008_sign_offs")]

    operations = [
        migrations.AddField(
            model_name="signoff",
            name="files",
            field=models.JSONField(blank=True, null=True),
        ),
    ]

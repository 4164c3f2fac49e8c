"""A site without a name is called by its host name in the admin: it gets the clinic's."""

from django.conf import settings
from django.db import migrations


def name(apps, schema_editor):
    Site = apps.get_model("wagtailcore", "Site")
    ClinicSettings = apps.get_model("clinic", "ClinicSettings")
    names = dict(ClinicSettings.objects.values_list("site_id", "name"))
    for site in Site.objects.filter(site_name=""):
        site.site_name = names.get(site.pk, settings.WAGTAIL_SITE_NAME)
        site.save(update_fields=["site_name"])


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0009_files_that_were_signed"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [migrations.RunPython(name, migrations.RunPython.noop)]

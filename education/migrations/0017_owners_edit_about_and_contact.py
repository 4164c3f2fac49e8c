"""Owners of a clinic that is there already edit its pages About and Contact, as those of a new one do."""

from django.db import migrations


def allow(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    Page = apps.get_model("wagtailcore", "Page")
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=["change_page", "publish_page"]
    )
    for group in Group.objects.filter(name="Owner"):
        for page in Page.objects.filter(slug__in=["about", "contact"], depth=3):
            for permission in permissions:
                GroupPagePermission.objects.get_or_create(
                    group=group, page=page, permission=permission
                )


class Migration(migrations.Migration):
    dependencies = [
        ("education", "0016_what_was_missing"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]

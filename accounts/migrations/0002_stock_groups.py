"""Wagtail's own groups beside ours go, where nobody is in them: "Editors" publish unreviewed guides."""

from django.db import migrations

STOCK = ["Editors", "Moderators"]


def remove_empty(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.filter(name__in=STOCK)
    groups.filter(user__isnull=True).delete()
    for name in groups.values_list("name", flat=True).distinct():
        print(
            f'\n  The group "{name}" came with Wagtail and has members, so it stays. Its members can '
            "publish guides without clinical review. Give them a role of the clinic's under "
            "Settings > Users, then delete the group under Settings > Groups.",
            end="",
        )


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_passkeys"),
        # Whatever makes these groups or names them has run.
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]

    operations = [migrations.RunPython(remove_empty, migrations.RunPython.noop)]

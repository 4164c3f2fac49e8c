from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BEFORE = (
    "This guide is general advice. It does not replace your own good judgement, "
    "or a visit to a doctor or physiotherapist."
)
AFTER = (
    "Our guides are general advice. They do not replace your own good judgement, "
    "or a visit to a doctor or physiotherapist."
)


def say_it_of_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Also stands on pages that are no guide. A clinic's own wording stays."""
    apps.get_model("clinic", "ClinicSettings").objects.filter(disclaimer=BEFORE).update(
        disclaimer=AFTER
    )


class Migration(migrations.Migration):
    dependencies = [("clinic", "0004_wording_in_other_languages")]

    operations = [
        migrations.AlterField(
            model_name="clinicsettings",
            name="disclaimer",
            field=models.TextField(default=AFTER, verbose_name="disclaimer"),
        ),
        migrations.RunPython(say_it_of_all, migrations.RunPython.noop),
    ]

from django.db import migrations, models


def forget_where_not_named(apps, schema_editor):
    """A clinic elsewhere has words of its own: no button of theirs may call a British number."""
    settings = apps.get_model("clinic", "ClinicSettings")
    settings.objects.exclude(urgent_wording__contains="111").update(urgent_number="")


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0006_email_in_one_word'),
    ]

    operations = [
        migrations.AddField(
            model_name='clinicsettings',
            name='urgent_number',
            field=models.CharField(blank=True, default='111', max_length=20, verbose_name='urgent number'),
        ),
        migrations.RunPython(forget_where_not_named, migrations.RunPython.noop, elidable=True),
    ]

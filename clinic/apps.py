from django.apps import AppConfig
from django.conf import settings


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "Clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import (
            checks,  # noqa: F401  (registers the system checks)
            content_version,
            moved_pages,
            reporting,
            rich_text,
            schedules,
            spreadsheets,
        )
        from clinic.review import files

        content_version.watch()
        files.watch()
        spreadsheets.install()
        rich_text.install()
        schedules.install()
        moved_pages.watch()
        reporting.start(settings.SENTRY_DSN)

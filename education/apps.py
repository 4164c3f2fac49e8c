from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EducationConfig(AppConfig):
    name = "education"
    verbose_name = "Education"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from education.seed.roles import join_new_texts

        post_migrate.connect(join_new_texts, dispatch_uid="join-new-texts")

"""`manage.py copy_database sqlite:////var/lib/clinic/clinic.sqlite3`: from SQLite to PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction

from clinic import environment, first_database

BATCH = 500
LEFT_OUT = {"wagtailsearch", "sessions"}
"""Made anew: the search index is another one in each database, and everybody logs in again."""


class Command(BaseCommand):
    help = "Copies another database into that of DATABASE_URL, in one transaction, and counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", help="the other database, written as DATABASE_URL is")
        parser.add_argument("--force", action="store_true", help="replace what is here already")

    def handle(self, *, source: str, force: bool, **options: Any) -> None:
        wanted = environment.database(environment.quoted(source))
        connections.settings["source"] = connections.configure_settings({"default": wanted})[
            "default"
        ]
        if connections["source"].vendor == connection.vendor:
            raise CommandError(f"Both are {connection.vendor}: use backup and restore.")
        first_database.fill(connection)
        call_command("migrate", database="default", verbosity=0, interactive=False)
        refuse_other_schema()
        copied = [
            model
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed
            and not model._meta.proxy
            and model._meta.app_label not in LEFT_OUT
        ]
        User = apps.get_model("auth", "User")
        if User.objects.exists() and not force:
            raise CommandError(
                "There is a site in DATABASE_URL already. Add --force to replace it."
            )
        with transaction.atomic(), transaction.atomic(using="source"):
            replace_everything(copied)
            rows = compare(copied)
        if "update_index" in get_commands():
            call_command("update_index", verbosity=0)
        if "check_claims" in get_commands():
            call_command("check_claims")
        self.stdout.write(f"Copied {rows} rows of {len(copied)} tables; every count is the same.")


def refuse_other_schema() -> None:
    """Both need the same migrations, or columns would not match."""
    from django.db.migrations.recorder import MigrationRecorder

    here = set(MigrationRecorder(connection).applied_migrations())
    there = set(MigrationRecorder(connections["source"]).applied_migrations())
    if newer := sorted(there - here):
        raise CommandError(
            f"The other database is of a newer version ({'.'.join(newer[-1])}): upgrade first."
        )
    if here != there:
        raise CommandError(
            "The other database is of an older version: run `prepare` with it first."
        )


def replace_everything(copied: list[type[models.Model]]) -> None:
    """Foreign keys are compared at the end of the transaction, so the order does not matter."""
    with connection.cursor() as cursor:
        names = [connection.ops.quote_name(model._meta.db_table) for model in copied]
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            for name in names:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608  # our own tables
        for model in copied:
            copy(model, cursor)
        for statement in connection.ops.sequence_reset_sql(no_style(), copied):
            cursor.execute(statement)


def copy(model: type[models.Model], cursor: Any) -> None:
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    query = f"INSERT INTO {table} ({columns}) VALUES ({holes})"  # noqa: S608
    rows = model._base_manager.using("source").values_list(*[field.attname for field in fields])
    batch: list[list[Any]] = []
    for row in rows.iterator(chunk_size=BATCH):
        values = zip(fields, row, strict=True)
        batch.append([field.get_db_prep_save(value, connection) for field, value in values])
        if len(batch) == BATCH:
            cursor.executemany(query, batch)
            batch = []
    if batch:
        cursor.executemany(query, batch)


def compare(copied: list[type[models.Model]]) -> int:
    """All rows; raises where a table has another number of them here than there."""
    total = 0
    for model in copied:
        here = model._base_manager.using("default").count()
        if here != model._base_manager.using("source").count():
            raise CommandError(
                f"{model._meta.db_table} has other rows than before: nothing was copied."
            )
        total += here
    return total

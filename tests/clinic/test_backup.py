"""A backup that was never restored is a hope. Here each is restored."""

from __future__ import annotations

import gzip
import sqlite3
import tarfile
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from bookings import transitions
from bookings.models import ConsultationRequest
from clinic.backup import archive, making, postgres, restoring
from clinic.backup import sqlite as sqlite_backup
from clinic.backup.errors import BackupError
from tests.bookings.canary import tables_with
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.both

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)


def has_pg_dump() -> bool:
    try:
        return bool(postgres.program("pg_dump"))
    except BackupError:
        return False


dumps = pytest.mark.skipif(
    connection.vendor == "postgresql" and not has_pg_dump(),
    reason="no pg_dump here (the server is a wheel's): sudo apt-get install postgresql-client",
)


def silent(_text: str) -> None:
    pass


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    """Uploads, attachments and backups of this test alone."""
    settings.VAR = tmp_path
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY = ""
    settings.MEDIA_ROOT = tmp_path / "media"
    private = settings.STORAGES["private"]["OPTIONS"] | {"location": str(tmp_path / "private")}
    storage = settings.STORAGES["private"] | {"OPTIONS": private}
    settings.STORAGES = settings.STORAGES | {"private": storage}
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "hip.png").write_bytes(b"a picture")
    return tmp_path


@pytest.fixture
def reference(transactional_db):
    service, location, _people = make_clinic()
    make_request(service, location, verified=False, email="gone@example.org")
    return make_request(service, location, verified=False).reference


@dumps
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_restored_site_is_what_it_was(
    settings, places, reference, django_user_model, encrypted, capsys
):
    settings.BACKUP_KEY = archive.new_key() if encrypted else ""
    django_user_model.objects.create_user("ruth", password="correct horse")
    Session.objects.create(session_key="open", session_data="", expire_date=AT)
    call_command("backup")
    (file,) = making.kept()
    last = making.last()
    assert (b"SQLite format" in file.read_bytes()) is False
    assert last and (last.name, last.encrypted) == (file.name, encrypted)

    gone = ConsultationRequest.objects.exclude(reference=reference).get()
    transitions.erase(
        gone, actor=transitions.SYSTEM, version=gone.version, now=MONDAY, because="asked"
    )
    ConsultationRequest.objects.update(name="Changed since")
    django_user_model.objects.all().delete()
    (places / "media" / "hip.png").unlink()
    (places / "media" / "newer.png").write_bytes(b"newer")
    with pytest.raises(CommandError, match="--force"):
        call_command("restore")
    call_command("restore", "--force")

    assert ConsultationRequest.objects.get(reference=reference).name == "Maria Example"
    assert ConsultationRequest.objects.count() == 2
    assert tables_with("gone@example.org") == []  # erased since the backup, and still
    assert django_user_model.objects.get().check_password("correct horse")
    assert not Session.objects.exists()  # whoever was logged in then logs in anew
    assert [path.name for path in (places / "media").iterdir()] == ["hip.png"]
    assert not list(making.folder().glob(".working-*"))
    assert "Restored the state of" in capsys.readouterr().out


@pytest.fixture
def slow_dump(tmp_path, monkeypatch):
    """pg_dump takes longer than the server lets a connection idle in its transaction."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        wait = "sleep 3\n" if name == "pg_dump" else ""
        script = f'#!/bin/sh\n{wait}exec "{postgres.program(name)}" "$@"\n'
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PG_BINDIR", str(programs))
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} SET idle_in_transaction_session_timeout = 500")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} RESET idle_in_transaction_session_timeout")


@dumps
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="of PostgreSQL's limits")
def test_a_slow_dump_outlasts_the_servers_limits(reference, slow_dump, places):
    call_command("backup", verbosity=0)
    assert list((places / "backups").glob("clinic-*"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="of SQLite's file")
def test_a_leftover_wal_file_does_no_harm(tmp_path, settings, reference):
    """A -wal that another database left would be read into the restored one, and corrupt it."""
    file = making.make(now=AT, say=silent)
    name = connection.settings_dict["NAME"]
    restoring.close_connections()
    for suffix in sqlite_backup.BESIDE:
        with open(name + suffix, "wb") as left:
            left.write(b"left over" * 10_000)
    restoring.restore(file, force=True, say=silent)
    assert ConsultationRequest.objects.filter(reference=reference).exists()
    with sqlite_backup.opened(name) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="of SQLite's file")
def test_nothing_is_replaced_under_a_running_site(reference):
    file = making.make(now=AT, say=silent)
    web = sqlite3.connect(connection.settings_dict["NAME"])
    web.execute("SELECT count(*) FROM bookings_consultationrequest").fetchone()
    with pytest.raises(BackupError, match="stop the web server"):
        restoring.restore(file, force=True, say=silent)
    web.close()


@pytest.fixture
def packed(places):
    """An archive of one file, plain and encrypted, and the key."""
    key = archive.new_key()
    plain, secret = places / "clinic.tar.gz", places / "clinic.tar.gz.age"
    manifest = archive.Manifest("sqlite", AT.isoformat(), {})
    archive.pack(plain, manifest, {"media": places / "media"}, say=silent)
    archive.encrypt(plain, secret, key)
    (places / "out").mkdir()
    return plain, secret, key


def test_an_encrypted_file_opens_with_its_key_alone(packed, places):
    _plain, secret, key = packed
    assert archive.unpack(secret, places / "out", key=key).files.keys() == {"media/hip.png"}
    assert b"a picture" not in secret.read_bytes()
    for wrong in ("", archive.new_key(), "nonsense"):
        with pytest.raises(BackupError, match="BACKUP_KEY"):
            archive.unpack(secret, places / "out", key=wrong)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("harm", ["cut", "flip", "empty"])
def test_a_damaged_file_is_refused(packed, places, which, harm):
    file, key = packed[which], packed[2]
    data = bytearray(file.read_bytes())
    if harm == "cut":
        del data[len(data) // 2 :]
    elif harm == "flip":
        data[len(data) // 2] ^= 255
    else:
        data.clear()
    file.write_bytes(data)
    with pytest.raises(BackupError, match="damaged|broke off|BACKUP_KEY"):
        archive.unpack(file, places / "out", key=key)


def test_a_flipped_bit_is_refused_or_changes_nothing(packed, places):
    """Also where no file's own hash looks: in the padding of a tar header, in the manifest's date."""
    plain, intact = packed[0], packed[0].read_bytes()
    harmless = []
    for place in range(len(intact)):
        data = bytearray(intact)
        data[place] ^= 1
        plain.write_bytes(data)
        try:
            archive.unpack(plain, places / "out", key="")
        except BackupError:
            continue
        harmless.append(place)
        assert gzip.decompress(data) == gzip.decompress(intact), place
    # RFC 1952 puts a date, a name and a few unused bits under no checksum.
    assert len(harmless) < len(intact) / 4


@pytest.mark.parametrize(
    "member",
    [{"name": "../outside"}, {"name": "/tmp/outside"}, {"name": "link", "type": tarfile.SYMTYPE}],
)
def test_no_file_leads_out_of_its_folder(member, places):
    """Whoever can change a backup that has no key must not write elsewhere by it."""
    info = tarfile.TarInfo(member["name"])
    info.type, info.linkname = member.get("type", tarfile.REGTYPE), "/etc/passwd"
    with tarfile.open(places / "hostile.tar.gz", "w:gz") as tar:
        tar.addfile(info)
    with pytest.raises(BackupError, match="damaged"):
        archive.unpack(places / "hostile.tar.gz", places / "out", key="")
    assert not list(places.rglob("outside")) and not (places / "out" / "link").is_symlink()


def test_a_backup_of_a_newer_version_is_refused():
    ours, later = "clinic.0001_initial", "clinic.9999_later"
    gone = "otp_totp.0001_initial"  # of a package that an older version used
    restoring.refuse_unknown(archive.Manifest("sqlite", "", {}, migrations=[ours, gone]))

    with pytest.raises(BackupError, match=later):
        restoring.refuse_unknown(archive.Manifest("sqlite", "", {}, migrations=[ours, later]))


@pytest.mark.django_db
def test_a_backup_notes_its_migrations(places, tmp_path):
    _packed, manifest = making.pack(tmp_path, now=AT, say=silent)

    assert "clinic.0001_initial" in manifest.migrations


def test_only_the_newest_backups_are_kept(settings):
    settings.BACKUPS_KEPT = 2
    for hour in range(4):
        (making.folder() / f"clinic-20261124T0{hour}0000Z.tar.gz").touch()
    (making.folder() / "erasures.ledger").touch()
    making.forget_oldest(silent)
    left = {path.name for path in making.folder().iterdir()}
    assert left == {
        "clinic-20261124T030000Z.tar.gz",
        "clinic-20261124T020000Z.tar.gz",
        "erasures.ledger",
    }


@pytest.mark.parametrize("wanted", [0, -1])
def test_the_newest_stays_whatever_the_setting_says(settings, wanted):
    settings.BACKUPS_KEPT = wanted
    for hour in range(3):
        (making.folder() / f"clinic-20261124T0{hour}0000Z.tar.gz").touch()
    making.forget_oldest(silent)
    assert [path.name for path in making.kept()] == ["clinic-20261124T020000Z.tar.gz"]


def test_two_at_once_do_not_spoil_each_other():
    with making.workplace() as first:
        with pytest.raises(BackupError, match="running"), making.workplace():
            pass
        assert first.exists()


@dumps
def test_uploads_in_a_bucket_stay_there(settings, places, reference, capsys):
    call_command("backup")
    (file,) = making.kept()
    (places / "media" / "hip.png").unlink()
    settings.MEDIA_BUCKET = "https://s3.example.org/clinic"

    call_command("restore", str(file), "--force")

    said = capsys.readouterr().out
    assert "stay in https://s3.example.org/clinic" in said
    assert f"{file.name} holds 1 from before" in said
    assert not (places / "media" / "hip.png").exists()


@pytest.mark.parametrize(
    "name, told",
    [
        ("gone", "no file .*Give its whole path"),
        (".", "cannot be read"),
        ("x" * 300, "cannot be read"),
    ],
)
def test_what_it_cannot_read_is_one_line(places, name, told):
    with pytest.raises(CommandError, match=told):
        call_command("restore", str(places / name))

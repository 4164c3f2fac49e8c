"""An accepted request always leads to its mail, whatever the mail server or the worker goes through."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from post_office.models import STATUS, Attachment, Email

from bookings.messages import send
from tests.factories import MONDAY
from tests.faults.mail import (
    PATIENCE,
    ROOT,
    Server,
    end_leases,
    free_port,
    queue,
    send_all,
    unsent,
    wait_until_all_sent,
    worker,
)

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def smtp(settings):
    """A server, and the outbox of this process pointed at it."""
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": {"default": SMTP}}
    with Server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 2
        yield server


def end(process) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)


def test_smtp_down_for_ten_minutes(smtp, settings, figure):
    ids = queue(100, now=MONDAY)
    settings.EMAIL_PORT = free_port()  # nobody listens there
    for minute in range(10):
        send_all(MONDAY + minute * MINUTE)
    assert not smtp.given and not Email.objects.filter(status=STATUS.failed).exists()
    settings.EMAIL_PORT = smtp.port
    minute = 10
    while unsent():
        send_all(MONDAY + minute * MINUTE)
        minute += 1
    assert set(smtp.given) == set(ids) and smtp.twice == 0
    figure(
        "The mail server is away for ten minutes",
        f"100 of 100 delivered, the last {minute - 1 - 10} minutes after it was back, 0 twice",
    )


def test_smtp_421(smtp, figure):
    ids = queue(50, now=MONDAY)
    refused = set()

    def answer(message_id):
        if message_id in refused:
            return "250 OK"
        refused.add(message_id)
        return "421 Come back later"

    smtp.answer = answer
    send_all(MONDAY)
    assert refused == set(ids) and unsent() == 50
    send_all(MONDAY + MINUTE)
    assert unsent() == 0 and set(smtp.given) == set(ids)
    figure(
        "The mail server says “not now” (421) to every mail once",
        "50 of 50 delivered a minute later, under the same Message-ID",
    )


def test_smtp_550_and_a_poison_message(smtp, figure, caplog):
    """One address that does not exist and one mail that cannot even be put together, first in line."""
    ids = queue(50, now=MONDAY)
    poison = Email.objects.get(message_id=ids[0])
    lost = Attachment.objects.create(name="lost.ics", mimetype="text/calendar", file="nowhere.ics")
    poison.attachments.add(lost)
    smtp.answer = lambda message_id: "550 No such user" if message_id == ids[1] else "250 OK"
    send_all(MONDAY)
    assert set(smtp.given) == set(ids[1:])
    refused = Email.objects.get(message_id=ids[1])
    assert refused.status == STATUS.failed and refused.logs.get().message.startswith("550")
    assert unsent() == 2
    now = MONDAY
    for wait in send.RETRIES:
        now += wait
        send_all(now)
    poison.refresh_from_db()
    assert poison.status == STATUS.failed and smtp.twice == 0
    figure(
        "One address is refused (550), one mail is broken, both first in line",
        "the other 48 of 48 delivered in the same minute; both shown to staff as not delivered",
    )


def test_smtp_hangs(smtp, settings, figure):
    """It takes the connection and never says a word."""
    import socket

    ids = queue(3, now=MONDAY)
    settings.EMAIL_TIMEOUT = 0.3
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_PORT = silent.getsockname()[1]
        rounds = 0
        while send.oldest_due(MONDAY):
            assert send.send_due(now=MONDAY) == 0
            rounds += 1
    assert rounds == 3  # a round ends with the first timeout, and the worker does its other work
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = smtp.port, 5
    send_all(MONDAY + MINUTE)
    assert set(smtp.given) == set(ids) and smtp.twice == 0
    figure(
        "The mail server takes the connection and says nothing",
        "one timeout a round; 3 of 3 delivered a minute after it spoke again, 0 twice",
    )


def test_smtp_connection_drops_after_data(smtp, figure):
    """The server has the mail, and the worker never learns it: sent again, rather than lost."""
    ids = queue(20, now=MONDAY)
    dropped = set()

    def answer(message_id):
        if message_id not in dropped:
            dropped.add(message_id)
            smtp.transport.abort()
        return "250 OK"

    smtp.answer = answer
    send_all(MONDAY)
    send_all(MONDAY + MINUTE)
    assert unsent() == 0 and set(smtp.given) == set(ids) and smtp.twice == 20
    figure(
        "The connection breaks after each mail is handed over, before the answer",
        "0 of 20 lost; each came twice under one Message-ID, by which mail programs know it again",
    )


def test_worker_killed_twenty_times(figure):
    """Half of the kills fall between the server's taking a mail and the worker's learning it."""
    kills, total = 20, 400
    ids = queue(total)
    with Server() as server:
        for number in range(kills):
            process = worker(server)
            target = server.given.total() + 10 + number % 8
            in_hand = number % 2 == 0

            def answer(message_id, target=target, in_hand=in_hand, process=process):
                if in_hand and server.given.total() == target:
                    os.kill(process.pid, signal.SIGKILL)
                return "250 OK"

            server.answer = answer
            server.wait_until(lambda target=target: server.given.total() >= target)
            process.kill()
            assert process.wait(PATIENCE) == -signal.SIGKILL
            end_leases()
        server.answer = lambda message_id: "250 OK"
        process = worker(server)
        wait_until_all_sent()
        assert end(process) == 0
    assert set(server.given) == set(ids)
    assert kills // 2 <= server.twice <= kills
    figure(
        "The worker is killed (kill -9) 20 times over 400 mails",
        f"0 lost, {server.twice} came twice (at most one a kill), under the same Message-ID",
    )


def test_workers_two_at_once(figure):
    ids = queue(300)
    with Server() as server:
        workers = [worker(server), worker(server)]
        server.wait_until(lambda: len(server.given) == 300)
        assert [end(process) for process in workers] == [0, 0]
    assert set(server.given) == set(ids) and server.twice == 0 and unsent() == 0
    figure("Two workers at once, 300 mails", "300 delivered, 0 twice")


def test_worker_stops_cleanly(figure):
    """SIGTERM while a mail is in hand: that one is finished, the rest waits for the next worker."""
    ids = queue(50)
    with Server() as server:
        process = worker(server)

        def answer(message_id):
            if server.given.total() == 5:
                process.send_signal(signal.SIGTERM)
            return "250 OK"

        server.answer = answer
        assert process.wait(PATIENCE) == 0
        first = server.given.total()
        assert first + unsent() == 50 and first < 10
        server.answer = lambda message_id: "250 OK"
        process = worker(server)
        server.wait_until(lambda: len(server.given) == 50)
        assert end(process) == 0
    assert server.twice == 0 and set(server.given) == set(ids)
    figure(
        "The worker is told to stop (SIGTERM) with mail in hand",
        "it finishes that mail and ends with 0; 0 of 50 lost, 0 twice",
    )


def test_worker_survives_a_database_restart(figure):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no server to restart")
    restarts, total = 3, 90
    with connection.cursor() as cursor:
        # As in production: the tests' server is set to be fast, and forgets its last moments.
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    connection.close()
    ids = queue(total)
    with Server() as server:
        process = worker(server)
        for number in range(restarts):
            server.wait_until(lambda number=number: server.given.total() >= 20 * (number + 1))
            restart_postgresql()
            end_leases()
        wait_until_all_sent()
        assert process.poll() is None  # still the first one
        assert end(process) == 0
    assert set(server.given) == set(ids) and server.twice <= restarts
    figure(
        "PostgreSQL is restarted (immediate) 3 times while the worker sends 90 mails",
        f"the worker lives on; 0 lost, {server.twice} came twice, under the same Message-ID",
    )


def restart_postgresql():
    sys.path.insert(0, str(ROOT / "bin"))
    import pgtemp

    server = pgtemp.Server.__new__(pgtemp.Server)
    server.programs, server.account = pgtemp.find_programs(), pgtemp.unprivileged_account()
    server.folder = Path(
        connection.settings_dict["OPTIONS"].get("host") or connection.settings_dict["HOST"]
    )
    server.log = server.folder / "log"
    server.must(
        "pg_ctl", "-D", "data", "-l", "server.log", "-m", "immediate", "-w", "-t", "60", "restart"
    )
    for _each in range(20):  # the pool's connections are broken: each is found out when it is used
        try:
            connection.close()
            Email.objects.exists()
            return
        except OperationalError:
            continue
    raise AssertionError("no connection after the restart")

"""Health for the host: the process runs, the database answers."""

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from evaluations.views import health


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_health_is_ok_without_signing_in(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
def test_the_process_is_healthy_without_asking_the_database_even_for_a_session(
    client, django_assert_num_queries
):
    client.force_login(get_user_model().objects.create_user("jo"))
    client.get("/readyz")  # the first one looks at the migrations too
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


def test_the_process_is_healthy_while_the_database_is_away(client):
    # No django_db mark: any query here would fail the test.
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_readiness_ends_with_the_database(client, monkeypatch):
    def away():
        raise OperationalError("could not connect to 10.0.0.7")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database unavailable")


@pytest.mark.django_db
def test_readiness_waits_for_migrations_and_then_looks_no_more(client, monkeypatch):
    monkeypatch.setattr(health, "_seen_migrated", [])
    newest = MigrationRecorder.Migration.objects.filter(app="evaluations").order_by("pk").last()
    newest.delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations missing")
    newest.save(force_insert=True)
    assert client.get("/readyz").status_code == 200
    newest.delete()
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_health_can_only_be_read(client, address):
    assert client.post(address).status_code == 405


def test_health_is_asked_over_plain_http_from_inside(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 301

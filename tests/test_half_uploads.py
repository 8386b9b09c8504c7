"""Half of a form is no form: nothing of it is saved, no error is logged, and others are served meanwhile."""

import pytest

from evaluations.models import Finding

from .base import PASSWORD
from .faults import uploads
from .servers import Server

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/e/practice/findings/new/"


def form(strand):
    cell = {"kind": "barrier", "condition": "power", "strand": strand.pk, "lasting": "not_judged"}
    return cell | {"scope": "", "status": "draft", "text": "Families who had to move were never asked."}


def test_of_a_form_that_broke_off_nothing_is_saved(cast, tmp_path):
    fields = form(cast.evaluation.strand)
    with (tmp_path / "log").open("w+") as log, Server(workers=1, log=log) as server:
        client = uploads.Client(server, "evelyn", PASSWORD)
        statuses = uploads.broken_off(client, NEW, fields)
        assert set(statuses.values()) <= {400, None}
        assert not Finding.objects.exists()

        whole = uploads.urlencoded(fields)
        more = client.send(client.head(NEW, len(whole)), whole + b"&text=Something+else")
        assert more in (302, None), "the rest is not read; some never see the answer for it"
        client.send(client.head(NEW, len(whole)), whole, close=True)  # nobody reads the answer
        assert client.browser.get(server, NEW).status_code == 200
        log.seek(0)
        assert '"status": 500' not in log.read()
    assert [row.text for row in Finding.objects.all()] == [fields["text"]] * 2

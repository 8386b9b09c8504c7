"""The cast, for every test; and a watch that templates cause no query."""

import pytest
from django.db import connection
from django.template.response import SimpleTemplateResponse
from django.test.utils import CaptureQueriesContext

from tests.base import cast, evaluation, legacy, legacy_cast

__all__ = ["cast", "evaluation", "legacy", "legacy_cast"]


@pytest.fixture(autouse=True)
def templates_cause_no_query(monkeypatch):
    """Fail any test in which a template of ours asks the database; admin and allauth pages are exempt."""
    render = SimpleTemplateResponse.rendered_content.fget
    asked = []

    def watched(response):
        if not str(response.template_name).startswith("evaluations/"):
            return render(response)
        with CaptureQueriesContext(connection) as queries:
            content = render(response)
        asked.extend(f"{response.template_name}: {query['sql']}" for query in queries)
        return content

    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(watched))
    yield
    assert not asked, "templates get finished values:\n" + "\n".join(asked)

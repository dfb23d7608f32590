"""The OpenAPI document: valid, complete and true."""

from typing import Any, cast

import msgspec
import pytest
from openapi_spec_validator import validate

from api import agent, events, health, imports, insights, me, partners, routing
from api.problems import MEDIA_TYPE, ProblemDetails
from tests.api.conftest import Caller

Document = dict[str, Any]

ANSWERS: dict[tuple[str, str], type] = {
    ("/api/me", "get"): me.Me,
    ("/api/live", "get"): str,
    ("/api/partners/performance", "get"): partners.PartnerPage,
    ("/api/partners/{partner_id}/performance", "get"): partners.PartnerPerformance,
    ("/api/admin/ai-router/performance-debug", "get"): partners.PerformanceDebug,
    ("/api/reports/users/{user_id}/insights", "get"): insights.MemberInsights,
    ("/agent/analytics/kpis", "get"): agent.AgentKpis,
    ("/agent/analytics/ranking", "get"): agent.Ranking,
    ("/agent/analytics/funnel", "get"): agent.Funnel,
    ("/agent/analytics/lead-sources", "get"): agent.LeadSources,
    ("/agent/analytics/revenue-trends", "get"): agent.RevenueTrends,
    ("/agent/analytics/response-times", "get"): agent.ResponseTimes,
    ("/agent/analytics/activities", "get"): agent.Activities,
    ("/agent/analytics/insights", "get"): agent.Insights,
    ("/agent/goals", "get"): agent.Goals,
    ("/agent/goals", "post"): agent.Goals,
    ("/agent/goals", "put"): agent.Goals,
    ("/agent/achievements", "get"): agent.Achievements,
    ("/api/events", "post"): events.EventResults,
    ("/api/imports", "post"): imports.ImportReport,
    ("/api/imports", "get"): imports.ImportPage,
    ("/api/imports/{import_id}", "get"): imports.ImportReport,
    ("/api/imports/{import_id}/rejects", "get"): imports.FaultPage,
    ("/api/imports/{import_id}/rejects.csv", "get"): str,
    ("/api/routing/leads/{lead_id}/candidates", "get"): routing.Candidates,
    ("/api/routing/leads/{lead_id}/assign", "post"): routing.Decision,
    ("/api/routing/leads/{lead_id}/respond", "post"): routing.Replied,
    ("/api/routing/leads/{lead_id}/explanation", "get"): routing.Explanation,
    ("/api/routing/settings", "get"): routing.RoutingSettings,
    ("/api/routing/settings", "put"): routing.RoutingSettings,
    ("/health/live", "get"): health.Live,
    ("/health/ready", "get"): health.Ready,
    ("/metrics", "get"): str,
}


@pytest.fixture
def document(caller: Caller) -> Document:
    response = caller.get(None, "/schema/openapi.json")
    assert response.status_code == 200
    return msgspec.json.decode(response.content)


def operations(document: Document) -> dict[tuple[str, str], Document]:
    return {
        (path, method): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_the_document_is_valid_openapi_3_1(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_is_documented(document: Document) -> None:
    found = operations(document)

    assert found.keys() == ANSWERS.keys()
    assert len({operation["operationId"] for operation in found.values()}) == len(found)
    for key, operation in found.items():
        assert operation["summary"], key
        assert operation["description"], key
        guarded = key[0].startswith(("/api", "/agent"))
        assert bool(operation.get("security")) is guarded, key
        wanted = {"400", "401", "403", "404", "500", "503", "504"} if guarded else {"500"}
        assert wanted <= operation["responses"].keys(), key
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (key, parameter["name"])


def test_every_example_is_one_of_what_is_answered(document: Document) -> None:
    for key, operation in operations(document).items():
        for status, response in operation["responses"].items():
            if status == "304":
                assert "content" not in response
                continue
            ((media_type, content),) = response["content"].items()
            (example,) = content["examples"].values()
            if int(status) < 400:
                found = cast(
                    "object", msgspec.convert(example["value"], ANSWERS[key], strict=False)
                )
                assert found, key
            else:
                assert media_type == MEDIA_TYPE
                problem = msgspec.convert(example["value"], ProblemDetails)
                assert problem.status == int(status)


def test_the_page_needs_no_other_server(caller: Caller) -> None:
    page = caller.get(None, "/schema")

    assert page.status_code == 200
    assert "/api/partners/performance" in page.text
    assert "://" not in page.text.replace("urn:", "")
    assert "<script" not in page.text

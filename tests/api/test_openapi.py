"""The OpenAPI document: valid, complete and true."""

from typing import Any, cast
from uuid import UUID

import msgspec
import pytest
from openapi_spec_validator import validate

from api import (
    agent,
    branches,
    events,
    exports,
    freshness,
    health,
    imports,
    insights,
    me,
    ops,
    partners,
    reporting,
    reps,
    routing,
    segments,
)
from api.problems import MEDIA_TYPE, ProblemDetails
from tests.api.conftest import Caller, Reader

Document = dict[str, Any]

REPORTING = "/api/analytics/reporting"

ANSWERS: dict[tuple[str, str], type] = {
    ("/api/me", "get"): me.Me,
    ("/api/branches", "get"): branches.BranchPage,
    ("/api/live", "get"): str,
    ("/api/freshness", "get"): freshness.Freshness,
    ("/api/ops/refreshes", "get"): ops.Refreshes,
    ("/api/ops/verification", "get"): ops.Verification,
    ("/api/partners/performance", "get"): partners.PartnerPage,
    ("/api/partners/{partner_id}/performance", "get"): partners.PartnerPerformance,
    ("/api/partners/daily", "get"): partners.PartnersDaily,
    ("/api/admin/ai-router/performance-debug", "get"): partners.PerformanceDebug,
    ("/api/reports/users/{user_id}/activities", "get"): agent.Activities,
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
    ("/api/reports/rep-performance", "get"): list[reps.RepPerformance],
    ("/api/reports/leaderboard", "get"): list[reps.RepPerformance],
    ("/api/reports/users/{user_id}/performance", "get"): reps.RepPage,
    ("/api/reports/users/{user_id}/trends", "get"): reps.Trend,
    ("/api/reports/compare", "get"): list[reps.RepPerformance],
    ("/api/reports/team-goals", "get"): reps.TeamGoals,
    ("/api/reports/metrics", "get"): reps.MetricPage,
    ("/api/reports/metrics", "post"): reps.Metric,
    ("/api/reports/metrics/{metric_id}", "get"): reps.Metric,
    ("/api/reports/metrics/{metric_id}", "put"): reps.Metric,
    ("/api/reports/metrics/{metric_id}", "delete"): type(None),
    ("/api/routing/leads/{lead_id}/candidates", "get"): routing.Candidates,
    ("/api/routing/leads/{lead_id}/assign", "post"): routing.Decision,
    ("/api/routing/leads/{lead_id}/respond", "post"): routing.Replied,
    ("/api/routing/leads/{lead_id}/explanation", "get"): routing.Explanation,
    ("/api/routing/decisions", "get"): routing.DecisionPage,
    ("/api/routing/waiting", "get"): routing.WaitingPage,
    ("/api/routing/simulation", "post"): routing.Simulation,
    ("/api/routing/settings", "get"): routing.RoutingSettings,
    ("/api/routing/settings", "put"): routing.RoutingSettings,
    ("/api/dashboard/top-segments", "get"): segments.TopSegments,
    ("/api/segments", "get"): segments.SegmentPage,
    ("/api/segments", "post"): segments.SegmentHistory,
    ("/api/segments/performance", "get"): segments.PerformancePage,
    ("/api/segments/compare", "get"): segments.Comparison,
    ("/api/segments/preview", "post"): segments.PreviewAnswer,
    ("/api/segments/{segment_id}", "get"): segments.SegmentHistory,
    ("/api/segments/{segment_id}", "put"): segments.SegmentHistory,
    ("/api/segments/{segment_id}", "delete"): segments.SegmentHistory,
    ("/api/segments/{segment_id}/leads", "get"): segments.LeadPage,
    ("/api/segments/{segment_id}/performance", "get"): segments.SegmentReport,
    ("/api/segments/{segment_id}/trend", "get"): segments.Trend,
    (f"{REPORTING}/templates", "get"): reporting.TemplatePage,
    (f"{REPORTING}/templates", "post"): reporting.Template,
    (f"{REPORTING}/templates/{{template_id}}", "get"): reporting.Template,
    (f"{REPORTING}/templates/{{template_id}}", "put"): reporting.Template,
    (f"{REPORTING}/templates/{{template_id}}", "delete"): dict[str, UUID],
    (f"{REPORTING}/subscriptions", "get"): reporting.SubscriptionPage,
    (f"{REPORTING}/subscriptions", "post"): reporting.Subscription,
    (f"{REPORTING}/subscriptions/{{subscription_id}}", "get"): reporting.Subscription,
    (f"{REPORTING}/subscriptions/{{subscription_id}}", "put"): reporting.Subscription,
    (f"{REPORTING}/subscriptions/{{subscription_id}}", "delete"): dict[str, UUID],
    (f"{REPORTING}/generate", "post"): reporting.Delivery,
    (f"{REPORTING}/send", "post"): reporting.Delivery,
    (f"{REPORTING}/deliveries", "get"): reporting.DeliveryPage,
    (f"{REPORTING}/deliveries/{{delivery_id}}", "get"): reporting.Delivery,
    (f"{REPORTING}/deliveries/{{delivery_id}}/html", "get"): str,
    (f"{REPORTING}/deliveries/{{delivery_id}}/pdf", "get"): str,
    ("/health/live", "get"): health.Live,
    ("/health/ready", "get"): health.Ready,
    ("/metrics", "get"): str,
}

# Addresses whose answer there is as files too.
FILES: dict[str, tuple[exports.Kind, ...]] = {
    "/api/reports/rep-performance": ("csv", "xlsx"),
    "/api/reports/leaderboard": ("csv", "xlsx", "pdf"),
    "/api/reports/users/{user_id}/performance": ("csv", "xlsx"),
    "/api/reports/users/{user_id}/trends": ("csv", "xlsx"),
    "/api/reports/compare": ("csv", "xlsx"),
    "/api/dashboard/top-segments": ("csv", "xlsx"),
    "/api/segments/performance": ("csv", "xlsx"),
    "/api/segments/compare": ("csv", "xlsx"),
    "/api/segments/{segment_id}/trend": ("csv", "xlsx"),
}
FILE_OF: dict[tuple[str, str], exports.Kind] = {
    (f"{path}.{kind}", "get"): kind for path, kinds in FILES.items() for kind in kinds
}
ANSWERS.update(dict.fromkeys(FILE_OF, str))


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
            if status in ("204", "304"):
                assert "content" not in response
                continue
            media_types = list(response["content"])
            if status == "200" and key in FILE_OF:
                assert media_types == [exports.MEDIA_TYPES[FILE_OF[key]]]
                continue
            if status == "200" and key[0] in FILES:
                kinds: tuple[exports.Kind, ...] = ("json", *FILES[key[0]])
                assert media_types == [exports.MEDIA_TYPES[kind] for kind in kinds]
            else:
                assert len(media_types) == 1
            media_type = media_types[0]
            content = response["content"][media_type]
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


def test_the_page_needs_no_other_server(reader: Reader) -> None:
    page = reader.get(None, "/schema")

    assert page.status_code == 200
    assert "/api/partners/performance" in page.text
    assert "://" not in page.text.replace("urn:", "")
    assert "<script" not in page.text

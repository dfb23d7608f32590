"""What the OpenAPI document says of bodies and headers, and that it is true."""

from typing import Any
from uuid import uuid4

import msgspec

from tests.api.conftest import Caller, Reader

Document = dict[str, Any]


def test_an_example_of_a_batch_is_taken_as_it_is(caller: Caller) -> None:
    body = _document(caller)["paths"]["/api/events"]["post"]["requestBody"]
    (example,) = body["content"]["application/json"]["examples"]["batch"]["value"]
    line = body["content"]["application/x-ndjson"]["examples"]["lines"]["value"]

    answer = caller.post("olga", "/api/events", json=[example | {"event_id": str(uuid4())}])
    lines = caller.post(
        "olga",
        "/api/events",
        content=line.encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )

    assert body["required"] is True
    assert (
        "/"
        not in body["content"]["application/json"]["schema"]["items"]["$ref"].partition(
            "#/components/schemas/"
        )[2]
    )
    for response in (answer, lines):
        # The lead of the example is nobody's here; everything else about it is right.
        assert response.status_code == 200
        (result,) = response.json()["results"]
        assert result["reason"].startswith("No such lead")


def test_the_parts_of_an_upload_are_documented(reader: Reader) -> None:
    body = _document(reader)["paths"]["/api/imports"]["post"]["requestBody"]
    form = body["content"]["multipart/form-data"]["schema"]

    assert body["required"] is True
    assert set(form["required"]) == set(form["properties"]) == {"file", "kind", "mapping"}


def test_the_headers_of_each_status_are_documented(reader: Reader) -> None:
    for path, item in _document(reader)["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                headers = response.get("headers", {}).keys()
                assert "X-Request-Id" in headers, (path, method, status)
                assert ("WWW-Authenticate" in headers) == (status == "401")
                assert ("Retry-After" in headers) == (status == "503")
                cached = status == "304" or (status == "200" and "304" in operation["responses"])
                assert ("ETag" in headers) == cached, (path, method, status)


def _document(caller: Reader) -> Document:
    return msgspec.json.decode(caller.get(None, "/schema/openapi.json").content)

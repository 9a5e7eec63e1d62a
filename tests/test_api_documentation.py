"""The OpenAPI document is valid and true; the documentation page needs no other host."""

import hashlib
import re
from pathlib import Path

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema

import api
from api import create_app
from api.documentation import SWAGGER_UI
from api.parameters import ASKED_FOR, WAYS
from api.problems import MEDIA_TYPE, PROBLEMS
from tests.world import World, client_of

ROOT = Path(api.__file__).parent
DOCS = ROOT.parent / "docs" / "api.md"


@pytest.fixture
def world(sqlite_store) -> World:
    """A world where an ID of each fate exists."""
    world = World(sqlite_store)
    for number in range(4):
        contact = {"email": (f"{number}@doe.example",), "tax_number": f"T{number}"}
        world.take(f"bank/{number}", given_name="Jane", family_name="Doe", **contact)
    ids = world.publish(*([f"bank/{number}"] for number in range(4)))
    world.issued = dict(zip(("bank/0", "merged", "bank/2", "bank/3"), ids, strict=True))
    world.retire("bank/3")
    world.publish(["bank/0", "bank/1"], ["bank/2"])
    world.weigh({("bank/0", "bank/1"): 4.0})
    return world


@pytest.fixture
def client(world) -> FlaskClient:
    return client_of(world)


@pytest.fixture
def document(client) -> dict:
    return client.get("/openapi.json").json


def test_the_openapi_document_is_valid(document):
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_declared_error_is_a_problem_document(document):
    answers = [
        (status, answer)
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
        for status, answer in operation["responses"].items()
    ]
    errors = [answer for status, answer in answers if status == "default" or status >= "400"]
    for answer in errors:
        name = answer.get("$ref", "").rpartition("/")[2]
        content = document["components"]["responses"][name] if name else answer
        assert set(content["content"]) == {MEDIA_TYPE}
    assert len(errors) > 10


def test_every_field_of_every_answer_is_described(document):
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, rule in schema["properties"].items()
        if "description" not in rule and "$ref" not in str(rule)
    ]
    assert bare == []


def test_every_operation_says_what_it_is_for(document):
    for path in document["paths"].values():
        for operation in (each for each in path.values() if isinstance(each, dict)):
            assert operation["summary"].endswith(".")


def test_the_documentation_page_loads_only_files_that_the_service_has(client):
    page = client.get("/docs").text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    files = [link for link in links if link.startswith("/static/")]

    assert all(link.startswith("/") or link == "data:," for link in links)
    assert len(files) == 4
    assert all(client.get(link).status_code == 200 for link in files)


def test_the_front_door_leads_to_the_documentation(client):
    answer = client.get("/", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/docs")


def test_the_vendored_files_are_the_ones_that_were_published():
    folder = ROOT / "static" / SWAGGER_UI
    listed = re.findall(r"^([0-9a-f]{64})  (\S+)$", (folder / "VERSION").read_text(), re.M)

    assert len(listed) == 2
    for digest, name in listed:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert "Apache License" in (folder / "LICENSE").read_text()


def test_the_written_documentation_names_every_endpoint_parameter_and_problem(document):
    text = DOCS.read_text()
    parameters = ASKED_FOR | {"limit", "cursor", "after"}
    wanted = {*document["paths"], *(problem.uri for problem in PROBLEMS)}
    wanted |= {f"`{name}`" for name in parameters}

    assert sorted(name for name in wanted if name not in text) == []


SEARCH = "/v1/golden-records"
CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "404", "410", "412", "413"],
            }
        },
    }
)
"""410, 412 and 413 are right answers to right requests, which schemathesis does not know."""


@pytest.fixture(params=[*WAYS, "everything else"], ids=str)
def told(request, world, document) -> BaseSchema:
    """What the document tells, made exact where OpenAPI 3.1 has no words.

    It cannot say which query parameters go together, so each way to search is tried by itself;
    nor that a cursor comes from a `next` link only, so none is made up.
    """
    searching = document["paths"].pop(SEARCH)
    # What these need is a model that matches; tests/test_api_match.py, tests/test_api_judgements.py
    for elsewhere in ("/v1/match", "/v1/judgements/{judgement_id}/withdrawal"):
        del document["paths"][elsewhere]
    if request.param in WAYS:
        document["paths"] = {SEARCH: searching}
    for name, path in list(document["paths"].items()):
        for method in ("post", "put", "delete"):
            path.pop(method, None)  # tests/test_api_submissions.py, tests/test_api_judgements.py
        if "get" not in path:
            del document["paths"][name]
            continue
        parameters = path["get"].get("parameters", [])
        path["get"]["parameters"] = [each for each in parameters if _is_told(each, request.param)]
    loaded = schemathesis.openapi.from_dict(document, config=CONFIG)
    loaded.app = create_app(world)
    return loaded


def _is_told(parameter: str | dict, way: object) -> bool:
    """Tell whether a parameter belongs to a way to search; it is required there."""
    if "$ref" in parameter or parameter["in"] != "query":
        return True
    parameter["required"] = parameter.get("required", False) or parameter["name"] in way
    return parameter["required"] or parameter["name"] in {"limit", "after"}


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_service_behaves_as_its_document_says(told, mode):
    for operation in told.get_all_operations():
        _try(operation.ok(), mode)


def _try(operation: APIOperation, mode: GenerationMode) -> None:
    if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
        return

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(operation.as_strategy(generation_mode=mode))
    def attempt(case):
        case.call_and_validate()

    attempt()


def _can_be_wrong(operation: APIOperation) -> bool:
    """Tell whether a request can break a rule: in a path whatever has no pattern is right."""
    patterns = ["pattern" in each.definition["schema"] for each in operation.path_parameters]
    return bool(operation.query) or any(patterns)


@pytest.mark.parametrize("fate", ["bank/0", "bank/3", "merged"])
@pytest.mark.parametrize("below", ["", "/records", "/explanation"])
def test_answers_about_real_golden_records_are_as_the_document_says(world, below, fate):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", create_app(world), config=CONFIG)
    operation = schema[f"{SEARCH}/{{golden_id}}{below}"]["GET"]

    case = operation.Case(path_parameters={"golden_id": world.issued[fate]})

    case.call_and_validate()

"""Bodies of requests: JSON to the letter, so that nothing in them is lost or guessed."""

from typing import Any

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from api.errors import MalformedError
from mdm.model.errors import Malformed
from mdm.model.strict_json import read_json


class _StrictParser(FlaskParser):
    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401, ARG002
        """Read the body, whatever else the request is about."""
        data = req.get_data()
        if data and not req.is_json:
            raise UnsupportedMediaType("send JSON, as Content-Type: application/json")
        try:
            return read_json(data)
        except Malformed as error:
            raise MalformedError(f"the body {error.message}") from error


class JsonBlueprint(Blueprint):  # type: ignore[misc]
    """Takes bodies of strict JSON."""

    ARGUMENTS_PARSER = _StrictParser()

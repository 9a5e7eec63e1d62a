"""Reading a YAML file that people write, and telling them everything that is wrong with it.

In: a file or a text.  Out: a `YamlFile`, its content as plain data with the line of every key.
Guarantees: a value is the text that stands in the file (`no`, `1900-01-01`, `0044` stay as they
are written); only a plain `true` or `false` is a boolean and only an empty value is None.  A
schema turns text into numbers.  Whatever the file holds, nothing but FileInvalid is raised.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import Schema, ValidationError

from mdm.model.errors import FileInvalid, Problem
from mdm.model.schema_faults import KeyPath, faults_in

LARGEST_FILE = 200_000
"""Bytes; PyYAML reads about 200 kB a second, and hundreds of sources or rules fit in this."""

DEEPEST = 20
"""Levels of nesting; reading recurses, so that a deeper file could exhaust the stack."""

LONGEST_SHOWN = 80
"""Letters of a wrong value that are repeated in its error."""

_PLAIN: Mapping[str, object] = {"true": True, "false": False, "": None}
_PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml's parser, which is ten times as fast, wherever PyYAML was built with it."""

_WHOLE_FILE = "the file"


@dataclass(frozen=True)
class YamlFile:
    """The content of a file; `problems` are the faults found before any schema looked at it."""

    path: str
    data: object
    lines: Mapping[KeyPath, int]
    problems: tuple[Problem, ...] = ()

    def line_of(self, path: KeyPath) -> int | None:
        """Find the line, from 1, of this key or else of the nearest key around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def problem(self, path: KeyPath, message: str) -> Problem:
        """Make the Problem of the value at `path`; `message` says what would be right."""
        return Problem(
            self.path, self.line_of(path), _written(path), _shown(self._value(path)), message
        )

    def _value(self, path: KeyPath) -> object:
        value: Any = self.data
        try:
            for part in path:
                value = value[part]
        except (LookupError, TypeError):
            return None
        return value


def read_yaml(path: Path) -> YamlFile:
    """Read a UTF-8 file of at most LARGEST_FILE bytes.

    FileInvalid: it cannot be read, is too large, is not UTF-8 or is not YAML.  Duplicate keys
    and tags do not stop the reading: they are among `problems`, which `validate` raises.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _unreadable(str(path), None, f"cannot be read: {error.strerror}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(str(path), line, "must be UTF-8: save it in that encoding") from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> YamlFile:
    """Read a text as `read_yaml` reads a file; `name` stands for the file in messages."""
    if len(text) > LARGEST_FILE:
        raise _unreadable(name, None, f"must not be larger than {LARGEST_FILE:,} bytes")
    reading = _Reading(name, yaml.parse(text, Loader=_PARSER))
    try:
        data = reading.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        said = ", ".join(filter(None, (error.context, error.problem)))
        raise _unreadable(name, line, f"is not YAML that can be read: {said}") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets the last two escape for impossible code points and version numbers.
        raise _unreadable(name, None, f"is not YAML that can be read: {error}") from error
    return YamlFile(name, data, reading.lines, tuple(reading.problems))


def validate(file: YamlFile, schema: Schema) -> dict[str, Any]:
    """Load the file's data with the schema, or raise FileInvalid with all its faults by line."""
    problems = list(file.problems)
    loaded: dict[str, Any] = {}
    try:
        loaded = schema.load(file.data)  # type: ignore[arg-type]
    except ValidationError as error:
        found = faults_in(error.messages, schema)
        problems += [file.problem(path, message) for path, message in found]
    if problems:
        raise FileInvalid(sorted(problems, key=lambda problem: problem.line or 0))
    return loaded


class _Reading:
    """Turns parser events into plain data, and collects lines and problems on the way."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self.events = events
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []

    def document(self) -> object:
        """Read the one document of the stream, None if there is none."""
        next(self.events)
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            return None
        data = self._value(next(self.events), ())
        next(self.events)
        end = next(self.events)
        if not isinstance(end, yaml.StreamEndEvent):
            raise _refused(end, "a second document starts here")
        return data

    def _value(self, event: Any, path: KeyPath) -> object:  # noqa: ANN401 - PyYAML's are untyped
        self.lines.setdefault(path, event.start_mark.line + 1)
        if event.anchor is not None:
            raise _refused(event, "anchors and aliases (& and *) are not read: write it out")
        if len(path) > DEEPEST:
            raise _refused(event, f"it is nested more than {DEEPEST} levels deep")
        if event.tag is not None:
            self._complain(event, path, "tags (!…) are not read: write the plain value")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(item, (*path, at)) for at, item in enumerate(self._items())]
        return self._scalar(event, path)

    def _items(self) -> Iterator[Any]:
        """Go through the events until the collection ends that was just entered."""
        ends = (yaml.SequenceEndEvent, yaml.MappingEndEvent)
        while not isinstance(event := next(self.events), ends):
            yield event

    def _mapping(self, path: KeyPath) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self._items():
            key = getattr(event, "value", None)
            if not isinstance(key, str):
                raise _refused(event, "a key must be text")
            if key in found:
                first = self.lines[(*path, key)]
                message = f"is here twice: keep this one or the one in line {first}"
                self._complain(event, (*path, key), message)
            self.lines.setdefault((*path, key), event.start_mark.line + 1)
            value = self._value(next(self.events), (*path, key))
            found.setdefault(key, value)
        return found

    def _scalar(self, event: Any, path: KeyPath) -> object:  # noqa: ANN401
        text = event.value
        if any(0xD800 <= ord(letter) <= 0xDFFF or letter == "\0" for letter in text):
            self._complain(event, path, "holds a character that cannot be stored")
        is_plain = event.implicit[0]
        return _PLAIN.get(text, text) if is_plain else text

    def _complain(self, event: Any, path: KeyPath, message: str) -> None:  # noqa: ANN401
        line = event.start_mark.line + 1
        value = _shown(getattr(event, "value", None))
        self.problems.append(Problem(self.name, line, _written(path), value, message))


def _refused(event: Any, message: str) -> yaml.MarkedYAMLError:  # noqa: ANN401
    """Refuse YAML that is right as such, at the place where it stands."""
    return yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)


def _unreadable(name: str, line: int | None, message: str) -> FileInvalid:
    return FileInvalid([Problem(name, line, _WHOLE_FILE, None, message)])


def _written(path: KeyPath) -> str:
    """Write a path as people read it: `("blocking", 0, "on")` is `blocking[0].on`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".") or _WHOLE_FILE


def _shown(value: object) -> object:
    if isinstance(value, Mapping | list):
        return None
    return value[:LONGEST_SHOWN] if isinstance(value, str) else value

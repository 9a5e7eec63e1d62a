"""The documentation is complete and true: commands, settings, links, and all that README shows.

The keys of a rules file, of a sources file and the API's endpoints are compared with their pages
in test_rules_documentation, test_sources_yaml and test_api_documentation.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mdm.cli import main
from tests.demo_store import own_settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text("utf-8")
PAGES = [
    page
    for page in ROOT.rglob("*.md")
    if not {part for part in page.relative_to(ROOT).parts if part.startswith(".")}
]
BLOCK = re.compile(r"(?:^`(\w+\.\w+)`[^\n]*:\n\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A fenced block: the file that the line above says it is (or nothing), its language, its text."""


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command of the program under the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


def section(title: str) -> str:
    """The text of docs/commands.md under a heading."""
    found = re.search(rf"^#+ {title}\n(.*?)(?=^#+ |\Z)", COMMANDS, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def test_there_is_a_section_for_every_command_and_no_other():
    told = re.findall(r"^### `mdm ([^`]+)`$", COMMANDS, re.MULTILINE)
    assert sorted(told) == sorted(name for name, _ in commands(main))


@pytest.mark.parametrize(("name", "command"), list(commands(main)))
def test_a_command_is_explained_with_all_of_its_options_and_arguments(name, command):
    text = section(f"`mdm {name}`")
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            assert parameter.make_metavar(click.Context(command)).strip("[].{}") in text
        else:
            assert any(f"| `{option}` |" in text for option in parameter.opts)
    there_are = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"^\| `(--[a-z-]+)` \|", text, re.MULTILINE)) <= there_are


def test_every_setting_of_the_service_is_in_its_table_and_no_other():
    assert told_settings("Settings") == in_code(r"[\"'](MDM_\w+)[\"']", "mdm", "api", "demo")


def test_every_setting_of_the_tests_is_in_its_table_and_no_other():
    asked = in_code(r"environ(?:\.get\(|\[)[\"'](MDM_\w+)[\"']", "tests", "benchmarks")
    assert told_settings("Settings of the tests") == asked


def told_settings(title: str) -> set[str]:
    """The settings in the first column of the table under a heading."""
    return set(re.findall(r"^\| `(MDM_\w+)` \|", section(title), re.MULTILINE))


def in_code(pattern: str, *folders: str) -> set[str]:
    """What the pattern finds in the Python files of some folders."""
    texts = [path.read_text("utf-8") for name in folders for path in (ROOT / name).rglob("*.py")]
    return {found for text in texts for found in re.findall(pattern, text)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        place = (page.parent / path).resolve() if path else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The names that links give to the headings of a page."""
    titles = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_what_readme_says_about_ones_own_data_works_as_it_stands(tmp_path):
    for file, language, text in BLOCK.findall(README):
        if file:
            (tmp_path / file).write_text(text, "utf-8")
        elif language == "sh":
            ran = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                cwd=tmp_path,
                env=own_settings(),
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode == 0, ran.stdout + ran.stderr
    header, *golden_records = (tmp_path / "golden.csv").read_text("utf-8").splitlines()
    assert "golden_id" in header
    assert len(golden_records) == 4


def test_the_demo_prints_what_readme_shows(demo_store):
    shown = [text for _, _, text in BLOCK.findall(README) if text.startswith("$ make demo")]
    assert without_times(demo_store.said) == without_times(shown[0].partition("\n")[2])


def without_times(text: str) -> list[str]:
    """The lines without what differs from run to run, which is the seconds of each stage."""
    lines, head, stages = text.partition("\nstage ")
    stages = re.sub(r"\b\d+\.\d+$", "…", stages, flags=re.MULTILINE)
    return [re.sub(r"\s+", " ", line).strip() for line in (lines + head + stages).splitlines()]

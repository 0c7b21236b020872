"""Every page that code or config cites is in the repository, and so is every section it cites."""

import re
import subprocess
from pathlib import Path

import pytest
from reference_data import REPOSITORY

CITING = {".py", ".smk", ".yaml", ".j2", ".rst", ".md"}
PAGE = re.compile(r"(?<![\w/}*.-])(?:docs/)?([a-z][a-z-]*\.md)\b")
SECTIONS = re.compile(r"(?:,| and)? (\d+(?:\.\d+)?)(?![\w%])")
HEADING = re.compile(r"^#+ (\d+(?:\.\d+)?) ", re.MULTILINE)
PRODUCTS = {"mine.md"}  # names that a user may give to a result


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.splitlines() if Path(name).suffix in CITING or name == "Snakefile"]


def citations(text):
    """(page, section or None) of every citation such as `study.md 1.4 and 1.6`."""
    for match in PAGE.finditer(text):
        yield match[1], None
        place = match.end()
        while following := SECTIONS.match(text, place):
            yield match[1], following[1]
            place = following.end()


def test_citations_are_read():
    text = "see study.md 1.4 and 1.6; docs/lcmodel.md, tables/{name}.md"
    assert list(citations(text)) == [("study.md", None), ("study.md", "1.4"), ("study.md", "1.6"), ("lcmodel.md", None)]


@pytest.mark.parametrize("path", tracked(), ids=str)
def test_what_is_cited_is_here(path):
    if path.name == Path(__file__).name or not (REPOSITORY / path).is_file():
        return
    pages = {page.name: page for page in (REPOSITORY / "docs").glob("*.md")}
    for page, section in citations((REPOSITORY / path).read_text(encoding="utf-8")):
        assert page in pages or page in PRODUCTS, f"{path} cites {page}, which is not in docs/"
        if section:
            assert section in HEADING.findall(pages[page].read_text(encoding="utf-8")), f"{page} has no section {section}"


@pytest.mark.parametrize("page", sorted((REPOSITORY / "docs").glob("*.md")), ids=lambda page: page.name)
def test_sections_are_numbered_once_and_in_order(page):
    numbers = [tuple(map(int, number.split("."))) for number in HEADING.findall(page.read_text(encoding="utf-8"))]
    assert numbers == sorted(set(numbers))

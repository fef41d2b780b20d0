"""Docs say what is there: commands, settings, rooms and links. What is missing is named."""

import re
import subprocess
from pathlib import Path
from typing import List

import pytest

from assistant.knowledge import Library
from assistant.knowledge.library import ROOT
from assistant.reports import review

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def make_targets() -> List[str]:
    return re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_make_command_is_described() -> None:
    assert [t for t in make_targets() if t != "help" and f"`make {t}" not in OPERATIONS] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_that_is_mentioned_exists(page: Path) -> None:
    mentioned = set(
        re.findall(r"make ([a-z-]+)", " ".join(re.findall(r"`[^`]+`|^    .*$|^make .*$", page.read_text("utf-8"), re.MULTILINE)))
    )
    assert mentioned - set(make_targets()) - {"setup"} == set()


def test_every_setting_is_described() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in [*(ROOT / "assistant").rglob("*.py"), ROOT / "tools" / "bootstrap.py"]
    )
    settings = set(re.findall(r"os\.environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"", code)) | set(
        re.findall(r"_port\(\"([A-Z_]+)\"", code)
    )
    internal = {"PYTHONPATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "Q"}
    assert [name for name in sorted(settings - internal) if f"`{name}`" not in OPERATIONS] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_every_room_is_in_the_architecture() -> None:
    rooms = [p for p in [*ROOT.iterdir(), *(ROOT / "assistant").iterdir(), *(ROOT / "data").iterdir()] if p.is_dir()]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [str(p.relative_to(ROOT)) for p in rooms if f"{p.relative_to(ROOT)}/" in tracked]
    hidden = {"models", "var", "docs", "data", "assistant", ".ci"}
    assert [name for name in names if name not in hidden and f"`{name}`" not in ARCHITECTURE] == []


def test_the_readme_names_every_page_of_docs() -> None:
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in README] == []


def test_the_transcript_in_the_readme_says_what_the_assistant_says(library: Library) -> None:
    said = [line[2:].strip() for line in README.splitlines() if line.startswith("< ")]
    known = [library.fill(a.short) for a in library.answers.values()]
    known += [library.fill(r.text) for r in library.safety.values()] + [library.phrases.disclaimer]
    known += [library.fill(text) for reply in library.replies.values() for text in reply.texts]
    known += [library.fill(r.reminder) for r in library.safety.values()]
    assert said and [line for line in said if line not in known] == []


def test_the_page_for_clinical_review_is_that_of_the_present_data(library: Library) -> None:
    assert review.PAGE.read_text(encoding="utf-8") == review.page(library), "run `make review`"


def test_the_page_on_safety_has_every_danger_and_a_row_for_every_set_of_messages(library: Library) -> None:
    page = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    sets = [path.stem for path in sorted((ROOT / "tests" / "safety").glob("messages_*.csv"))]
    assert sets and [name for name in (*library.safety, *sets) if f"| {name} |" not in page] == [], "run `make safety`"


def test_no_file_names_a_machine_or_holds_unfinished_work() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.yml", "*.md", "Makefile"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    marks = re.compile(r"/(?:work|root|home)/|\bTO" + r"DO\b|\bFIX" + r"ME\b")
    found = [
        f
        for f in tracked.stdout.split()
        if not f.startswith(("data/nlu", "data/safety/calm")) and marks.search((ROOT / f).read_text(encoding="utf-8"))
    ]
    assert found == []

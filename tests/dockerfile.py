"""Reading the Dockerfile and compose.yaml: for their test, and for carrying them out without an engine."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Instruction:
    """One instruction of the Dockerfile, for example ``RUN`` with its words; ``stage`` counts from 0."""

    stage: int
    name: str
    words: str

    @property
    def commands(self):
        """Return the commands of a RUN, as lists of words; ``NAME=value`` may stand before one."""
        return [shlex.split(part) for part in self.words.split("&&")]


def instructions(text=None):
    """Return the instructions of the Dockerfile, continued lines in one, comments left out."""
    text = (ROOT / "Dockerfile").read_text() if text is None else text
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found, stage = [], -1
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        if line.strip():
            name, _, words = line.strip().partition(" ")
            stage += name == "FROM"
            found.append(Instruction(stage, name, words.strip()))
    return found


def last(name):
    """Return the words of the last instruction of this name in the last stage, a JSON list as a list."""
    words = [row for row in instructions() if row.name == name][-1].words
    start = words.find("[")
    return yaml.safe_load(words[start:]) if start >= 0 else words


def compose():
    """Return compose.yaml."""
    return yaml.safe_load((ROOT / "compose.yaml").read_text())

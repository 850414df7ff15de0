"""The lessons, found on the disk: a script `NN_name.py` and its module `tutorials/name.py`."""

import argparse
import ast
import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from base import paths
from base.errors import UsageError

INPUTS = ("text", "row", "image")  # what a network may be given
ANSWERS = "answers to its exercises (EXERCISES.md)"  # a new lesson may be without for a while


@dataclass(frozen=True)
class About:
    """What a tutorial's module says of how its lesson is shown, as `ABOUT`.

    Attributes:
        title: such as "Random binary classification".
        question: what the lesson asks.
        models: what readers call each model, by the name it has in code, in the lesson's order.
        cover: the figure that stands for the lesson, by its name.
        score: the score that stands for it: model, part ("test", or "final" for the last epoch)
            and metric.
        networks: the models whose trained networks `predict.py` asks, the usual one first.
        published: which of them go with the published results.
        input: what those networks are given, one of `INPUTS`; "" if there are none.
        generated: whether the lesson draws its data, and needs no file.
        minutes: what it takes on two cores, about; short lessons run before long ones.
    """

    title: str
    question: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    cover: str = ""
    score: tuple[str, str, str] | tuple[()] = ()
    networks: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    input: str = ""
    generated: bool = False
    minutes: float = 1.0


@dataclass(frozen=True)
class Lesson:
    """A lesson: its script, and what its tutorial's module says of it."""

    script: Path

    @property
    def stem(self) -> str:
        """Its name, such as "01_name"."""
        return self.script.stem

    @property
    def number(self) -> str:
        """Its number, such as "01"."""
        return self.stem[:2]

    @property
    def name(self) -> str:
        """Its name without the number, which is that of its tutorial's module, too."""
        return self.stem[3:]

    @property
    def tutorial(self) -> str:
        """The name of its tutorial's module, such as "tutorials.random_binary"."""
        return f"tutorials.{self.name}"

    @property
    def about(self) -> About:
        """How it is shown; its name alone where its module does not say so yet."""
        found, _ = self._about
        return found or About(title=self.name.replace("_", " "))

    @functools.cached_property
    def _about(self) -> tuple[About | None, str]:
        """What its module says, or None and what is wrong with the module, if it is there."""
        module = paths.EXPERIMENTS / "tutorials" / f"{self.name}.py"
        where = module.relative_to(paths.ROOT)
        if not module.exists():
            return None, f"a module {where}"
        try:
            found = importlib.import_module(self.tutorial).ABOUT
            if not isinstance(found, About):
                raise TypeError(f"expected an About, found {type(found).__name__}")
        except Exception as error:  # a lesson that is being written must not end the others
            return None, f"a module {where} with ABOUT ({type(error).__name__}: {error})"
        return found, ""

    @functools.cached_property
    def source(self) -> str:
        """The text of its script."""
        return self.script.read_text(encoding="utf-8", errors="replace")

    @property
    def description(self) -> dict[str, str]:
        """The paragraphs of its docstring between title and commands, by the word each begins with.

        Such as "Data", "Models" and "Expect", each with a colon behind it.
        """
        try:
            docstring = ast.get_docstring(ast.parse(self.source)) or ""
        except SyntaxError:  # its run will say so
            docstring = ""
        _, *paragraphs = docstring.split("\n\n")
        texts = [" ".join(text.split()) for text in paragraphs if not text.startswith(" ")]
        return {name: rest for name, _, rest in (text.partition(": ") for text in texts)}

    def missing(self) -> list[str]:
        """Say what the lesson lacks to be shown in full; nothing if it is complete."""
        about, (_, problem) = self.about, self._about
        if problem:
            return [problem]
        lacks = {
            "a docstring with Data, Models, Expect": self.description,
            "a question": about.question,
            "display names of its models": about.models,
            "a cover figure": about.cover and self._has_cover(),
            "a score of one of its models": about.score and about.score[0] in about.models,
            "a kind of input for predict.py": about.input in INPUTS or not about.networks,
            "exercises (What to try next)": "\n# ## What to try next" in self.source,
            ANSWERS: self._has_answers(),
        }
        return [what for what, there in lacks.items() if not there]

    def _has_cover(self) -> bool:
        """Tell whether its cover is among its published figures, if there are any."""
        figures = paths.FIGURES / self.stem
        return (
            not (figures / "record.json").exists() or (figures / f"{self.about.cover}.png").exists()
        )

    def _has_answers(self) -> bool:
        """Tell whether the page of answers has a section for it."""
        page = paths.EXPERIMENTS / "EXERCISES.md"
        text = page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""
        return f"\n## {self.number} " in text


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """Return all lessons, in the order of their numbers.

    Raises:
        UsageError: two have one number.
    """
    found: dict[str, Lesson] = {}
    for script in paths.lessons():
        lesson = Lesson(script)
        if lesson.number in found:
            both = f"{found[lesson.number].script.name} and {script.name}"
            raise UsageError(f"{both}: expected one lesson of a number, found two; rename one.")
        found[lesson.number] = lesson
    return tuple(found.values())


def numbers() -> list[str]:
    """Return the numbers of all lessons, such as "01"."""
    return [lesson.number for lesson in lessons()]


def number(text: str) -> str:
    """Return the number of a lesson that an argument gives, such as "01" for 01 or 1."""
    if (found := text.zfill(2)) not in numbers():
        text = f"expected a lesson's number, one of {', '.join(numbers())}, found {text!r}"
        raise argparse.ArgumentTypeError(text)
    return found


def find(name: str) -> Lesson:
    """Return the lesson of a number or a stem.

    Raises:
        UsageError: there is none.
    """
    for lesson in lessons():
        if name in (lesson.number, lesson.stem):
            return lesson
    raise UsageError(f"{name}: expected a lesson, one of {', '.join(numbers())}.")


def warnings() -> list[str]:
    """Say in a line for each lesson what it lacks; nothing where all are complete."""
    return [
        f"{lesson.script.name}: lacks {', '.join(missing)}."
        for lesson in lessons()
        if (missing := lesson.missing())
    ]

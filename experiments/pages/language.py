"""Say the README's tables in English, or in Korean by a catalogue of phrases."""

import re
import tomllib
from pathlib import Path

from base.errors import UsageError

CATALOGUE = Path(__file__).with_name("korean.toml")
NUMBER = r"-?(?:\d[\d,]*(?:\.\d+)?(?:e-?\d+)?%?|nan|inf)"
# What may stand for a placeholder: an interval, a list of numbers, or what its name promises.
VALUE = rf"failed|{NUMBER} \[{NUMBER}, {NUMBER}\]|{NUMBER}(?:, {NUMBER})*"
NAME = r"[\w/ -]+"
PLACES = re.compile(r"\{(\w+)\}")
KINDS = {"model": NAME, "data": NAME, "class": NAME, "phrases": ".+"}


class English:
    """The language in which records, claims and pages are written."""

    page = "README.md"
    width = 100  # of a line

    def __call__(self, phrase: str, **values) -> str:
        """Return a phrase, or a template with these values."""
        return phrase.format(**values) if values else phrase


class Korean:
    """Korean, by a catalogue that has a template for each phrase.

    Args:
        path: the catalogue: `words`, and `sentence` with `en` and `ko`. A placeholder such as
            {slope} stands for a number, an interval or a list of numbers, {model}, {data} and
            {class} for a name, and {phrases} for phrases between semicolons.

    Raises:
        UsageError: the catalogue is no TOML, or a translation has other placeholders.
    """

    page = "README.ko.md"
    width = 66

    def __init__(self, path: Path = CATALOGUE):
        self.path = path
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{path}: expected TOML, found {error}.") from error
        pairs = [*found["words"].items(), *((s["en"], s["ko"]) for s in found["sentence"])]
        self.templates = {" ".join(en.split()): " ".join(ko.split()) for en, ko in pairs}
        for en, ko in self.templates.items():
            if set(PLACES.findall(en)) != set(PLACES.findall(ko)):
                raise UsageError(f'{path}: expected the placeholders of "{en}", found "{ko}".')
        self.patterns = {en: _pattern(en) for en in self.templates if "{" in en}

    def __call__(self, phrase: str, **values) -> str:
        """Return the Korean of a phrase, or of a template with these values.

        Raises:
            UsageError: the catalogue has no translation.
        """
        if phrase in self.templates:
            korean = self.templates[phrase]
            return korean.format(**values) if values else korean
        for english, pattern in self.patterns.items():
            if match := pattern.fullmatch(phrase):
                parts = {name: self._part(name, text) for name, text in match.groupdict().items()}
                return self.templates[english].format(**parts)
        if re.search(r"[^\W\d_]", phrase):
            raise UsageError(
                f'{self.path}: expected a translation of "{phrase}", found none; add it there.'
            )
        return phrase  # a number

    def _part(self, name: str, text: str) -> str:
        if name == "phrases":
            return "; ".join(self(part) for part in text.split("; "))
        return self.templates.get(text, text)


def _pattern(template: str) -> re.Pattern:
    """Return a pattern of all phrases that a template stands for."""
    pieces = re.split(r"\{(\w+)\}", template)
    for place in range(0, len(pieces), 2):
        pieces[place] = re.escape(pieces[place])
    for place in range(1, len(pieces), 2):
        pieces[place] = f"(?P<{pieces[place]}>{KINDS.get(pieces[place], VALUE)})"
    return re.compile("".join(pieces))


ENGLISH = English()
Language = English | Korean

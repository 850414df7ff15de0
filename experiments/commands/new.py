"""Write a lesson and its tutorial's module, which run at once and are there to be changed.

Usage:
    python -m experiments new 08_name
"""

import keyword
import re
import string
from pathlib import Path

from base import command_line, files, paths
from base.errors import UsageError
from tutorials import catalogue

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Write both files; return the exit status.

    Raises:
        UsageError: the name is no lesson's, or its number or a file is there already.
    """
    parser = command_line.Parser(
        prog="python -m experiments new", description=__doc__.splitlines()[0]
    )
    parser.add_argument("name", help="a number and a name, such as 08_name")
    name = parser.parse_args(arguments).name
    number, _, module = name.partition("_")
    if not re.fullmatch(r"[0-9]{2}_[a-z][a-z0-9_]{0,39}", name) or keyword.iskeyword(module):
        raise UsageError(f"{name!r}: expected two digits and a name for a module, such as 08_name.")
    if number in catalogue.numbers():
        taken = catalogue.find(number).script.name
        raise UsageError(f"{name}: expected a free number, found {taken}; choose another.")
    values = {"number": number, "stem": name, "name": module}
    values["title"] = module.replace("_", " ").capitalize()
    written = {
        paths.EXPERIMENTS / f"{name}.py": "new_lesson.txt",
        paths.EXPERIMENTS / "tutorials" / f"{module}.py": "new_tutorial.txt",
    }
    for path in written:
        if path.exists():
            raise UsageError(f"{path}: expected no such file, found one; choose another name.")
    for path, template in written.items():
        text = string.Template((HERE / template).read_text(encoding="utf-8")).substitute(values)
        files.replace({path: text.encode()})
        print(f"Written: {path.relative_to(paths.ROOT)}")
    print(f"Run it: make {number}. How to fill it: experiments/README.md")
    return 0

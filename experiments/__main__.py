"""List the lessons, or do with all of them what the Makefile asks for.

Usage:
    python -m experiments
    python -m experiments all --data sample --epochs 3
    python -m experiments data --mirror /media/usb
    python -m experiments notebooks --experiment 07
    python -m experiments new 08_name
"""

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from base import errors
from base.errors import UsageError
from tutorials import catalogue

COMMANDS = ("all", "data", "figures", "new", "notebooks")  # a module of commands/ each


def list_lessons() -> int:
    """Print each lesson's question, models and networks, and what it lacks; return status 0."""
    for lesson in catalogue.lessons():
        about = lesson.about
        print(f"{lesson.number}  {about.title}: {about.question}")
        print(f"    python experiments/{lesson.script.name}    make {lesson.number}")
        for model, name in about.models.items():
            print(f"    {model:26} {name}")
        if about.networks:
            asked = f"predict.py {lesson.number} --{about.input}"
            print(f"    {asked} asks: {', '.join(about.networks)}")
        print()
    print("Each has --help. All of them: make all. Their saved scores: make report.")
    for warning in catalogue.warnings():
        print(f"warning: {warning}", file=sys.stderr)
    return 0


def main() -> int:
    """Run the command that is named; list the lessons where none is."""
    errors.prepare_program()
    command, *arguments = sys.argv[1:] or ["--help"]
    if command in ("-h", "--help"):
        return list_lessons()
    if command not in COMMANDS:
        known = ", ".join(COMMANDS)
        raise UsageError(f"{command}: expected one of {known}, or nothing to list the lessons.")
    return importlib.import_module(f"commands.{command}").main(arguments)


if __name__ == "__main__":
    sys.exit(main())

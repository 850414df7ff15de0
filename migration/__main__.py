"""List what in old Keras scripts no longer works or has silently changed, and what to write.

Scripts and notebooks are read, not run. MIGRATION.md has all that is looked for. The exit status is
0 if nothing is found, 1 if something is, 2 if a file cannot be read or written.

`write:` is your own line as it runs today, `with:` an import that it needs and you do not have;
`write, for example:` is another line, to be adapted. "cell 2" is a notebook's second cell, where
cells with text count, too.

Usage:
    python -m migration old_script.py
    python -m migration old_script.py another.py notebook.ipynb
    python -m migration --page MIGRATION.md
"""

import argparse
import os
import sys
import textwrap
from collections import Counter
from pathlib import Path

from migration import findings, page, reader
from migration.catalogue import KINDS
from migration.findings import Finding

PLURAL = ("error", "warning")


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str):
        """End the program with status 2."""
        self.exit(2, f"error: {' '.join(message.split())}; see --help\n")


def describe(path: Path, finding: Finding) -> str:
    """Return a finding as it is printed."""
    between = ":" if finding.place.isdigit() else ": "
    lines = [f"{path}{between}{finding.place}: {finding.line}"]
    if finding.change is None:
        return f"{lines[0]}\n    cannot be read ({finding.message})"
    lines += [finding.message, finding.change.cause]
    write = finding.write.splitlines()
    start = "write: " if finding.is_own else "write, for example: "
    lines += [f"{start}{write[0]}", *(f"{' ' * len(start)}{line}" for line in write[1:])]
    lines += [f" with: {line}" for line in finding.imports]
    return "\n".join([lines[0], textwrap.indent("\n".join(lines[1:]), "    ")])


def counts(found: list[Finding], files: int) -> str:
    """Return how much was found, of which kind, in how many files."""
    kinds = Counter(finding.change.kind if finding.change else "not readable" for finding in found)
    known = [(kinds[kind], kind) for kind in (*KINDS, "not readable") if kinds[kind]]
    parts = [f"{number} {kind}{'s' * (number > 1 and kind in PLURAL)}" for number, kind in known]
    of = f" ({', '.join(parts)})" if parts else ""
    return f"{len(found)} found{of} in {files} {'file' if files == 1 else 'files'}."


def show(files: list[Path]) -> int:
    """Print what is found in files; return the exit status."""
    if sys.stdout is None:  # closed by whoever has started the program
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    sys.stdout.reconfigure(errors="backslashreplace")  # a script may hold what cannot be shown
    found, unread = [], 0
    for path in files:
        try:
            mine = findings.find(*reader.read_file(path))
        except reader.FileError as error:
            print(f"error: {error}", file=sys.stderr)
            unread += 1
            continue
        for finding in mine:
            print(describe(path, finding))
        found += mine
    if unread < len(files):
        print(counts(found, len(files) - unread))
    sys.stdout.flush()
    return 2 if unread else int(bool(found))


def main() -> int:
    """Do what the command line asks for; return the exit status."""
    summary = __doc__.splitlines()[0]
    parser = Parser(prog="python -m migration", description=summary, allow_abbrev=False)
    either = parser.add_mutually_exclusive_group(required=True)
    text = "a script, or a notebook (.ipynb)"
    either.add_argument("files", type=Path, nargs="*", default=[], help=text, metavar="FILE")
    text = "write all that is looked for as a page, such as MIGRATION.md"
    either.add_argument("--page", type=Path, help=text, metavar="PATH")
    given = parser.parse_args()
    try:
        if not given.page:
            return show(given.files)
        given.page.write_text(page.text(), encoding="utf-8")
        return 0
    except OSError as error:
        name = error.filename or "the output"
        print(f"error: {name}: cannot be written ({error.strerror}).", file=sys.stderr)
        # What is still unwritten would fail again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

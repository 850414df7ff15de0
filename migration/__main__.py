"""List what in old Keras scripts no longer works or has silently changed, and what to write.

Scripts and notebooks are read, not run. MIGRATION.md has all that is looked for. The exit status is
0 if nothing is found, 1 if something is, 2 if a file cannot be read.

`write:` is your own line as it runs today, `with:` an import that it needs and you do not have;
`write, for example:` is another line, to be adapted. "cell 2" is a notebook's second cell, where
cells with text count, too.

Usage:
    python experiments/migrate.py old_script.py
    python experiments/migrate.py old_script.py another.py notebook.ipynb
"""

import sys
import textwrap
from collections import Counter
from pathlib import Path

from common import cli
from common.errors import DataError
from migration import findings, reader
from migration.catalogue import KINDS
from migration.findings import Finding

PLURAL = ("error", "warning")


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
    kinds = {kind: kinds[kind] for kind in (*KINDS, "not readable") if kinds[kind]}
    parts = [
        f"{number} {kind}{'s' * (number > 1) * (kind in PLURAL)}" for kind, number in kinds.items()
    ]
    of = f" ({', '.join(parts)})" if parts else ""
    return f"{len(found)} found{of} in {files} {'file' if files == 1 else 'files'}."


def main() -> int:
    """Print what is found in the files that the command line names; return the exit status."""
    parser = cli.Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    text = "a script, or a notebook (.ipynb)"
    parser.add_argument("files", type=Path, nargs="+", help=text, metavar="FILE")
    given = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")  # a script may hold what cannot be shown
    found, unread = [], 0
    for path in given.files:
        try:
            lines, places = reader.read_file(path)
        except DataError as error:
            print(f"error: {error}", file=sys.stderr)
            unread += 1
            continue
        mine = findings.find(lines, places)
        for finding in mine:
            print(describe(path, finding))
        found += mine
    if unread < len(given.files):
        print(counts(found, len(given.files) - unread))
    return 2 if unread else int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

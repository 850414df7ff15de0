"""Show the saved scores of all experiments beside the tutorials', and write them as a web page.

Usage:
    python experiments/report.py
    python experiments/report.py runs/quick
    python experiments/report.py --readme
"""

import sys
from pathlib import Path

from base import command_line, errors
from base.paths import FIGURES, ROOT
from pages import readme, site
from pages.summary import print_summary
from tutorials import catalogue


def main() -> None:
    """Print the scores in a folder and write their page, or write what the README files show."""
    errors.prepare_program()
    parser = command_line.Parser(description=__doc__.splitlines()[0])
    text = "folder of results (default: figures/); index.html is written into it"
    parser.add_argument("folder", type=Path, nargs="?", default=FIGURES, help=text)
    text = "write the tables and the picture of the README files instead"
    parser.add_argument("--readme", action="store_true", help=text)
    given = parser.parse_args()
    if given.readme:
        readme.write_tables(given.folder, ROOT)
        return
    for warning in catalogue.warnings():
        print(f"warning: {warning}", file=sys.stderr)
    folders = site.folders_of(given.folder)
    print_summary(folders)
    print(f"Report: {site.write(given.folder)}")


if __name__ == "__main__":
    main()

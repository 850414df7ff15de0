"""Ask a trained network: a review, a newswire, a district, a digit, a patient, a coat of your own.

It asks a network of your own run or, without one, one that goes with the published results; others
are trained first. With the answer come what pulled it there and how often the network is right when
it is so sure. Each network has a card, which says what it must not be used for; above all, no
patient and no house should be judged by these.

Usage:
    python experiments/predict.py 02 --text "the film was a pleasure from beginning to end"
    python experiments/predict.py 02 --file reviews.txt
    python experiments/predict.py 05 --image digit.png
    python experiments/predict.py 07 --model first_model --image coat.jpg --plot coat-answer.png
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

from base import argument_types, command_line, errors
from base.errors import UsageError
from prediction import finding, showing
from tutorials import catalogue

ROOMS = {"text": "texts", "row": "rows", "image": "images"}  # by what a network is given
MOST_BYTES = 2**26  # of a file of texts


def _arguments():
    parser = command_line.Parser(description=__doc__.splitlines()[0], allow_abbrev=False)

    def add(flag: str, text: str, **options) -> None:
        parser.add_argument(flag, help=text, **options)

    text = "a lesson's number; `python -m experiments` says what its networks take"
    add("experiment", text, type=catalogue.number)
    add("--text", "a review or a newswire", action="append", default=[], metavar="TEXT")
    text = "a file with one text a line; - is standard input"
    add("--file", text, action="append", default=[], metavar="FILE")
    text = "a number for each feature: CRIM=0.1,RM=6.5,...; an incomplete row is told them all"
    add("--row", text, action="append", default=[], metavar="NAME=NUMBER,...")
    text = "pictures of a digit or a piece of clothing each"
    add("--image", text, nargs="+", action="extend", type=Path, default=[], metavar="FILE")
    text = (
        "one of the lesson's networks, as `python -m experiments` names them (default: the first)"
    )
    add("--model", text, metavar="NAME")
    add(
        "--run",
        "use the networks of this run, such as runs/wide",
        type=argument_types.folder,
        metavar="DIR",
    )
    text = "a network of real data, of sample data, or of either (default: auto)"
    add("--data", text, choices=("auto", "real", "sample"), default="auto")
    add("--json", "print a JSON object a line, for scripts", action="store_true")
    add("--plot", "draw the answer into this PNG file", type=_png, metavar="FILE.png")
    return parser.parse_args()


def _png(text: str) -> Path:
    """Return the file that a picture is drawn into."""
    path = Path(text)
    if path.suffix.lower() != ".png" or (path.exists() and not path.is_file()):
        raise argparse.ArgumentTypeError(f"expected a file such as answer.png, found {text!r}")
    return path


def _printable(text: str) -> str:
    """Return a text without what steers a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _texts(given) -> list[str]:
    """Return the texts that are given, or the lines of the file or of standard input.

    Raises:
        UsageError: the file cannot be read.
    """
    nothing_waits = sys.stdin is None or sys.stdin.isatty()
    files = given.file or ([] if given.text or nothing_waits else ["-"])
    return [*given.text, *(line for file in files for line in _lines(file))]


def _lines(file: str) -> list[str]:
    """Return the lines of a file, or of standard input, that are not blank."""
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UsageError(f"{file}: expected at most {MOST_BYTES:,} bytes, found more.")
        lines = content.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: expected text in UTF-8, found something else.") from error
    return list(filter(str.strip, lines))


def _inputs(given, lesson: catalogue.Lesson) -> list:
    """Return what the network is asked about.

    Raises:
        UsageError: it is of another kind than the network takes, or there is none.
    """
    kind = lesson.about.input
    if kind not in ROOMS or not lesson.about.networks:
        known = [one.number for one in catalogue.lessons() if one.about.networks]
        raise UsageError(
            f"{given.experiment}: keeps no network to ask; expected one of {', '.join(known)}."
        )
    expected = "--text, --file or lines of standard input" if kind == "text" else f"--{kind}"
    found = {"text": given.text or given.file, "row": given.row, "image": given.image}
    for other, strange in found.items():
        if strange and other != kind:
            raise UsageError(f"{given.experiment}: expected {expected}, found --{other}.")
    inputs = _texts(given) if kind == "text" else found[kind]
    if not inputs:
        if kind == "row" and lesson.about.published:
            expected += f' "NAME=number ..." (names: figures/{lesson.stem}/networks/*.md)'
        raise UsageError(f"{given.experiment}: expected {expected}, found nothing; see --help.")
    if given.plot in given.image:
        raise UsageError(f"--plot {given.plot}: expected another file than the picture's.")
    if given.plot and len(inputs) > 1:
        raise UsageError(f"--plot: expected one input for one picture, found {len(inputs)}.")
    return inputs


def main() -> int:
    """Answer each input; return the exit status, 2 if some could not be answered."""
    errors.prepare_program()
    given = _arguments()
    lesson = catalogue.find(given.experiment)
    inputs = _inputs(given, lesson)  # before anything is trained
    trained = finding.find(lesson, given.model, given.data, given.run)
    room = importlib.import_module(f"prediction.{ROOMS[lesson.about.input]}")
    refused = 0
    for asked in inputs:
        try:
            answer = room.answer(trained, asked)
        except UsageError as error:
            print(_printable(f"error: {' '.join(str(error).split())}"), file=sys.stderr)
            if given.json:
                print(json.dumps({"input": str(asked), "error": str(error)}))
            refused += 1
            continue
        for warning in answer.warnings:
            print(_printable(f"warning: {warning}"), file=sys.stderr)
        if given.json:
            print(json.dumps(showing.as_json(trained, answer), allow_nan=False))
        else:
            text = showing.as_text(trained, answer, room.lines(trained, answer))
            print(f"{_printable(text)}\n")
        if given.plot:
            showing.save_plot(trained, answer, room.plot, given.plot)
            print(f"Drawn: {given.plot}", file=sys.stderr)
    if refused < len(inputs) and not given.json:
        print(showing.about(trained))
    return 2 if refused else 0


if __name__ == "__main__":
    sys.exit(main())

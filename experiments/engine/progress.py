"""Show how far a training is: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from base import terminal

LINE_EVERY = 20.0  # seconds between plain lines of one training
SHORT = 2.0  # seconds of a training that is only counted
COUNT_EVERY = 5.0  # seconds between counts of trainings
console = terminal.for_progress()
suite: "Suite | None" = None  # the lessons of which this process runs one after the other


def use_lines() -> None:
    """Show no bar from now on, for a process that would disturb another's; elsewhere lines."""
    global console
    console = Console(stderr=True, force_terminal=False, quiet=sys.stderr.isatty())


def say(text: str) -> None:
    """Report something in a line."""
    console.print(text, highlight=False, soft_wrap=True)


def failed(label: str, epoch: int) -> None:
    """Report that an epoch of a training, counted from 1, gave no finite loss."""
    say(f"{label}: failed, the loss of epoch {epoch} is not finite; it ends here")


class Suite:
    """Several lessons in one run: which one is at work, and how long all of them will take.

    Args:
        minutes: what each lesson takes, in their order; how fast this machine is, the lessons show
            that are done.
    """

    def __init__(self, minutes: Sequence[float]):
        self._minutes, self._done = minutes, -1
        self._started = self._begun = time.monotonic()

    def begin(self) -> None:
        """Note that the next lesson begins."""
        self._done += 1
        self._begun = time.monotonic()

    def left(self) -> str:
        """Return how long all lessons that are not done will take, such as "about 12 min left"."""
        before, now, after = (
            60 * sum(part)
            for part in (
                self._minutes[: self._done],
                self._minutes[self._done : self._done + 1],
                self._minutes[self._done + 1 :],
            )
        )
        # Lessons that were saved before take no time, which says nothing of the next.
        speed = max(0.5, (self._begun - self._started) / before) if before else 1
        seconds = max(0, now * speed - (time.monotonic() - self._begun)) + after * speed
        return f"about {seconds / 60:.0f} min left" if seconds >= 60 else "under 1 min left"

    def __str__(self) -> str:
        """Return it as "lesson 3 of 7"."""
        return f"lesson {self._done + 1} of {len(self._minutes)}"


class _Left(TimeRemainingColumn):
    """The time left, of all lessons where there are several."""

    def render(self, task: Task) -> Text:
        """Return it as "about 3 min left" or "0:00:12 left"."""
        return Text(suite.left()) if suite else super().render(task).append(" left")


class Epochs:
    """Report the epochs of one training; use as `with Epochs(...) as report`.

    Args:
        label: what the training is called.
        done: epochs that were trained before.
        epochs: epochs of the whole training.
    """

    def __init__(self, label: str, done: int, epochs: int):
        self._label, self._done, self.epochs = label, done, epochs
        self._started = self._shown = time.monotonic()
        self._bar = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("epoch {task.completed:.0f}/{task.total:.0f}  {task.fields[logs]}"),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                console=console,
            )
            self._task = self._bar.add_task(label, total=epochs, completed=done, logs="compiling")
        if done:
            say(f"{label}: goes on after epoch {done} of {epochs}, which was saved")

    def __enter__(self):
        """Start the bar."""
        if self._bar:
            self._bar.start()
        return self

    def __call__(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Report that an epoch, counted from 0, has ended with these losses and metrics."""
        if self._bar:
            self._bar.update(self._task, completed=epoch + 1, logs=f"loss {logs['loss']:.4f}")
            return
        now = time.monotonic()
        last = epoch + 1 == self.epochs
        if now - self._shown > LINE_EVERY or (last and now - self._started > SHORT):
            self._shown = now
            each = (now - self._started) / (epoch + 1 - self._done)
            left = each * (self.epochs - epoch - 1)
            end = f"{now - self._started:.1f} s" if last else f"about {left:.0f} s left"
            say(f"{self._label}: epoch {epoch + 1}/{self.epochs}  loss {logs['loss']:.4f}  {end}")

    def __exit__(self, *_):
        """Stop the bar; that of a short training leaves no trace."""
        if self._bar:
            self._bar.live.transient = time.monotonic() - self._started < SHORT
            self._bar.stop()


class Trainings:
    """Report how many of several trainings are done.

    Used as `with report`, where they run in other processes, it is a bar on a terminal. Otherwise
    it is a line now and then and for the last one.
    """

    def __init__(self, total: int):
        self._done, self._total, self._shown = 0, total, time.monotonic()
        self._bar = None

    def __enter__(self):
        """Start the bar."""
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}{task.completed:.0f} of {task.total:.0f} trainings"),
                BarColumn(),
                TimeElapsedColumn(),
                _Left(),
                console=console,
            )
            self._task = self._bar.add_task(
                f"{suite}: " if suite else "", total=self._total, completed=self._done
            )
            self._bar.start()
        return self

    def __call__(self) -> None:
        """Report that one more is done."""
        self._done += 1
        if self._bar:
            self._bar.update(self._task, completed=self._done)
            return
        now = time.monotonic()
        if now - self._shown > COUNT_EVERY or self._done == self._total > 1:
            self._shown = now
            say(f"{suite}: {self} done, {suite.left()}" if suite else f"{self} done")

    def __exit__(self, *_):
        """Stop the bar."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def __str__(self) -> str:
        """Return it as "3 of 10 trainings"."""
        return f"{self._done} of {self._total} trainings"

"use strict";
// A question before the curves: the reader guesses an epoch, then sees ours.

const KNOWN = 0.9; // the share of rows that a network without validation is asked about

/** Return what a lesson asks: its words, a metric, the last epoch, and the epoch of each of our runs. */
function questionOf(models, shown) {
  const validated = Object.entries(models).find(([, one]) => "val_loss" in one.values || "val_mae" in one.values);
  const [name, { epochs, values }] = validated ?? Object.entries(models).at(-1), last = epochs.at(-1);
  const at = (runs, find) => runs.map(run => epochs[find(run)]).filter(epoch => epoch !== undefined);
  if (validated) {
    const metric = "val_loss" in values ? "loss" : "mae";
    return { metric, last, runs: at(values[`val_${metric}`], run => run.indexOf(least(run.filter(value => value !== null)))),
      words: `"${shown(name)}" passes through its rows ${last} times. After how many passes does it do best on rows that it does not train on (lowest validation ${metric})?` };
  }
  return { metric: "accuracy", last, runs: at(values.accuracy ?? [], run => run.findIndex(value => value >= KNOWN)),
    words: `"${shown(name)}" passes through its rows ${last} times. After how many passes does it get nine in ten of them right?` };
}

/** Put the question before a viewer, which is hidden until it is answered. */
function askFirst(viewer) {
  const { metric, last, runs, words } = questionOf(viewer.models, viewer.shown);
  if (!runs.length) return;
  const range = element("input", { type: "range", min: 1, max: last, value: Math.round(last / 2), "aria-label": "Your guess, an epoch" });
  const output = element("output", {}, range.value), button = element("button", { type: "button" }, "Show");
  const result = element("p", { role: "status", className: "result" });
  range.addEventListener("input", () => { output.textContent = range.value; });
  button.addEventListener("click", () => {
    const [first, latest, mean] = [least(runs), most(runs), summarise(runs).mean], guess = Number(range.value);
    const said = guess >= first && guess <= latest ? "One of our runs could have said so." : guess < mean ? "It takes longer than you thought." : "It takes less time than you thought.";
    result.textContent = `You said ${guess}. Ours: after ${rounded(mean, 3)} on average, single runs between ${first} and ${latest} (${runs.length} ${runs.length === 1 ? "run" : "runs"}). ${said}`;
    viewer.metric.value = metric;
    viewer.root.hidden = false;
    viewer.change(viewer.metric);
  });
  viewer.root.before(element("div", { className: "guess" },
    element("p", {}, element("b", {}, "Guess first: "), words), element("label", {}, "after ", range, output), button, result));
  viewer.root.hidden = true;
}

"use strict";
// A question before the curves: the reader guesses, then sees ours.

/** Return what a lesson asks: words, range, first guess, what each of our runs says, and two answers. */
function questionOf(models, shown) {
  const validated = Object.entries(models).find(([, one]) => "val_loss" in one.values || "val_mae" in one.values);
  if (validated) {
    const [name, { epochs, values }] = validated, metric = "val_loss" in values ? "val_loss" : "val_mae", last = epochs.at(-1);
    return {
      words: `of ${last} epochs, after which is the validation ${metric === "val_loss" ? "loss" : "error"} of "${shown(name)}" lowest?`,
      unit: "epoch", min: 1, max: last, step: 1, first: Math.round(last / 2), place: "after epoch ",
      runs: values[metric].map(one => epochs[one.indexOf(least(one.filter(value => value !== null)))]),
      more: "It keeps falling for longer than you thought.", less: "It turns sooner than you thought.",
    };
  }
  const [name, { epochs, values }] = Object.entries(models).at(-1);
  return values.accuracy && {
    words: `nothing can be learnt here. Which share of its training rows does "${shown(name)}" get right after ${epochs.at(-1)} epochs?`,
    unit: "share", min: 0.5, max: 1, step: 0.01, first: 0.75, place: "", runs: values.accuracy.map(one => one.at(-1)),
    more: "It memorises more than you thought.", less: "It memorises less than you thought.",
  };
}

class Guess {
  constructor(viewer) {
    const question = questionOf(viewer.models, viewer.shown);
    if (!question) return;
    const { words, unit, min, max, step, first, place, runs, more, less } = question, found = summarise(runs);
    const range = element("input", { type: "range", min, max, step, value: first, "aria-label": `Your guess, ${unit}` });
    const output = element("output", {}, range.value), button = element("button", { type: "button" }, "Show");
    const result = element("p", { role: "status", className: "result" });
    range.addEventListener("input", () => { output.textContent = range.value; });
    button.addEventListener("click", () => {
      const near = range.value >= least(runs) && range.value <= most(runs);
      result.textContent = `You said ${range.value}. Ours: ${place}${rounded(found.mean, 3)} on average, single runs between ${rounded(least(runs), 3)} and ${rounded(most(runs), 3)}`
        + ` (${runs.length} ${runs.length === 1 ? "run" : "runs"}). ${near ? "One of our runs could have said so." : range.value < found.mean ? more : less}`;
      viewer.root.hidden = false;
      viewer.draw();
    });
    viewer.root.before(element("div", { className: "guess" },
      element("p", {}, element("b", {}, "Guess first: "), words), element("label", {}, `${unit} `, range, output), button, result));
    viewer.root.hidden = true; // until it is guessed
  }
}

"use strict";
// Words of the field, explained where they first stand on a page.

const JOINER = "\u2060"; // where a line must not break, such as behind a bracket
const GLOSSARY = {
  "seed": "A number that settles what chance does to a training: the first weights, the order of the rows, dropout. Another seed gives another network.",
  "fold": "A part of the rows that is left out of a training and tested on. With four folds each row is left out once.",
  "95% interval": "Computed so that it holds the true value 95 times in 100. The more seeds, the narrower.",
  "ablation": "The same training with one part taken out, to see what that part does.",
  "AUC": "How well patients are ranked: the share of pairs of one who dies and one who lives that are in the right order. 0.5 is chance, 1 is perfect.",
  "calibration": "Whether a network that is 90% sure is right 9 times in 10.",
  "reproduced": "The tutorial's number lies where 95% of new runs of ours fall.",
  "undecided": "The interval holds both answers: more seeds could decide.",
  "overfit": "The network memorises its training rows: its loss on others rises while that on its own falls.",
  "validation": "Rows that are not trained on and are looked at after each epoch.",
  "epoch": "One pass through all training rows.",
  "dropout": "Units are switched off at random while training, so that none can rely on another.",
  "defect": "A mistake in a tutorial's code or text that is corrected here; figures/README.md lists them by number.",
};

{
  const explanation = element("div", { id: "explanation", popover: "auto", role: "note" });
  document.body.append(explanation);
  const words = new RegExp(`\\b(${Object.keys(GLOSSARY).join("|")})s?\\b`, "gi");
  for (const page of document.querySelectorAll(".page")) {
    const seen = new Set();
    for (const part of page.querySelectorAll(":scope > p, :scope > ul li, :scope > details > .about dd")) {
      const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), nodes = [];
      while (texts.nextNode()) if (!texts.currentNode.parentElement.closest("a, button, code, .badge")) nodes.push(texts.currentNode);
      nodes.forEach(node => explain(node, words, seen, explanation));
    }
  }
}

/** Make the first of each known word in a text a button that explains it. */
function explain(node, words, seen, explanation) {
  const parts = [];
  let from = 0;
  for (const match of node.data.matchAll(words)) {
    const term = Object.keys(GLOSSARY).find(one => one.toLowerCase() === match[1].toLowerCase());
    if (seen.has(term)) continue;
    seen.add(term);
    const button = element("button", { type: "button", className: "term", "aria-label": `${match[0]}: what is it?` }, match[0]);
    button.addEventListener("click", () => {
      explanation.replaceChildren(element("b", {}, term), `: ${GLOSSARY[term]}`);
      explanation.showPopover();
    });
    const before = node.data.slice(from, match.index);
    parts.push(/\S$/.test(before) ? before + JOINER : before, button);
    from = match.index + match[0].length;
  }
  if (parts.length) node.replaceWith(...parts, node.data.slice(from));
}

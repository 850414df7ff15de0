"use strict";
// Ask networks about texts: words light up by weight, a click takes one out.

const START = 1, RARE = 2; // marks of a text's start and of words that are not known
const SEPARATORS = /[\s!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~–—…“”«»]+/;
const FEW_WORDS = 40, MOST_CHARACTERS = 6000; // every word is taken out once at each keystroke

class TextWidget {
  constructor(root, given) {
    [this.networks] = given.networks.map(one => new Networks(one));
    this.removed = new Set();
    this.input = element("textarea", { rows: 4, spellcheck: false, maxLength: MOST_CHARACTERS });
    this.words = element("p", { className: "words" });
    this.list = element("ul", { className: "votes" });
    this.result = element("p", { className: "result" });
    const samples = given.samples.map((sample, i) => {
      const button = element("button", { type: "button" }, `Text ${i + 1}${sample.is ? `, ${sample.is}` : ""}`);
      button.addEventListener("click", () => this.choose(sample));
      return button;
    });
    this.input.addEventListener("input", () => this.begin());
    this.input.addEventListener("focus", () => given.samples.some(({ text }) => text === this.input.value) && this.input.select());
    root.append(element("label", {}, `Write or paste a text in English, of at most ${MOST_CHARACTERS.toLocaleString("en")} characters, or take one of the test set`, this.input),
      element("div", { className: "choices" }, ...samples), this.result, this.list,
      element("p", { className: "note" }, `Orange words speak for the answer, blue ones against it, the stronger the more. Click a word to take it out, and again to put it back. In test texts [?] is a word outside the ${this.networks.shapes[0][0].toLocaleString("en")} that the networks know.`),
      this.words);
    // So that there is something to see; it is said aloud only from then on.
    this.choose(given.samples[0]).then(() => this.result.setAttribute("role", "status"));
  }

  choose(sample) {
    this.input.value = sample.text;
    return this.begin(sample);
  }

  async begin(sample = null) {
    this.removed.clear();
    this.sample = sample;
    await this.networks.load();
    this.indexes ??= new Map(this.networks.wordList.map((word, i) => [word, i]).filter(([word]) => word));
    this.draw();
  }

  known(word) {
    const plain = word.normalize("NFKC").toLowerCase().replace(/[’‘]/g, "'");
    for (const spelling of [plain, plain.replace(/^'+|'+$/g, ""), plain.replace(/^'+|'+$/g, "").replace(/'s$/, "")]) {
      if (this.indexes.has(spelling)) return this.indexes.get(spelling);
    }
    return RARE;
  }

  /** Return which words there are as the networks take it, without those taken out and one more. */
  row(words, without = null) {
    const row = new Float32Array(this.networks.shapes[0][0]);
    row[START] = 1;
    for (const index of words) if (!this.removed.has(index) && index !== without) row[index] = 1;
    return row;
  }

  draw() {
    const written = this.input.value.split(SEPARATORS).filter(Boolean);
    const words = written.map(word => this.known(word));
    const different = [...new Set(words)].filter(index => index !== RARE);
    if (different.length === 0) {
      this.list.replaceChildren();
      this.words.replaceChildren();
      this.result.textContent = written.length ? "The networks know none of these words." : "";
      return;
    }
    const all = this.networks.ask(this.row(words));
    const mean = drawVotes(this.list, this.networks, all, 5), top = largestAt(mean);
    const odds = probability => Math.log(probability / (1 - probability));
    const clipped = probability => Math.min(Math.max(probability, 1e-6), 1 - 1e-6);
    const weights = new Map(different.map(index =>
      [index, odds(clipped(mean[top])) - odds(clipped(this.networks.mean(this.row(words, index))[top]))]));
    const strongest = most([...weights.values()].map(Math.abs)) || 1;
    const focused = document.activeElement?.dataset?.place;
    this.words.replaceChildren(...written.flatMap((word, i) => {
      const index = words[i];
      if (index === RARE) return [element("span", { className: "rare", title: "not known" }, word), " "];
      const weight = weights.get(index), out = this.removed.has(index);
      const button = element("button", { type: "button", "aria-pressed": String(out), title: `${weight >= 0 ? "+" : ""}${weight.toFixed(2)} in log-odds` }, word);
      button.dataset.place = i;
      if (!out) button.style.background = `color-mix(in srgb, ${weight > 0 ? "#D55E00" : "#0072B2"} ${Math.round(70 * Math.abs(weight) / strongest)}%, transparent)`;
      button.addEventListener("click", () => {
        if (out) this.removed.delete(index);
        else this.removed.add(index);
        this.draw();
      });
      return [button, " "];
    }));
    if (focused !== undefined) this.words.querySelector(`[data-place="${focused}"]`)?.focus();
    const known = `${different.length} ${different.length === 1 ? "word is" : "words are"}`;
    const doubt = different.length < FEW_WORDS ? ` Only ${known} known to them: test texts have more, and how often they are right was counted on those.` : "";
    const truth = this.sample ? `It is: ${this.networks.answers[this.sample.class]}. ` : "";
    this.result.textContent = truth + votesInWords(this.networks, all, mean) + doubt;
  }
}

WIDGETS.text = TextWidget;

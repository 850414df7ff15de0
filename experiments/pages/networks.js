"use strict";
// Trained networks of dense layers: unpacked when they are first asked, computed in plain JavaScript.

const ACTIVATIONS = {
  relu: z => z.map(value => Math.max(value, 0)),
  sigmoid: z => z.map(value => 1 / (1 + Math.exp(-value))),
  softmax: z => {
    const top = most([...z]), powers = z.map(value => Math.exp(value - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map(value => value / sum);
  },
};

/** The seeds of one network: the same layers, other weights. */
class Networks {
  constructor(given) {
    Object.assign(this, given); // label, shapes, bytes, number, packed, words, answers, reliability
  }

  /** Unpack weights and words, once. */
  async load() {
    this.loaded ??= Promise.all([unpack(this.packed), this.words ? unpackText(this.words) : "null"]).then(([bytes, words]) => {
      this.seeds = this.read(bytes);
      this.wordList = JSON.parse(words);
    });
    await this.loaded;
    return this;
  }

  read(bytes) {
    let at = 0;
    const floats = number => new Float32Array(bytes.slice(at, at += 4 * number).buffer);
    return Array.from({ length: this.number }, () => this.shapes.map(([inputs, units, activation]) => {
      const count = inputs * units, weights = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        const high = bytes[at + i] << 24 >> 24; // signed
        weights[i] = this.bytes === 2 ? 256 * high + bytes[at + count + i] : high;
      }
      at += count * this.bytes;
      return { inputs, units, activation, weights, scale: floats(units), bias: floats(units) };
    }));
  }

  /** Return for each seed the probability of each answer. */
  ask(input) {
    return this.seeds.map(layers => {
      const output = layers.reduce(forward, input);
      return output.length === 1 ? [1 - output[0], output[0]] : [...output];
    });
  }

  /** Return the mean over the seeds of what `ask` gives. */
  mean(input) {
    return meanOf(this.ask(input));
  }

  /** Say how often the network was right when it was as sure of this answer. */
  rightWhenSo(answer, probability) {
    const bins = this.reliability[this.answers[answer]] ?? this.reliability.any ?? [];
    const bin = bins.find(({ low, high }) => low <= probability && probability <= high);
    if (!bin) return "";
    const [share, low, high] = [bin.share, bin.share_low, bin.share_high].map(one => Math.round(1000 * one) / 10);
    return `When this sure, one network is right in ${share} of 100 (95%: ${low} to ${high}; ${bin.rows.toLocaleString("en")} test rows).`;
  }
}

/** Return what a layer gives for an input, most of whose values may be 0. */
function forward(input, { inputs, units, activation, weights, scale, bias }) {
  const z = new Float32Array(units);
  for (let i = 0; i < inputs; i++) {
    const value = input[i];
    if (value === 0) continue;
    for (let j = 0, at = i * units; j < units; j++) z[j] += value * weights[at + j];
  }
  for (let j = 0; j < units; j++) z[j] = z[j] * scale[j] + bias[j];
  return ACTIVATIONS[activation](z);
}

const meanOf = all => all[0].map((_, i) => all.reduce((sum, one) => sum + one[i], 0) / all.length);
const votesFor = (answer, all) => all.filter(one => largestAt(one) === answer).length;
const largestAt = values => values.indexOf(most(values));

/** Draw how the seeds vote: for each of the most probable answers a bar, and a dot for each seed. */
function drawVotes(root, networks, all, limit = 10) {
  const mean = meanOf(all);
  const order = networks.answers.map((_, i) => i);
  if (order.length > limit) order.sort((a, b) => mean[b] - mean[a]);
  root.replaceChildren(...order.slice(0, limit).map(i => {
    const bar = element("span", { className: "bar" });
    bar.style.width = `${100 * mean[i]}%`;
    const dots = all.length === 1 ? [] : all.map(one => {
      const dot = element("i", {});
      dot.style.left = `${100 * one[i]}%`;
      return dot;
    });
    return element("li", { className: i === largestAt(mean) ? "top" : "" }, element("span", { className: "name" }, networks.answers[i]),
      element("span", { className: "track", "aria-hidden": "true" }, bar, ...dots), element("span", { className: "num" }, mean[i].toFixed(2)));
  }));
  return mean;
}

/** Say in words what the seeds answer. */
function votesInWords(networks, all, mean) {
  const top = largestAt(mean), votes = votesFor(top, all);
  const who = all.length === 1 ? "The network says" : `${votes} of ${all.length} networks say`;
  return `${who} ${networks.answers[top]}, probability ${mean[top].toFixed(2)}${all.length > 1 ? " on average" : ""}.`
    + ` ${networks.rightWhenSo(top, mean[top])}`;
}

"use strict";
// Train a small network on random labels, here in the page: it learns its rows by heart, no more.

const FEATURES = 12, ROWS = 1000, NEW_ROWS = 1000, BATCH = 64, EPOCHS = 1000;
const MEMORISED = 0.1; // better by as much on its own rows
const RATE = 0.001, DECAY = 0.9, SMALL = 1e-7; // of RMSprop, as in Keras

/** Return a generator of numbers from 0 to 1 that a seed settles (mulberry32). */
function randomFrom(seed) {
  return () => {
    seed = seed + 0x6D2B79F5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}

/** 12 inputs, a hidden layer of relu units, a sigmoid: trained by RMSprop on batches of 64. */
class SmallNetwork {
  constructor(units, random) {
    const uniform = (number, inputs, outputs) => Float64Array.from({ length: number },
      () => (2 * random() - 1) * Math.sqrt(6 / (inputs + outputs))); // Glorot's
    this.units = units;
    this.parts = [uniform(FEATURES * units, FEATURES, units), new Float64Array(units), uniform(units, units, 1), new Float64Array(1)];
    this.slopes = this.parts.map(part => new Float64Array(part.length));
    this.squares = this.parts.map(part => new Float64Array(part.length));
    this.hidden = new Float64Array(units);
  }

  get weights() {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  probability(x, at) {
    const [w, b, v, c] = this.parts, { units, hidden } = this;
    hidden.set(b);
    for (let i = 0; i < FEATURES; i++) for (let j = 0, value = x[at + i]; j < units; j++) hidden[j] += value * w[i * units + j];
    let z = c[0];
    for (let j = 0; j < units; j++) {
      if (hidden[j] < 0) hidden[j] = 0;
      z += hidden[j] * v[j];
    }
    return 1 / (1 + Math.exp(-z));
  }

  /** Pass once through all rows in a new order; return the share that it got right on the way. */
  epoch({ x, y }, random) {
    const order = Array.from(y.keys());
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    let right = 0;
    for (let start = 0; start < order.length; start += BATCH) right += this.step(x, y, order.slice(start, start + BATCH));
    return right / order.length;
  }

  step(x, y, rows) {
    const [dw, db, dv, dc] = this.slopes, v = this.parts[2], { units, hidden } = this;
    this.slopes.forEach(slope => slope.fill(0));
    let right = 0;
    for (const row of rows) {
      const p = this.probability(x, row * FEATURES), error = (p - y[row]) / rows.length;
      right += (p >= 0.5) === (y[row] === 1);
      dc[0] += error;
      for (let j = 0; j < units; j++) {
        if (hidden[j] === 0) continue;
        dv[j] += error * hidden[j];
        const back = error * v[j];
        db[j] += back;
        for (let i = 0; i < FEATURES; i++) dw[i * units + j] += back * x[row * FEATURES + i];
      }
    }
    this.parts.forEach((part, k) => {
      const slope = this.slopes[k], square = this.squares[k];
      for (let i = 0; i < part.length; i++) {
        square[i] = DECAY * square[i] + (1 - DECAY) * slope[i] ** 2;
        part[i] -= RATE * slope[i] / (Math.sqrt(square[i]) + SMALL);
      }
    });
    return right;
  }

  accuracy({ x, y }) {
    return y.reduce((right, label, row) => right + ((this.probability(x, row * FEATURES) >= 0.5) === (label === 1)), 0) / y.length;
  }
}

/** Return rows of random numbers with labels that have nothing to do with them. */
function randomRows(number, random) {
  return { x: Float64Array.from({ length: number * FEATURES }, random), y: Uint8Array.from({ length: number }, () => random() < 0.5 ? 0 : 1) };
}

class MemorisingWidget {
  constructor(root, given) {
    this.root = root;
    this.runs = given.runs;
    this.seed = 0;
    this.size = element("input", { type: "range", min: 0, max: 8, value: 6, "aria-label": "Hidden units" });
    this.units = element("output", {});
    this.start = element("button", { type: "button" }, "Train");
    this.chart = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.chart.setAttribute("viewBox", "0 0 600 220");
    this.chart.setAttribute("role", "img");
    this.chart.setAttribute("class", "learning");
    this.result = element("p", { role: "status", className: "result" });
    this.count = element("span", { className: "note" });
    root.append(element("div", { className: "choices" }, element("label", {}, "Hidden units ", this.size, this.units), this.start, this.count),
      this.chart, this.result,
      element("p", { className: "note" }, `1,000 rows of 12 random numbers, with labels drawn by a coin. Dashed: rows that it is trained on; solid: 1,000 new rows. Grey: where ${this.runs.length} runs of ours with 64 units ended on the rows that they were trained on; the lesson's deep network has two hidden layers.`));
    this.size.addEventListener("input", () => this.reset());
    this.start.addEventListener("click", () => this.running ? this.pause() : this.train());
    this.reset();
  }

  reset() {
    this.pause();
    const random = this.random = randomFrom(++this.seed);
    this.network = new SmallNetwork(2 ** this.size.value, random);
    this.rows = randomRows(ROWS, random);
    this.others = randomRows(NEW_ROWS, random);
    this.curve = [];
    this.units.textContent = ` ${this.network.units}, ${this.network.weights.toLocaleString("en")} weights`;
    this.size.setAttribute("aria-valuetext", `${this.network.units} units`);
    this.draw();
    this.result.textContent = "";
  }

  pause() {
    this.running = false;
    this.start.textContent = "Train";
  }

  train() {
    if (this.curve.length >= EPOCHS) this.reset();
    this.running = true;
    this.start.textContent = "Pause";
    const work = () => {
      const until = performance.now() + 25;
      while (this.running && this.curve.length < EPOCHS && performance.now() < until) {
        const trained = this.network.epoch(this.rows, this.random);
        const due = this.curve.length % 10 === 9 || this.curve.length === 0;
        this.curve.push([trained, due ? this.network.accuracy(this.others) : this.curve.at(-1)[1]]);
      }
      this.draw();
      if (this.curve.length >= EPOCHS || this.root.offsetParent === null) this.pause(); // done, or on another page
      if (this.running) setTimeout(work);
      else this.say();
    };
    work();
  }

  say() {
    if (!this.curve.length) return;
    const [trained, others] = this.curve.at(-1), { units, weights } = this.network;
    this.result.textContent = `After ${this.curve.length} epochs the network with ${units} hidden ${units === 1 ? "unit" : "units"} (${weights.toLocaleString("en")} weights) gets`
      + ` ${trained.toFixed(2)} of its own rows right and ${others.toFixed(2)} of new ones`
      + (trained > others + MEMORISED ? ": it has memorised, not learnt." : ": it is too small to memorise them, or not yet done.");
  }

  draw() {
    const y = value => 200 - (value - 0.4) / 0.6 * 190, x = epoch => 40 + epoch / EPOCHS * 550;
    const path = place => this.curve.map((values, i) => `${i ? "L" : "M"}${x(i + 1).toFixed(1)} ${y(values[place]).toFixed(1)}`).join("");
    const [low, high] = [least(this.runs), most(this.runs)];
    const ticks = [0.5, 0.75, 1].map(value => `<line x1="40" x2="590" y1="${y(value)}" y2="${y(value)}" class="grid"/><text x="34" y="${y(value) + 4}" text-anchor="end">${value}</text>`).join("");
    this.chart.innerHTML = `${ticks}<rect x="560" width="30" y="${y(high)}" height="${y(low) - y(high)}" class="ours"/><text x="554" y="${y((low + high) / 2) + 4}" text-anchor="end">${this.runs.length} runs of ours</text>`
      + `<text x="40" y="217">0</text><text x="590" y="217" text-anchor="end">${EPOCHS} epochs</text>`
      + `<path d="${path(1)}" class="new"/><path d="${path(0)}" class="own"/>`;
    const [trained, others] = this.curve.at(-1) ?? [0.5, 0.5];
    this.count.textContent = this.curve.length ? `epoch ${this.curve.length}: ${trained.toFixed(2)} of its own rows right, ${others.toFixed(2)} of new ones` : "";
    this.chart.setAttribute("aria-label", `Accuracy after ${this.curve.length} epochs: ${trained.toFixed(2)} on its own rows, ${others.toFixed(2)} on new ones`);
  }
}

WIDGETS.labels = MemorisingWidget;

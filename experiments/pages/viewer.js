"use strict";
// The history viewer: curves of the chosen models, their values at an epoch, a second run to compare.

const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#D99A00", "#56B4E9",
  "#8C6BB1", "#8B5A2B", "#66A61E", "#E7298A", "#7F7F7F", "#20B2AA"];
const DASHES = { validation: [1, 0], training: [6, 4] };
const ADDED_DASHES = [[2, 3], [9, 3, 2, 3], [4, 2, 1, 2], [12, 4], [1, 4], [7, 2]]; // of runs that a reader adds
const FEW = 4; // models that are shown at first where there are many
const WIDE = 20; // a curve that falls by more is first drawn on a logarithmic axis
const MOST_IN_TOOLTIP = 12;
const NEAR = 40; // pixels from the pointer to a curve that it may mean

const WIDGETS = {}; // classes by kind, which other scripts add: what a reader can try

const quoted = text => `"${text.replaceAll('"', '""')}"`; // for a CSV file
const curveName = row => `${row.model}, ${row.kind}`;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** Load Vega-Lite, which the page holds packed, once. */
function loadVega() {
  return loadVega.loaded ??= unpackText(document.getElementById("vega").textContent).then(code =>
    document.head.append(element("script", { textContent: code })));
}

class Viewer {
  constructor(root, models) {
    this.root = root;
    this.models = models;
    this.verdicts = JSON.parse(root.dataset.verdicts ?? "[]"); // on the tutorial's numbers, by seeds
    this.nearest = ""; // the curve next to the pointer
    this.added = new Map(); // runs of the reader's by name
    this.names = Object.keys(this.models);
    this.shown = name => this.models[name].name; // what readers call a model
    this.colours = Object.fromEntries(this.names.map((name, i) => [this.shown(name), COLOURS[i % COLOURS.length]]));
    this.build();
  }

  /** Make the controls; they are ordinary form fields, so that a keyboard reaches all of them. */
  build() {
    const many = this.names.length > 7;
    this.boxes = this.names.map((name, i) =>
      element("input", { type: "checkbox", value: name, checked: !many || i < FEW }));
    const models = element("fieldset", { className: "models" }, element("legend", {}, "Models"));
    this.boxes.forEach(box => {
      const swatch = element("span", { className: "swatch" });
      const name = this.shown(box.value);
      swatch.style.background = this.colours[name];
      models.append(element("label", {}, box, swatch, name));
    });
    const metrics = new Set(Object.values(this.models)
      .flatMap(model => Object.keys(model.values).map(name => name.replace(/^val_/, ""))));
    this.metric = element("select", {}, ...[...metrics].map(name => element("option", {}, name)));
    const isValidated = Object.values(this.models).some(model => "val_" + [...metrics][0] in model.values);
    this.kinds = (isValidated ? ["training", "validation"] : ["training"]).map((kind, i, all) =>
      element("input", { type: "checkbox", value: kind, checked: i === all.length - 1 }));
    const mostSeeds = Math.max(...Object.values(this.models).map(model => model.seeds.length));
    this.number = element("input", { type: "range", min: 1, max: mostSeeds, value: mostSeeds, "aria-label": "How many seeds" });
    this.numberShown = element("output", {}, mostSeeds);
    const last = this.last = Math.max(...Object.values(this.models).map(model => model.epochs.at(-1)));
    this.from = element("input", { type: "number", min: 1, max: last, value: 1 });
    this.to = element("input", { type: "number", min: 1, max: last, value: last });
    this.file = element("input", { type: "file", accept: ".csv,.json", multiple: true });
    this.remove = element("button", { type: "button", hidden: true }, "Remove them");
    this.status = element("p", { className: "note", role: "status" });
    this.chart = element("div", { className: "chart" });
    this.chart.addEventListener("pointermove", event => this.highlight(event));
    this.chart.addEventListener("pointerleave", () => this.highlight(null));
    this.chart.addEventListener("pointerdown", () =>
      window.addEventListener("pointerup", () => this.fingers.size < 2 && this.zoom(), { once: true }));
    this.pinch();
    this.chart.addEventListener("dblclick", () => this.zoom([1, this.last]));
    this.slider = element("input", { type: "range", min: 0, step: 1, "aria-label": "Epoch" });
    this.epoch = element("output", {});
    this.table = element("table", { className: "values" });
    const scroll = { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Values at the epoch" };
    const controls = element("div", { className: "controls" },
      models,
      element("fieldset", {}, element("label", {}, "Metric", this.metric),
        ...this.kinds.map(box => element("label", {}, box, box.value))),
      this.radios("Seeds", "seeds", ["mean and 95% interval", "each seed"]),
      element("fieldset", {}, element("label", {}, "How many seeds", this.number, this.numberShown)),
      this.radios("Scale", "scale", ["linear", "logarithmic"], this.needsLogAxis([...metrics][0]) ? 1 : 0),
      element("fieldset", {}, element("label", {}, "Epochs from", this.from), element("label", {}, "to", this.to)),
      element("fieldset", {}, element("label", {}, "Add runs (history.csv, CSVLogger, JSON of History.history)", this.file), this.remove),
      this.csv = element("button", { type: "button" }, "Save what is shown as CSV"));
    const folded = element("details", { open: window.innerWidth > 640 }, element("summary", {}, "Choose what is drawn"), controls);
    this.root.append(folded, this.chart,
      element("div", { className: "at" }, element("span", {}, "Values at epoch ", this.epoch), this.slider),
      element("div", scroll, this.table), this.status);
    controls.addEventListener("change", event => this.change(event.target));
    this.slider.addEventListener("input", () => this.tabulate());
    this.number.addEventListener("input", () => this.draw());
    this.number.addEventListener("change", () => this.note());
    this.csv.addEventListener("click", () => this.save());
    this.remove.addEventListener("click", () => {
      this.added.clear();
      this.file.value = "";
      this.draw();
    });
  }

  /** Tell whether a metric falls so much that only a logarithmic axis shows its end. */
  needsLogAxis(metric) {
    const values = Object.values(this.models).flatMap(model => (model.values[metric] ?? []).flat());
    const known = values.filter(value => value !== null);
    return least(known) > 0 && most(known) > WIDE * least(known);
  }

  radios(title, name, options, first = 0) {
    const group = `${name}-${this.root.dataset.experiment}`;
    return element("fieldset", {}, element("legend", {}, title), ...options.map((option, i) =>
      element("label", {}, element("input", { type: "radio", name: group, value: option, checked: i === first }), option)));
  }

  /** Return what simple predictors get of the metric; each value once. */
  levels() {
    const levels = JSON.parse(this.root.dataset.levels ?? "{}")[this.metric.value] ?? {}, byValue = new Map();
    for (const [name, value] of Object.entries(levels)) byValue.set(value, [...(byValue.get(value) ?? []), name]);
    return [...byValue].map(([value, names]) => ({ value, name: names.join(", ") }));
  }

  /** Return the tutorial's numbers at the last epoch of the shown curves. */
  theirs(curves) {
    return curves.flatMap(({ model, kind, epochs, theirs }) => {
      const mean = theirs?.[(kind === "validation" ? "val_" : "") + this.metric.value];
      return mean === undefined || !(kind in DASHES) ? [] : [{ model, epoch: epochs.at(-1), mean }];
    });
  }

  /** Tell whether the metric is an error, whose lowest value is the best. */
  get isError() {
    return /(loss|mae|mse)$/.test(this.metric.value);
  }

  chosenEach() {
    return this.chosen("seeds") === "each seed";
  }

  chosen(name) {
    return this.root.querySelector(`input[name="${name}-${this.root.dataset.experiment}"]:checked`).value;
  }

  /** Return what is chosen as the end of an address, such as "metric=loss&seeds=3". */
  get state() {
    const models = this.boxes.filter(box => box.checked).map(box => ["models", box.value]); // names may hold commas
    const values = {
      metric: this.metric.value,
      kinds: this.kinds.filter(box => box.checked).map(box => box.value).join(","), each: this.chosenEach() ? 1 : "",
      scale: this.chosen("scale"), seeds: this.number.value, from: this.from.value, to: this.to.value,
    };
    return new URLSearchParams([...models, ...Object.entries(values)]).toString();
  }

  /** Choose what the end of an address says. */
  set state(text) {
    const given = new URLSearchParams(text), pick = (boxes, names) => boxes.forEach(box => { box.checked = names.includes(box.value); });
    const radio = (group, value) => [...this.root.querySelectorAll(`input[name^="${group}-"]`)].find(one => one.value === value)?.click();
    if (given.has("models")) pick(this.boxes, given.getAll("models"));
    if (given.has("kinds")) pick(this.kinds, given.get("kinds").split(","));
    for (const [field, name] of [["metric", "metric"], ["number", "seeds"], ["from", "from"], ["to", "to"]]) {
      const value = given.get(name), options = [...this[field].options ?? []].map(option => option.value);
      if (options.includes(value) || value && !options.length && Number.isFinite(Number(value))) this[field].value = value;
    }
    if (given.has("each")) radio("seeds", given.get("each") ? "each seed" : "mean and 95% interval");
    if (given.has("scale")) radio("scale", given.get("scale"));
    this.draw();
  }

  change(control) {
    if (control === this.file) {
      this.add();
      return;
    }
    if (control.name.startsWith("scale")) this.scaleIsChosen = true;
    if (control === this.metric && !this.scaleIsChosen) {
      const scale = this.needsLogAxis(this.metric.value) ? "logarithmic" : "linear";
      this.root.querySelector(`input[value="${scale}"]`).checked = true;
    }
    this.draw();
    this.note();
  }

  /** Put what is chosen into the address, so that a copy of it shows the same. */
  note() {
    history.replaceState(null, "", `#${this.root.dataset.experiment}?${this.state}`);
  }

  /** Read the files that the reader has chosen; a history alone is of the first model that is shown. */
  async add() {
    const shown = this.boxes.find(box => box.checked)?.value ?? this.names[0];
    const problems = [];
    for (const file of this.file.files) {
      try {
        const models = parseRun(await file.text(), shown);
        if (!this.names.some(name => name in models)) {
          throw new Error(`expected models of ${this.names.join(", ")}, found ${Object.keys(models).join(", ")}`);
        }
        const called = file.name === "history.csv" ? "added run" : file.name;
        const same = [...this.added.keys()].filter(name => name.startsWith(called)).length;
        this.added.set(same ? `${called} ${same + 1}` : called, models);
      } catch (error) {
        problems.push(`${file.name}: ${error.message}.`);
      }
    }
    const added = [...this.added.values()];
    if (added.length) this.boxes.forEach(box => { box.checked = added.some(models => box.value in models); });
    const longest = most(added.flatMap(models => Object.values(models).map(model => model.epochs.at(-1))));
    if (longest > this.last) this.last = this.from.max = this.to.max = this.to.value = longest;
    this.draw();
    if (problems.length) {
      this.status.textContent = problems.join(" ");
      this.status.classList.add("error");
    }
  }

  /** Return the shown curves: model, kind (training or validation, of which run), seeds, values. */
  curves() {
    const shown = this.boxes.filter(box => box.checked).map(box => box.value);
    const curves = [];
    const runs = [[this.models, ""], ...[...this.added].map(([name, models]) => [models, `, ${name}`])];
    for (const [models, suffix] of runs) {
      for (const name of shown.filter(name => name in models)) {
        for (const kind of this.kinds.filter(box => box.checked).map(box => box.value)) {
          const values = models[name].values[(kind === "validation" ? "val_" : "") + this.metric.value];
          if (values) curves.push({ ...models[name], model: this.shown(name), kind: kind + suffix, values });
        }
      }
    }
    return curves;
  }

  draw() {
    const curves = this.curves();
    const [from, to] = [Number(this.from.value) || 1, Number(this.to.value) || Infinity].sort((a, b) => a - b);
    this.numberShown.textContent = this.number.value;
    const epochs = [...new Set(curves.flatMap(curve => curve.epochs))].sort((a, b) => a - b);
    this.epochs = epochs.filter(epoch => from <= epoch && epoch <= to);
    const wanted = this.slider.dataset.epoch ?? Infinity;
    this.slider.max = Math.max(0, this.epochs.length - 1);
    this.select(this.epochs.findLast(epoch => epoch <= wanted) ?? this.epochs[0]);
    this.remove.hidden = this.added.size === 0;
    this.status.classList.remove("error");
    this.status.textContent = this.notes(curves);
    if (this.root.offsetParent !== null) this.embed(curves); // it has a width
  }

  notes(curves) {
    const notes = [];
    const seeds = [...new Set(curves.map(curve => Math.min(curve.seeds.length, this.number.value)))].sort((a, b) => b - a);
    if (seeds.length) notes.push(`${seeds.join(" or ")} ${seeds[0] === 1 ? "seed" : "seeds"}.`);
    if (curves.some(curve => curve.folds)) notes.push("Of models trained on folds: the mean over the folds.");
    if (curves.some(curve => curve.epochs.at(-1) > curve.epochs.length)) {
      notes.push("Of long trainings the later epochs are thinned out; history.csv has more.");
    }
    if (curves.length > 0 && this.epochs.length === 0) {
      notes.push(`Nothing to show: no epochs from ${this.from.value} to ${this.to.value}.`);
    }
    if (this.isError && !this.chosenEach()) notes.push("A triangle marks the lowest mean in validation.");
    if (this.theirs(curves).length) notes.push("A diamond is the tutorial's number.");
    const ofSeeds = this.verdicts[Number(this.number.value) - 1];
    if (new Set(this.verdicts).size > 1) notes.push(`With so many seeds, the tutorial's numbers: ${ofSeeds}.`);
    if (this.levels().length) notes.push("Dotted: without a network.");
    if (curves.length === 0) notes.push("Nothing to show: choose a model, and training or validation.");
    return notes.join(" ");
  }

  /** Return what a curve shows at one of its epochs: a row, or one for each seed. */
  point(curve, i) {
    const { model, kind, seeds, values } = curve;
    const row = { epoch: curve.epochs[i], model, kind };
    if (this.chosenEach()) {
      return seeds.slice(0, this.number.value).map((seed, j) => ({ ...row, seed, mean: values[j][i] })).filter(one => one.mean !== null);
    }
    const found = summarise(values.slice(0, this.number.value).map(of => of[i]));
    return found ? [{ ...row, ...found }] : [];
  }

  /** Return what all curves show at an epoch; one that has ended, or skips it, its last values. */
  at(curves, epoch) {
    return curves.flatMap(curve => {
      const i = curve.epochs.findLastIndex(one => one <= epoch);
      return i < 0 ? [] : this.point(curve, i);
    });
  }

  /** Return the chart in the words of Vega-Lite. */
  spec(curves) {
    const css = getComputedStyle(document.documentElement);
    const [ink, soft, line] = ["--ink", "--soft", "--line"].map(name => css.getPropertyValue(name).trim());
    const log = this.chosen("scale") === "logarithmic";
    const shown = new Set(this.epochs);
    const rows = curves.flatMap(curve => curve.epochs.flatMap((epoch, i) => shown.has(epoch) ? this.point(curve, i) : []))
      .filter(row => !log || row.mean > 0);
    if (rows.length === 0) return null;
    if (/(accuracy|auc)$/.test(this.metric.value)) for (const row of rows) if (row.high > 1) row.high = 1;
    const ends = rows.flatMap(row => [row.low ?? row.mean, row.high ?? row.mean]);
    const means = rows.map(row => row.mean);
    const domain = log ? [least(means) * 0.8, most(ends) * 1.1] : [least(ends), most(ends)];
    for (const row of rows) if (log && row.low !== undefined) row.low = Math.max(row.low, domain[0]);
    const lowest = curves.filter(curve => this.isError && !this.chosenEach()).flatMap(curve => {
      const own = rows.filter(row => row.model === curve.model && row.kind === curve.kind);
      return curve.kind.startsWith("validation") && own.length ? [own.reduce((a, b) => b.mean < a.mean ? b : a)] : [];
    });
    const kinds = [...new Set(curves.map(curve => curve.kind))];
    const names = [...new Set(curves.map(curve => curve.model))];
    const x = { field: "epoch", type: "quantitative", title: "epoch",
      axis: { tickMinStep: 1, tickCount: 10, format: "d" }, scale: { domain: [this.epochs[0], this.epochs.at(-1)], nice: false } };
    const y = { type: "quantitative", title: this.metric.value, scale: { type: log ? "log" : "linear", domain, nice: !log } };
    const colour = { field: "model", scale: { domain: names, range: names.map(name => this.colours[name]) },
      legend: { title: null, orient: "bottom", columns: this.root.clientWidth < 600 ? 1 : 3, labelLimit: Math.min(300, this.root.clientWidth - 120), symbolType: "square", symbolOpacity: 1 } };
    const dash = { field: "kind", title: null, scale: { domain: kinds, range: kinds.map((kind, i) => DASHES[kind] ?? ADDED_DASHES[i % ADDED_DASHES.length]) },
      legend: { orient: "top", direction: "horizontal", symbolType: "stroke", symbolSize: 700, labelLimit: 300,
        symbolStrokeColor: ink, columnPadding: 20, columns: this.root.clientWidth < 600 ? 2 : 4 } };
    const each = this.chosenEach();
    const detail = [{ field: "model" }, { field: "kind" }, ...(each ? [{ field: "seed" }] : [])];
    const { at, tooltip } = this.tooltips(curves);
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      description: `${this.metric.value} by epoch of ${names.join(", ")}; the table below has the values`,
      width: "container", height: this.root.clientWidth < 600 ? 260 : 360, autosize: { type: "fit", contains: "padding" },
      background: css.getPropertyValue("--raised").trim(), data: { values: rows },
      params: [{ name: "nearest", value: this.nearest }],
      layer: [
        ...(each ? [] : [{ mark: { aria: false, type: "area", opacity: 0.18, clip: true },
          encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: colour, detail } }]),
        { mark: { aria: false, type: "line", clip: true, strokeWidth: each ? 1 : 2, point: this.epochs.length === 1 },
          params: [{ name: "brush", select: { type: "interval", encodings: ["x"] } }],
          encoding: { x, y: { ...y, field: "mean" }, color: colour, strokeDash: dash, detail,
            opacity: { condition: { test: "nearest && datum.model + ', ' + datum.kind !== nearest", value: 0.25 }, value: each ? 0.7 : 1 } } },
        { data: { values: this.levels() }, mark: { aria: false, type: "rule", strokeDash: [2, 3], color: soft, clip: true }, encoding: { y: { ...y, field: "value" } } },
        { data: { values: this.levels() }, mark: { aria: false, type: "text", align: "right", dx: -4, dy: -5, color: soft, fontSize: 11, clip: true },
          encoding: { x: { value: "width" }, y: { ...y, field: "value" }, text: { field: "name" } } },
        { data: { values: this.theirs(curves) }, mark: { aria: false, type: "point", shape: "diamond", size: 110, filled: true, opacity: 1 },
          encoding: { x, y: { ...y, field: "mean" }, color: colour } },
        { data: { values: lowest }, mark: { aria: false, type: "point", shape: "triangle-up", size: 90, filled: true, clip: true },
          encoding: { x, y: { ...y, field: "mean" }, color: colour } },
        { data: { values: at }, mark: { aria: false, type: "rule", color: soft },
          encoding: { x, opacity: { condition: { param: "hover", empty: false, value: 0.8 }, value: 0 } } },
        // Unseen strips, each from halfway to the last epoch to halfway to the next, catch the pointer.
        { data: { values: at }, mark: { aria: false, type: "rect", opacity: 0, clip: true },
          params: [{ name: "hover", select: { type: "point", fields: ["epoch"], on: "pointerover", clear: false } }],
          encoding: { x: { ...x, field: "from" }, x2: { field: "to" }, tooltip } },
      ],
      config: { view: { stroke: line }, font: getComputedStyle(this.root).fontFamily,
        axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: soft, tickColor: soft, labelFontSize: 12, titleFontSize: 13 },
        legend: { labelColor: ink, labelFontSize: 12 } },
    };
  }

  /** Return for each epoch what the pointer shows there, and the fields of it. */
  tooltips(curves) {
    const name = row => curveName(row) + (row.seed === undefined ? "" : `, seed ${row.seed}`);
    const series = [...new Set(this.at(curves, Infinity).map(name))];
    const at = this.epochs.map((epoch, k) => {
      const from = (epoch + (this.epochs[k - 1] ?? epoch - 1)) / 2;
      const to = (epoch + (this.epochs[k + 1] ?? epoch + 1)) / 2;
      const shown = { epoch, from, to, ...Object.fromEntries(series.map((_, i) => [`s${i}`, "-"])) };
      for (const row of this.at(curves, epoch)) {
        const interval = row.low === undefined ? "" : ` (${intervalText(row)})`;
        const ended = row.epoch === epoch ? "" : ` at ${row.epoch}`;
        shown[`s${series.indexOf(name(row))}`] = valueText(row) + interval + ended;
      }
      return shown;
    });
    const fields = series.map((title, i) => ({ field: `s${i}`, title, type: "nominal" }));
    const tooltip = [{ field: "epoch", title: "epoch" }, ...(fields.length <= MOST_IN_TOOLTIP ? fields : [])];
    return { at, tooltip };
  }

  async embed(curves) {
    const drawing = this.drawing = Symbol("drawing");
    const spec = this.spec(curves);
    if (spec === null) {
      this.view?.finalize();
      this.view = null;
      this.chart.replaceChildren();
      return;
    }
    const theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const actions = { export: true, source: false, compiled: false, editor: false };
    await loadVega();
    const result = await vegaEmbed(this.chart, spec, { renderer: "svg", actions, tooltip: { theme } });
    if (drawing !== this.drawing) { // a newer choice is being drawn
      result.finalize();
      if (this.view === null) this.chart.replaceChildren(); // it shows nothing
      return;
    }
    this.view?.finalize();
    this.view = result;
    // Vega gives what is drawn over a role of a picture, which would need words of its own.
    for (const drawnOver of this.chart.querySelectorAll('[class*="brush_brush"]')) drawnOver.removeAttribute("role");
    this.chart.querySelector("summary")?.setAttribute("aria-label", "Save the chart");
    result.view.addSignalListener("brush", (_, brush) => { this.brushed = brush.epoch ?? null; });
    result.view.addSignalListener("hover", (_, hover) => hover.epoch && this.select(hover.epoch[0]));
  }

  /** Save the values of all shown curves, a row for each epoch, as a file. */
  save() {
    const rows = this.curves().flatMap(curve => curve.epochs.flatMap((epoch, i) => this.epochs.includes(epoch) ? this.point(curve, i) : []));
    const text = ["model,kind,seed,epoch,metric,mean,low,high", ...rows.map(({ model, kind, seed, epoch, mean, low, high }) =>
      [quoted(model), quoted(kind), seed ?? "", epoch, this.metric.value, mean, low ?? "", high ?? ""].join(","))].join("\n");
    const link = element("a", { href: URL.createObjectURL(new Blob([text + "\n"], { type: "text/csv" })), download: `${this.root.dataset.experiment}_${this.metric.value}.csv` });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** Show the epochs that the reader has drawn over, or these. */
  zoom(epochs = this.brushed) {
    this.brushed = null;
    if (!epochs || epochs[1] - epochs[0] < 1) return;
    [this.from.value, this.to.value] = [Math.max(1, Math.round(epochs[0])), Math.min(this.last, Math.round(epochs[1]))];
    this.draw();
    this.note();
  }

  /** Let two fingers zoom: what is under each of them stays there. */
  pinch() {
    const fingers = this.fingers = new Map(), across = event => event.clientX - this.corner().left;
    let held = null; // the epochs under both fingers
    this.chart.addEventListener("pointerdown", event => {
      if (event.pointerType !== "touch" || !this.view) return;
      fingers.set(event.pointerId, across(event));
      held = fingers.size === 2 ? [...fingers.values()].map(x => this.view.view.scale("x").invert(x)) : null;
    });
    this.chart.addEventListener("pointermove", event => fingers.has(event.pointerId) && fingers.set(event.pointerId, across(event)));
    for (const end of ["pointerup", "pointercancel"]) {
      this.chart.addEventListener(end, event => {
        if (held && fingers.size === 2) {
          const [a, b] = fingers.values(), each = (held[1] - held[0]) / (b - a);
          const from = held[0] - a * each;
          if (each > 0) this.zoom([Math.max(1, from), Math.min(this.last, from + each * this.view.view.width())]);
          held = null;
        }
        fingers.delete(event.pointerId);
      });
    }
  }

  /** Return where the plot's upper left corner is in the window. */
  corner() {
    const { left, top } = this.chart.querySelector("svg.marks").getBoundingClientRect(), [x, y] = this.view.view.origin();
    return { left: left + x, top: top + y };
  }

  /** Let the curve that is nearest to the pointer stand out. */
  highlight(event) {
    if (!this.view || event?.pointerType === "touch") return;
    const { view } = this.view, y = event && event.clientY - this.corner().top;
    const far = row => Math.abs(view.scale("y")(row.mean) - y);
    const rows = event ? this.rows : [];
    const nearest = rows.length > 1 ? rows.reduce((a, b) => far(b) < far(a) ? b : a) : null;
    const name = nearest && far(nearest) < NEAR ? curveName(nearest) : "";
    if (this.nearest === name) return;
    this.nearest = name;
    view.signal("nearest", name).runAsync();
    this.tabulate();
  }

  select(epoch) {
    this.slider.value = Math.max(0, this.epochs.indexOf(epoch));
    this.tabulate();
  }

  /** Show the values of all curves at the chosen epoch. */
  tabulate() {
    const epoch = this.epochs[this.slider.value];
    const each = this.chosenEach();
    this.slider.dataset.epoch = epoch;
    this.slider.setAttribute("aria-valuetext", epoch === undefined ? "no epoch" : `epoch ${epoch}`);
    this.epoch.textContent = epoch ?? "";
    const head = ["curve", ...(each ? ["seed"] : []), this.metric.value, ...(each ? [] : ["95% interval"])];
    const cell = (text, numeric) => element("td", { className: numeric ? "num" : "" }, text);
    this.rows = epoch === undefined ? [] : this.at(this.curves(), epoch);
    const rows = this.rows.map(row => {
      const swatch = element("span", { className: "swatch" });
      swatch.style.cssText = `display:inline-block;background:${this.colours[row.model]}`;
      const interval = row.low === undefined ? "" : intervalText(row);
      return element("tr", { className: curveName(row) === this.nearest ? "nearest" : "" }, element("th", { scope: "row" }, swatch, ` ${curveName(row)}${row.epoch === epoch ? "" : `, at epoch ${row.epoch}`}`),
        ...(each ? [cell(String(row.seed), true)] : []), cell(valueText(row), true),
        ...(each ? [] : [cell(interval, true)]));
    });
    const titles = head.map((text, i) => element("th", { scope: "col", className: i > 0 ? "num" : "" }, text));
    this.table.replaceChildren(element("thead", {}, element("tr", {}, ...titles)), element("tbody", {}, ...rows));
  }
}

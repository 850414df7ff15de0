"use strict";
// Histories of training: read from a file, summed up over seeds.
// QUANTILES[n - 2] is Student's t for the 95% interval of the mean of n seeds.

// RFC 1924's, but for "<", ">" and "&".
const DIGITS_85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";
const VALUES_85 = Object.fromEntries([...DIGITS_85].map((digit, i) => [digit.charCodeAt(0), i]));

/** Return the bytes of a text in base 85: five digits for four bytes. */
function bytesOf(text) {
  const missing = (5 - text.length % 5) % 5, whole = text + "~".repeat(missing);
  const bytes = new DataView(new ArrayBuffer(whole.length / 5 * 4));
  for (let i = 0; i < whole.length; i += 5) {
    let value = 0;
    for (let j = i; j < i + 5; j++) value = 85 * value + VALUES_85[whole.charCodeAt(j)];
    bytes.setUint32(i / 5 * 4, value);
  }
  return new Uint8Array(bytes.buffer, 0, bytes.byteLength - missing);
}

/** Return the bytes of a packed text: base 85 of what zlib has compressed. */
async function unpack(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const unpackText = async text => new TextDecoder().decode(await unpack(text));

const KEYS = ["model", "seed", "fold", "epoch"];

const rounded = (value, digits = 6) => String(Number(value.toPrecision(digits)));
const valueText = row => rounded(row.mean, row.low === undefined ? 6 : 4);
const intervalText = row => `${rounded(row.low, 4)} to ${rounded(row.high, 4)}`;

const least = values => values.reduce((a, b) => Math.min(a, b), Infinity); // of any number of them
const most = values => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** Return the mean of values and, of two or more, its 95% interval. */
function summarise(values) {
  const known = values.filter(value => value !== null);
  const n = known.length;
  if (n === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean };
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = QUANTILES[Math.min(n - 2, QUANTILES.length - 1)] * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}

/** Tell which epochs of a long training are shown: GRID has up to which epoch every how manieth. */
const isKept = epoch => epoch % GRID.find(([end]) => end === null || epoch <= end)[1] === 0;

/** Read a history.csv as the page's own data: for each model seeds, epochs and values by metric. */
function parseHistory(text) {
  const [header, ...lines] = text.replace(/^\uFEFF/, "").trim().split(/\r?\n/).map(line => line.split(","));
  const isWhole = row => row.length === header.length && /^\d+$/.test(row[1]) && /^\d+$/.test(row[3]);
  if (KEYS.some((name, i) => header[i] !== name) || header.length === KEYS.length || !lines.length || !lines.every(isWhole)) {
    throw new Error(`expected a history.csv as an experiment writes it, with ${KEYS.join(",")} and metrics`);
  }
  const models = Object.create(null);
  for (const row of lines) (models[row[0]] ??= []).push(row);
  const unique = values => [...new Set(values)];
  for (const [name, all] of Object.entries(models)) {
    const folds = all.some(row => row[2] !== "");
    const rows = folds ? all.filter(row => row[2] !== "") : all;
    const seeds = unique(rows.map(row => Number(row[1])));
    const every = unique(rows.map(row => Number(row[3]))).sort((a, b) => a - b);
    const epochs = every.filter(epoch => isKept(epoch) || epoch === every.at(-1));
    const cells = new Map(); // by seed and epoch, the rows of all folds
    for (const row of rows) {
      const key = `${Number(row[1])} ${Number(row[3])}`;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(row);
    }
    const values = {};
    header.slice(KEYS.length).forEach((metric, i) => {
      const at = (seed, epoch) => {
        const of = (cells.get(`${seed} ${epoch}`) ?? []).map(row => row[KEYS.length + i]);
        const known = of.filter(text => text !== "" && Number.isFinite(Number(text))).map(Number);
        return known.length && known.length === of.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
      };
      const table = seeds.map(seed => epochs.map(epoch => at(seed, epoch)));
      if (table.flat().some(value => value !== null)) values[metric] = table;
    });
    models[name] = { folds, seeds, epochs, values };
  }
  return models;
}

const NOT_A_NUMBER = /(?<=[[,:\s])(NaN|-?Infinity)(?=[\],\s}])/g; // as Python's json writes them
const MOST_EPOCHS = 1e6; // of a file
const OLD_NAMES = { acc: "accuracy", val_acc: "val_accuracy", mean_absolute_error: "mae", val_mean_absolute_error: "val_mae" };

/** Read a run's history.csv, or the history of a single model: of CSVLogger, or History.history as JSON. */
function parseRun(text, model) {
  const plain = text.replace(/^\uFEFF/, "").trim();
  if (plain.startsWith("{") || plain.startsWith("[")) {
    const found = JSON.parse(plain.replace(NOT_A_NUMBER, "null"));
    return { [model]: singleModel([found].flat().map(one => one?.history ?? one ?? {})) };
  }
  const [header, ...lines] = plain.split(/\r?\n/).map(line => line.split(","));
  if (header.includes("model") || !header.includes("epoch")) return parseHistory(text);
  const epochs = lines.map(line => Number(line[header.indexOf("epoch")])); // CSVLogger counts from 0
  if (!epochs.every((epoch, k) => Number.isInteger(epoch) && epoch >= 0 && epoch < MOST_EPOCHS && (k === 0 || epoch > epochs[k - 1]))) {
    throw new Error("expected rising epochs of one training, found others; save each training in a file of its own");
  }
  const column = i => {
    const values = [];
    lines.forEach((line, k) => { values[epochs[k]] = line[i] ? Number(line[i]) : NaN; });
    return values;
  };
  return { [model]: singleModel([Object.fromEntries(header.map((name, i) => [name, column(i)]))]) };
}

/** Return trainings of one model, each the values of each epoch by metric, as the page's own data. */
function singleModel(trainings) {
  const values = {};
  const length = most(trainings.map(training => Math.max(...Object.values(training).map(one => one?.length ?? 0))));
  const every = Array.from({ length: Math.max(length, 0) }, (_, i) => i + 1);
  const epochs = every.filter(epoch => isKept(epoch) || epoch === every.at(-1));
  for (const name of new Set(trainings.flatMap(training => Object.keys(training)))) {
    if (name === "epoch" || name.endsWith("lr") || name === "learning_rate") continue;
    const table = trainings.map(training => epochs.map(epoch => {
      const value = training[name]?.[epoch - 1];
      return Number.isFinite(value) ? value : null;
    }));
    if (table.flat().some(value => value !== null)) values[OLD_NAMES[name] ?? name] = table;
  }
  if (!epochs.length || !Object.keys(values).length) throw new Error("expected a loss or another metric by epoch, found no numbers");
  return { folds: false, seeds: trainings.map((_, i) => i + 1), epochs, values };
}

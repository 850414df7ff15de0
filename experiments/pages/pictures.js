"use strict";
// Ask networks about pictures: digits that the reader draws or drops, clothes to choose.

const SIDE = 28, BOX = 20, FINE = 8; // pixels of a picture, of the digit in it, dots across a pixel
const PEN = 2.3; // pixels: the width of a stroke in the data
const LARGEST = 200; // pixels that are looked at along the longer side of a picture from a file
const PATCH = 5; // pixels across that are hidden to see what decides

/** Return the edges of points [x, y]. */
function boxOf(points) {
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  return { left: least(xs), right: most(xs), top: least(ys), bottom: most(ys) };
}

/** Return strokes, lists of [x, y], as 28x28 grey values from 0 to 1, centred and scaled as MNIST's. */
function rasterise(strokes) {
  const { left, right, top, bottom } = boxOf(strokes.flat());
  const scale = (BOX - PEN) / Math.max(right - left, bottom - top, 1e-6);
  const draw = (dx, dy) => {
    const context = canvasOf(SIDE * FINE).getContext("2d", { willReadFrequently: true });
    Object.assign(context, { lineWidth: PEN * FINE, lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
    for (const stroke of strokes) {
      context.beginPath();
      stroke.forEach(([x, y], i) => {
        const place = [((x - (left + right) / 2) * scale + SIDE / 2 + dx) * FINE, ((y - (top + bottom) / 2) * scale + SIDE / 2 + dy) * FINE];
        if (i === 0) context.moveTo(...place);
        context.lineTo(...place);
      });
      context.stroke();
    }
    return opacities(context);
  };
  return draw(...offCentre(draw(0, 0)));
}

function canvasOf(side) {
  return element("canvas", { width: side, height: side });
}

/** Return 28x28 means of how opaque a drawing is. */
function opacities(context) {
  const pixels = new Float32Array(SIDE * SIDE), { data, width } = context.getImageData(0, 0, SIDE * FINE, SIDE * FINE);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) pixels[Math.floor(y / FINE) * SIDE + Math.floor(x / FINE)] += data[4 * (y * width + x) + 3] / 255 / FINE ** 2;
  }
  return pixels;
}

/** Return by how much the centre of mass is off the middle. */
function offCentre(pixels) {
  let sum = 1e-9, x = 0, y = 0;
  pixels.forEach((value, i) => { sum += value; x += value * (i % SIDE); y += value * Math.floor(i / SIDE); });
  return [(SIDE - 1) / 2 - x / sum, (SIDE - 1) / 2 - y / sum];
}

/** Return a picture from a file as 28x28 values: ink is what differs from the paper at its border. */
async function readPicture(file) {
  const bitmap = await createImageBitmap(file), scale = LARGEST / Math.max(bitmap.width, bitmap.height);
  const [w, h] = [bitmap.width, bitmap.height].map(side => Math.max(1, Math.round(side * scale)));
  const source = element("canvas", { width: w, height: h }), context = source.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, w, h);
  context.drawImage(bitmap, 0, 0, w, h);
  const picture = context.getImageData(0, 0, w, h), { data } = picture;
  const grey = Float32Array.from({ length: w * h }, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 765);
  const isBorder = i => i < w || i >= w * (h - 1) || i % w === 0 || i % w === w - 1;
  const border = grey.filter((_, i) => isBorder(i)).sort(), paper = border[border.length >> 1];
  const ink = grey.map(value => Math.abs(value - paper)), darkest = most([...ink]);
  if (darkest < 0.1) throw new Error("expected something that stands out from the paper, found nothing");
  const inked = [];
  ink.forEach((value, i) => {
    if (value > 0.5 * darkest) inked.push([i % w, Math.floor(i / w)]);
    picture.data.set([255, 255, 255, 255 * Math.min(1, Math.max(0, value / darkest - 0.2) / 0.6)], 4 * i);
  });
  context.putImageData(picture, 0, 0);
  const { left, right, top, bottom } = boxOf(inked), [across, down] = [right - left + 1, bottom - top + 1];
  const inner = BOX / Math.max(across, down);
  const draw = (dx, dy) => {
    const target = canvasOf(SIDE * FINE).getContext("2d");
    const place = [(SIDE / 2 - across * inner / 2 + dx) * FINE, (SIDE / 2 - down * inner / 2 + dy) * FINE];
    target.drawImage(source, left, top, across, down, ...place, across * inner * FINE, down * inner * FINE);
    return opacities(target);
  };
  return draw(...offCentre(draw(0, 0)));
}

/** Show 28x28 values in a canvas; where `change` says that hiding lowers the probability, in colour. */
function showPixels(canvas, pixels, change = null) {
  const context = canvas.getContext("2d"), image = context.createImageData(SIDE, SIDE);
  const limit = change ? Math.max(most([...change].map(Math.abs)), 0.001) : 1;
  pixels.forEach((value, i) => {
    const shade = 255 * value, part = change ? Math.min(1, Math.abs(change[i]) / limit) : 0;
    const [r, g, b] = !change || change[i] < 0 ? [213, 94, 0] : [0, 114, 178];
    image.data.set([shade + (r - shade) * part, shade + (g - shade) * part, shade + (b - shade) * part, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

/** Return for each pixel how the probability of an answer changes if the 5x5 around it are hidden. */
function whatDecides(networks, pixels, answer) {
  const change = new Float32Array(SIDE * SIDE), before = networks.mean(pixels)[answer], reach = PATCH >> 1;
  for (let i = 0; i < SIDE * SIDE; i++) {
    const hidden = Float32Array.from(pixels), row = Math.floor(i / SIDE), column = i % SIDE;
    let any = false;
    for (let y = Math.max(0, row - reach); y <= Math.min(SIDE - 1, row + reach); y++) {
      for (let x = Math.max(0, column - reach); x <= Math.min(SIDE - 1, column + reach); x++) {
        any ||= hidden[y * SIDE + x] > 0;
        hidden[y * SIDE + x] = 0;
      }
    }
    if (any) change[i] = networks.mean(hidden)[answer] - before;
  }
  return change;
}

/** Make a square to draw in; what is drawn is given to a function. Return it and how it is cleared. */
function drawingPad(side, drawn) {
  const canvas = element("canvas", { width: side, height: side, className: "pad", "aria-label": "Draw a digit here", role: "img" });
  const context = canvas.getContext("2d");
  let strokes = [], finger = null;
  const place = event => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * side / box.width, (event.clientY - box.top) * side / box.height];
  };
  const redraw = () => {
    context.clearRect(0, 0, side, side);
    Object.assign(context, { lineWidth: side / 17, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
    for (const stroke of strokes) {
      context.beginPath();
      stroke.forEach(([x, y]) => context.lineTo(x, y));
      if (stroke.length === 1) context.lineTo(stroke[0][0] + 0.1, stroke[0][1]); // a dot
      context.stroke();
    }
  };
  canvas.addEventListener("pointerdown", event => {
    if (finger !== null || event.button) return;
    finger = event.pointerId;
    canvas.setPointerCapture(finger);
    strokes.push([place(event)]);
    redraw();
  });
  canvas.addEventListener("pointermove", event => {
    if (event.pointerId !== finger) return;
    strokes.at(-1).push(place(event));
    redraw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, event => {
      if (event.pointerId !== finger) return;
      finger = null;
      const { left, right, top, bottom } = boxOf(strokes.flat());
      if (Math.max(right - left, bottom - top) > side / 10) drawn(rasterise(strokes)); // more than a tap
    });
  }
  return { canvas, clear: () => { strokes = []; redraw(); } };
}

/** A picture, what the networks see of it, how they vote, and what decides. */
class PictureWidget {
  constructor(root, given) {
    this.networks = given.networks.map(one => new Networks(one));
    this.samples = given.samples;
    this.seen = canvasOf(SIDE);
    this.parts = canvasOf(SIDE);
    this.result = element("p", { className: "result" });
    this.asked = this.networks.map(one => ({ one, list: element("ul", { className: "votes" }) }));
    const votes = this.asked.map(({ one, list }) => element("div", {}, element("h3", {}, one.label), list));
    const answer = element("div", {}, this.result, ...votes);
    const seen = element("div", { className: "seen" },
      element("figure", {}, this.seen, element("figcaption", {}, "what the networks see")),
      element("figure", {}, this.parts, element("figcaption", {}, "what decides: orange is for the answer, blue against")));
    const choice = element("div", {}, element("h3", {}, "Choose a test picture"), this.choice());
    if (given.kind === "digit") choice.append(this.file(root));
    root.append(element("div", { className: "pictures" }, ...(given.kind === "digit" ? [this.pad(), answer, seen, choice] : [choice, answer, seen])));
    // So that there is something to see; it is said aloud only from then on.
    this.choose(this.samples[0]).then(() => this.result.setAttribute("role", "status"));
  }

  /** Make the square to draw in, and a button that clears it. */
  pad() {
    const { canvas, clear } = drawingPad(240, pixels => this.show(pixels));
    this.clear = clear;
    const button = element("button", { type: "button" }, "Clear");
    button.addEventListener("click", () => {
      clear();
      this.blank();
    });
    return element("div", {}, element("h3", {}, "Draw a digit"), canvas, button);
  }

  /** Make a field for a picture of the reader's, which may be dropped anywhere on the widget, too. */
  file(root) {
    const input = element("input", { type: "file", accept: "image/*" });
    const read = async file => {
      if (!file) return;
      try {
        this.clear();
        await this.show(await readPicture(file));
      } catch (error) {
        this.blank();
        this.result.textContent = `${file.name}: ${(error.message || "expected a picture, cannot read it").replace(/\.$/, "")}.`;
      }
    };
    input.addEventListener("change", () => read(input.files[0]));
    root.addEventListener("drop", event => {
      event.preventDefault();
      read(event.dataTransfer.files[0]);
    });
    return element("label", {}, "Or choose or drop a picture ", input);
  }

  /** Make the buttons with pictures of the data. */
  choice() {
    return element("div", { className: "samples" }, ...this.samples.map((sample, i) => {
      const canvas = canvasOf(SIDE), text = this.truth(sample);
      const button = element("button", { type: "button", title: text, "aria-label": `Test picture ${i + 1}: ${text}` }, canvas);
      this.pixels(sample).then(values => showPixels(canvas, values));
      button.addEventListener("click", () => this.choose(sample));
      return button;
    }));
  }

  truth(sample) {
    const { answers } = this.networks[0], name = answers[sample.class % answers.length];
    return sample.is ? `${name}, ${sample.is}` : name;
  }

  async pixels(sample) {
    return Float32Array.from(await unpack(sample.pixels), value => value / 255);
  }

  async choose(sample) {
    this.clear?.();
    await this.show(await this.pixels(sample), `It is: ${this.truth(sample)}. `);
  }

  blank() {
    for (const { list } of this.asked) list.replaceChildren();
    showPixels(this.seen, new Float32Array(SIDE * SIDE));
    showPixels(this.parts, new Float32Array(SIDE * SIDE));
    this.result.textContent = "Draw a digit, or choose a picture.";
  }

  async show(pixels, before = "") {
    showPixels(this.seen, pixels);
    const texts = [], answers = [];
    for (const { one, list } of this.asked) {
      await one.load();
      const all = one.ask(pixels), mean = drawVotes(list, one, all);
      answers.push(largestAt(mean));
      texts.push((this.asked.length > 1 ? `${one.label}: ` : "") + votesInWords(one, all, mean));
    }
    this.result.textContent = before + texts.join(" ");
    showPixels(this.parts, pixels, whatDecides(this.networks[0], pixels, answers[0]));
  }
}

/** A small square to draw in, on the overview: the networks of another page answer in a line. */
class DrawingTeaser {
  constructor(root, { of }) {
    const owner = document.querySelector(`[id="${of}"] .ask[data-kind="digit"] script`);
    const networks = new Networks(JSON.parse(owner.textContent).networks[0]);
    const result = element("p", { role: "status" }, `Draw a digit: ${networks.number} networks read it.`);
    const { canvas, clear } = drawingPad(130, async pixels => {
      await networks.load();
      const all = networks.ask(pixels), top = largestAt(meanOf(all)), votes = votesFor(top, all);
      const link = element("a", { href: `#${of}-try` }, "Why?"), again = element("button", { type: "button" }, "Clear");
      again.addEventListener("click", () => {
        clear();
        result.textContent = "Draw another.";
      });
      result.replaceChildren(`${votes} of ${all.length} networks say `, element("b", {}, networks.answers[top]), ". ", link, " ", again);
    });
    root.append(canvas, result);
  }
}

WIDGETS.digit = WIDGETS.clothing = PictureWidget;
WIDGETS.teaser = DrawingTeaser;

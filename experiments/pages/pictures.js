"use strict";
// Ask networks about pictures: digits that the reader draws or drops, clothes to choose.

const SIDE = 28, BOX = 20, FINE = 8; // pixels of a picture, of the digit in it, dots across a pixel
const PEN = 2.3; // pixels: the width of a stroke in the data
const PATCH = 5; // pixels across that are hidden to see what decides

/** Return strokes, lists of [x, y], as 28x28 grey values from 0 to 1, centred and scaled as MNIST's. */
function rasterise(strokes) {
  const xs = strokes.flat().map(([x]) => x), ys = strokes.flat().map(([, y]) => y);
  const [left, right, top, bottom] = [least(xs), most(xs), least(ys), most(ys)];
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
    return averaged(context.getImageData(0, 0, SIDE * FINE, SIDE * FINE), 3);
  };
  return draw(...offCentre(draw(0, 0)));
}

function canvasOf(side) {
  return element("canvas", { width: side, height: side });
}

/** Return 28x28 means of a square picture's channel. */
function averaged({ data, width }, channel) {
  const pixels = new Float32Array(SIDE * SIDE), across = width / SIDE;
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      pixels[Math.floor(y / across) * SIDE + Math.floor(x / across)] += data[4 * (y * width + x) + channel] / 255 / across ** 2;
    }
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
  const bitmap = await createImageBitmap(file), side = 200;
  const context = canvasOf(side).getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  const scale = side / Math.max(bitmap.width, bitmap.height);
  const [w, h] = [bitmap.width * scale, bitmap.height * scale];
  context.drawImage(bitmap, (side - w) / 2, (side - h) / 2, w, h);
  const { data } = context.getImageData(0, 0, side, side);
  const grey = Float32Array.from({ length: side * side }, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 765);
  const x0 = Math.round((side - w) / 2) + 2, y0 = Math.round((side - h) / 2) + 2;
  const border = [];
  for (let i = 0; i < side; i++) border.push(grey[y0 * side + i], grey[i * side + x0]);
  const paper = border.sort((a, b) => a - b)[border.length >> 1];
  const ink = grey.map(value => Math.abs(value - paper)), top = most([...ink]);
  if (top < 0.1) throw new Error("expected something that stands out from the paper, found nothing");
  const strokes = [];
  ink.forEach((value, i) => { if (value > 0.5 * top) strokes.push([i % side, Math.floor(i / side)]); });
  const xs = strokes.map(([x]) => x), ys = strokes.map(([, y]) => y);
  const [left, right, up, down] = [least(xs), most(xs), least(ys), most(ys)];
  const inner = BOX / Math.max(right - left + 1, down - up + 1);
  const draw = (dx, dy) => {
    const source = canvasOf(side), own = source.getContext("2d"), picture = own.createImageData(side, side);
    ink.forEach((value, i) => { picture.data.set([255, 255, 255, 255 * Math.min(1, Math.max(0, value / top - 0.2) / 0.6)], 4 * i); });
    own.putImageData(picture, 0, 0);
    const target = canvasOf(SIDE * FINE).getContext("2d");
    const size = inner * FINE;
    target.drawImage(source, left, up, right - left + 1, down - up + 1,
      (SIDE / 2 - (right - left + 1) * inner / 2 + dx) * FINE, (SIDE / 2 - (down - up + 1) * inner / 2 + dy) * FINE, (right - left + 1) * size, (down - up + 1) * size);
    return averaged(target.getImageData(0, 0, SIDE * FINE, SIDE * FINE), 3);
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

/** A picture, what the networks see of it, how they vote, and what decides. */
class PictureWidget {
  constructor(root, given) {
    this.networks = given.networks.map(one => new Networks(one));
    this.samples = given.samples;
    this.seen = canvasOf(SIDE);
    this.parts = canvasOf(SIDE);
    this.result = element("p", { role: "status", className: "result" });
    const asked = this.networks.map(one => {
      const list = element("ul", { className: "votes" });
      return { one, list, part: element("div", {}, element("h4", {}, one.label), list) };
    });
    this.asked = asked;
    const drawn = given.kind === "digit" ? [this.pad(), this.file(root)] : [];
    root.append(element("div", { className: "pictures" },
      element("div", {}, ...drawn, this.choice()),
      element("div", { className: "seen" },
        element("figure", {}, this.seen, element("figcaption", {}, "what the networks see")),
        element("figure", {}, this.parts, element("figcaption", {}, "what decides: orange is for the answer, blue against"))),
      ...asked.map(({ part }) => part)), this.result);
    root.querySelector(".samples button").click(); // so that there is something to see
  }

  /** Make the square to draw in, and a button that clears it. */
  pad() {
    const canvas = element("canvas", { width: 240, height: 240, className: "pad", "aria-label": "Draw a digit here; or choose one below", role: "img" });
    const context = canvas.getContext("2d");
    let strokes = [], drawing = false;
    const place = event => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * 240 / box.width, (event.clientY - box.top) * 240 / box.height];
    };
    const redraw = () => {
      context.clearRect(0, 0, 240, 240);
      Object.assign(context, { lineWidth: 14, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
      for (const stroke of strokes) {
        context.beginPath();
        stroke.forEach(([x, y]) => context.lineTo(x, y));
        if (stroke.length === 1) context.lineTo(stroke[0][0] + 0.1, stroke[0][1]); // a dot
        context.stroke();
      }
    };
    canvas.addEventListener("pointerdown", event => {
      canvas.setPointerCapture(event.pointerId);
      drawing = true;
      strokes.push([place(event)]);
      redraw();
    });
    canvas.addEventListener("pointermove", event => {
      if (!drawing) return;
      strokes.at(-1).push(place(event));
      redraw();
    });
    const end = () => {
      if (drawing) this.show(rasterise(strokes));
      drawing = false;
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    const clear = element("button", { type: "button" }, "Clear");
    this.clear = () => { strokes = []; redraw(); };
    clear.addEventListener("click", () => { this.clear(); this.blank(); });
    return element("div", {}, element("h4", {}, "Draw a digit"), canvas, clear);
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
        this.result.textContent = `${file.name}: ${error.message || "expected a picture, cannot read it"}.`;
      }
    };
    input.addEventListener("change", () => read(input.files[0]));
    root.addEventListener("dragover", event => event.preventDefault());
    root.addEventListener("drop", event => {
      event.preventDefault();
      read(event.dataTransfer.files[0]);
    });
    return element("label", {}, "Or choose or drop a picture ", input);
  }

  /** Make the buttons with pictures of the data. */
  choice() {
    const { answers } = this.networks[0], list = element("div", { className: "samples" });
    this.samples.forEach((sample, i) => {
      const canvas = canvasOf(SIDE), name = answers[sample.class % answers.length];
      const text = sample.is ? `${name}, ${sample.is}` : name;
      const button = element("button", { type: "button", title: text, "aria-label": `Test picture ${i + 1}: ${text}` }, canvas);
      const pixels = unpack(sample.pixels).then(bytes => Float32Array.from(bytes, value => value / 255));
      pixels.then(values => showPixels(canvas, values));
      button.addEventListener("click", async () => {
        this.clear?.();
        await this.show(await pixels, `It is: ${text}. `);
      });
      list.append(button);
    });
    return list;
  }

  blank() {
    for (const { list } of this.asked) list.replaceChildren();
    showPixels(this.seen, new Float32Array(SIDE * SIDE));
    showPixels(this.parts, new Float32Array(SIDE * SIDE));
    this.result.textContent = "";
  }

  async show(pixels, before = "") {
    showPixels(this.seen, pixels);
    const texts = [];
    for (const { one, list } of this.asked) {
      await one.load();
      const all = one.ask(pixels);
      const mean = drawVotes(list, one, all);
      texts.push((this.asked.length > 1 ? `${one.label}: ` : "") + votesInWords(one, all, mean));
    }
    this.result.textContent = before + texts.join(" ");
    const [{ one }] = this.asked;
    showPixels(this.parts, pixels, whatDecides(one, pixels, largestAt(one.mean(pixels))));
  }
}

WIDGETS.digit = WIDGETS.clothing = PictureWidget;

"use strict";
// One page at a time; without JavaScript all of them, one after the other.
const viewers = new Map([...document.querySelectorAll(".viewer")].map(root => [root.closest(".page"), new Viewer(root)]));

const WIDGETS = { digit: PictureWidget, clothing: PictureWidget, text: TextWidget, labels: MemorisingWidget };
for (const root of document.querySelectorAll(".ask")) {
  const given = JSON.parse(root.querySelector("script").textContent);
  new WIDGETS[given.kind](root, given);
}

function show(moves) {
  const target = document.getElementById(location.hash.slice(1));
  const page = target?.closest(".page") ?? document.getElementById("overview");
  for (const one of document.querySelectorAll(".page")) one.classList.toggle("shown", one === page);
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === `#${page.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const title = page.querySelector("h1, h2");
  document.title = page.id === "overview" ? "Keras tutorials, reproduced" : `${page.id} ${title.textContent}`;
  viewers.get(page)?.draw();
  if (moves && target !== page && target) {
    target.scrollIntoView(); // a part of the page
  } else if (moves) {
    window.scrollTo(0, 0);
    title.focus({ preventScroll: true });
  }
}

document.body.classList.add("routed");
window.addEventListener("hashchange", () => {
  if (location.hash !== "#main") show(true);
});
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show(false));
show(false);

"use strict";
// One page at a time; without JavaScript all of them, one after the other.
const viewers = new Map();

/** Return the viewer of a page, which unpacks its curves when it is first shown. */
function viewerOf(page) {
  const root = page.querySelector(".viewer");
  if (root && !viewers.has(page)) {
    viewers.set(page, unpackText(root.querySelector("script").textContent).then(text => {
      const viewer = new Viewer(root, JSON.parse(text));
      globalThis.askFirst?.(viewer); // a comparison asks nothing
      return viewer;
    }));
  }
  return viewers.get(page);
}

/** Make what a reader can try on a page, when it is first shown. */
function makeWidgets(page) {
  for (const root of page.querySelectorAll(".ask:not(.made)")) {
    root.classList.add("made");
    const given = JSON.parse(root.querySelector("script").textContent);
    new WIDGETS[given.kind](root, given);
  }
}

const large = document.querySelector("dialog.large");
document.addEventListener("click", event => {
  const image = event.target.closest(".enlarge")?.querySelector("img");
  if (image) {
    Object.assign(large.querySelector("img"), { src: image.src, alt: image.alt });
    large.showModal();
  } else if (event.target === large) {
    large.close();
  }
});

// A file that is dropped beside its field would take the reader to another page.
for (const kind of ["dragover", "drop"]) {
  window.addEventListener(kind, event => event.target.type !== "file" && event.preventDefault());
}

const home = document.title;

function show(moves) {
  const [place, state = ""] = location.hash.slice(1).split("?");
  const target = document.getElementById(place);
  const page = target?.closest(".page") ?? document.getElementById("overview");
  for (const one of document.querySelectorAll(".page")) one.classList.toggle("shown", one === page);
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === `#${page.id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (large?.open) large.close();
  const title = page.querySelector("h1");
  document.title = page.id === "overview" ? home : `${page.id} ${title.textContent}`;
  makeWidgets(page);
  viewerOf(page)?.then(viewer => {
    if (state) {
      viewer.root.hidden = false;
      viewer.state = state;
    } else {
      viewer.draw();
    }
  });
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

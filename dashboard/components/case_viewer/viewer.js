// A photo of a case in full resolution: zoom, pan, light, measuring, and drawing on it.
// Everything is in pixels of the photo, from its left top corner, whatever size is on the screen;
// so is what is sent to be kept. A photo comes once and stays in this page's memory as a blob
// until its case no longer shows it.

import { Hands } from "./hands.js";
import { DRAWS, Pen, SAID, TOOLS } from "./pen.js";
import { Ruler } from "./ruler.js";
import { element, lettered, outlines, written } from "./svg.js";
import { View } from "./view.js";

const viewers = new WeakMap();

export default function (component) {
  const { parentElement, data } = component;
  let viewer = viewers.get(parentElement);
  if (!viewer || !viewer.root.isConnected) {
    viewer = new Viewer(parentElement.querySelector(".viewer"));
    viewers.set(parentElement, viewer);
  }
  viewer.tell = component.setTriggerValue;
  viewer.show(data);
  // Called between two runs as well: only what has left the page is let go.
  return () => setTimeout(() => viewer.root.isConnected || viewer.forget([]), 500);
}

class Viewer {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.stage = this.find(".stage");
    this.svg = this.find("svg");
    this.image = this.find(".photo").appendChild(element("image", {}));
    this.blobs = new Map(); // photo id → address
    this.asked = null; // the photo that is on its way
    this.pending = null; // a shape that is whole here and not kept yet
    this.view = new View(this.svg, this.stage);
    this.ruler = new Ruler();
    this.pen = new Pen(this.view, this.ruler, (shape) => this.finish(shape));
    new Hands(this);
    for (const input of root.querySelectorAll(".below input")) {
      input.addEventListener("input", () => this.light());
    }
    for (const button of root.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.act(button.dataset.do));
    }
    new ResizeObserver(() => this.data && this.look()).observe(this.stage);
  }

  show(data) {
    const before = this.data;
    this.data = data;
    const { photo, photos, drawings } = data;
    this.forget(photos);
    if (photo.src && !this.blobs.has(photo.id)) this.blobs.set(photo.id, asBlob(photo.src));
    if (!this.blobs.has(photo.id) && this.asked !== photo.id) {
      this.asked = photo.id;
      this.tell("wanted", photo.id);
    }
    if (this.blobs.has(photo.id)) this.asked = null;
    const isNew = before?.photo.id !== photo.id;
    if (isNew) this.pen.reset();
    if (isNew || before.drawings.length !== drawings.length) this.pending = null;
    if (before?.may_draw !== data.may_draw) this.choices();
    this.view.of(photo);
    this.ruler.of(photo, data.measuring);
    this.root.hidden = false;
    this.draw();
  }

  // Let go of photos that are not shown any more.
  forget(photos) {
    const shown = new Set(photos);
    for (const [id, address] of this.blobs) {
      if (shown.has(id)) continue;
      URL.revokeObjectURL(address);
      this.blobs.delete(id);
    }
  }

  choices() {
    const tools = Object.entries(TOOLS).filter(([key]) => this.data.may_draw || !DRAWS.has(key));
    this.find(".tools").replaceChildren(
      ...tools.map(([key, [name, letter]]) => {
        const label = document.createElement("label");
        const input = document.createElement("input");
        Object.assign(input, { type: "radio", name: "tool", value: key });
        input.checked = key === this.pen.tool;
        input.addEventListener("change", () => this.take(key));
        label.dataset.tool = key;
        label.append(input, name);
        if (this.data.letters) label.append(written("kbd", letter));
        return label;
      }),
    );
    this.find("select").replaceChildren(
      ...this.data.labels.map(([key, name]) => {
        const option = written("option", name);
        option.value = key;
        return option;
      }),
    );
    this.find(".label").hidden = !this.data.may_draw;
  }

  take(tool) {
    this.pen.take(tool);
    this.draw();
  }

  // By the keys: as a click on the tool.
  press(tool) {
    this.find(`[data-tool=${tool}] input`).click();
  }

  act(what) {
    if (what === "plain") {
      this.find(".brightness").value = this.find(".contrast").value = 100;
      this.light();
      return;
    }
    if (what === "in") this.view.zoom(1.5);
    else if (what === "out") this.view.zoom(1 / 1.5);
    else if (what === "whole") this.view.toWhole();
    else this.view.scale(1);
    this.look();
  }

  // ------------------------------------------------------------ what is there

  draw() {
    const { photo } = this.data;
    const address = this.blobs.get(photo.id);
    this.find(".waits").hidden = Boolean(address);
    this.image.setAttribute("width", photo.width);
    this.image.setAttribute("height", photo.height);
    if (!address) this.image.removeAttribute("href");
    else if (this.image.getAttribute("href") !== address) this.image.setAttribute("href", address);
    this.svg.setAttribute("aria-label", photo.name);
    const letters = this.data.letters ? ", letters choose a tool" : "";
    this.stage.setAttribute(
      "aria-label",
      `${photo.name}. Plus and minus zoom, arrow keys move${letters}.`,
    );
    this.stage.classList.toggle("draws", this.pen.draws);
    this.light();
    this.look();
    this.list();
    this.say(".said", this.data.problem || SAID[this.pen.tool] || "");
  }

  light() {
    const level = (name) => this.find(`.${name}`).value / 100;
    this.find(".photo").style.filter =
      `brightness(${level("brightness")}) contrast(${level("contrast")})`;
  }

  look() {
    if (!this.view.look()) return;
    this.say("output", `${this.view.percent} %`);
    this.shapes();
  }

  shapes() {
    const here = this.drawings();
    if (this.pending?.photo === this.data.photo.id) here.push(this.pending);
    this.find(".drawn").replaceChildren(...here.map((one, at) => this.shape(one, at + 1)));
    this.find(".now").replaceChildren(...this.pen.shapes());
    this.say(".scale", this.ruler.about);
  }

  drawings() {
    return this.data.drawings.filter((one) => one.photo === this.data.photo.id);
  }

  shape(one, number) {
    const { unit } = this.view;
    const group = element("g", { class: `${one.shape} ${one.mine ? "mine" : "theirs"}` });
    const [x, y] = one.points[0];
    const beside = [x + 8 * unit, y - 8 * unit];
    group.append(...outlines(one), lettered(beside, `${number} ${one.name}`, 13 * unit));
    return group;
  }

  list() {
    this.find(".list").replaceChildren(
      ...this.drawings().map((one, at) => {
        const line = document.createElement("li");
        line.append(written("span", `${at + 1} · ${one.name}${one.mine ? "" : " (a colleague)"}`));
        if (one.mine && this.data.may_draw) {
          const button = written("button", "Take back");
          button.type = "button";
          button.setAttribute("aria-label", `Take back ${at + 1}, ${one.name}`);
          button.addEventListener("click", () => this.tell("taken_back", one.id));
          line.append(button);
        }
        return line;
      }),
    );
  }

  // Said once: a status that is written anew is read out anew.
  say(selector, words) {
    const place = this.find(selector);
    if (place.textContent !== words) place.textContent = words;
  }

  // A whole shape, to be kept with the label that is chosen.
  finish({ shape, points, radii, turn }) {
    const [chosen] = this.find("select").selectedOptions;
    const photo = this.data.photo.id;
    this.pending = { shape, points, radii, turn, photo, mine: true, name: chosen.textContent };
    this.tell("drawn", { photo, shape, label: chosen.value, geometry: { points, radii, turn } });
  }
}

function asBlob(address) {
  const [head, body] = address.split(",");
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: head.slice(5).split(";")[0] }));
}

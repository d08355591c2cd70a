// The face of a check with what was seen on it. Everything happens in the browser: the data holds
// the photo, the veils and the marks of every metric, of one check or of two to compare.
// Photo and marks share one coordinate system, the aligned crop's 768 × 960 pixels; marks are
// lines, so that they stay thin and crisp however far one zooms in.

const WIDTH = 768;
const HEIGHT = 960;
const MOST = 8; // times enlarged
const SVG = "http://www.w3.org/2000/svg";
const WAYS = { alone: "This check", beside: "Side by side", swiped: "Swipe" };
const viewers = new WeakMap();

export default function ({ parentElement, data }) {
  let viewer = viewers.get(parentElement);
  if (!viewer || !viewer.root.isConnected) {
    viewer = new Viewer(parentElement.querySelector(".viewer"));
    viewers.set(parentElement, viewer);
  }
  viewer.show(data);
}

class Viewer {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.stage = this.find(".stage");
    this.numbers = this.find(".numbers");
    this.metric = null; // key of what is shown
    this.way = "alone";
    this.view = { x: 0, y: 0, times: 1 };
    this.fingers = new Map();
    this.listen();
  }

  show(data) {
    if (this.data && this.data.id === data.id) return;
    const before = this.data;
    this.data = data;
    if (!data.metrics.some((m) => m.key === this.metric)) this.metric = data.first;
    const compares = data.checks.length > 1;
    if (!compares) this.way = "alone";
    else if (!before || before.checks.length < 2) this.way = "beside";
    this.find(".ways").hidden = !compares;
    if (!before) this.find(".regions input").checked = data.outlines;
    this.choices(".metrics", "metric", data.metrics.map((m) => [m.key, m.name, m.colour]));
    this.choices(".ways", "way", Object.entries(WAYS));
    this.find(".ends").replaceChildren(...data.checks.map((check) => text("span", check.name)));
    this.draw();
    this.root.hidden = false;
  }

  // ------------------------------------------------------------ what is there
  choices(where, field, options) {
    const list = document.createElement("div");
    for (const [key, name, colour] of options) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: field, value: key });
      input.checked = this[field] === key;
      input.addEventListener("change", () => {
        this[field] = key;
        this.draw();
      });
      label.append(input);
      if (colour) {
        const dot = document.createElement("i");
        dot.style.setProperty("--ink", colour);
        label.append(dot);
      }
      label.append(name);
      list.append(label);
    }
    this.find(where).querySelector("div")?.remove();
    this.find(where).append(list);
  }

  draw() {
    const { data, root } = this;
    const metric = data.metrics.find((m) => m.key === this.metric);
    const shown = this.way === "alone" ? data.checks.slice(-1) : data.checks;
    root.className = `viewer ${this.way}`;
    this.find(".swipe").hidden = this.way !== "swiped";
    this.stage.replaceChildren(...shown.map((check) => this.figure(check, metric, shown)));
    this.stage.setAttribute(
      "aria-label",
      `The face, upright. ${metric.caption} Plus and minus zoom, arrow keys move.`,
    );
    this.find(".caption").textContent = metric.caption;
    this.numbers.innerHTML = metric.numbers; // made and escaped by the server
    this.adjust();
    this.move(0, 0);
  }

  figure(check, metric, shown) {
    const figure = document.createElement("figure");
    figure.className = check === shown.at(-1) ? "now" : "earlier";
    const svg = element("svg", { role: "img", "aria-label": `${check.name}. ${metric.caption}` });
    const whole = { width: WIDTH, height: HEIGHT };
    svg.append(element("image", { href: check.photo, ...whole }));
    svg.append(this.over(check, metric, whole));
    svg.append(element("path", { class: "region", d: check.regions }));
    figure.append(svg, text("figcaption", check.name));
    return figure;
  }

  over(check, metric, whole) {
    const marks = check.marks[metric.shows];
    const over = element("g", { class: `over ${marks === undefined ? "veil" : metric.kind}` });
    if (marks !== undefined) {
      over.append(element("path", { class: "edge", d: marks }));
      over.append(element("path", { class: "ink", d: marks, stroke: metric.colour }));
    } else if (check.veils[metric.shows]) {
      over.append(
        element("image", {
          href: check.veils[metric.shows],
          preserveAspectRatio: "none",
          ...whole,
        }),
      );
    }
    return over;
  }

  // ------------------------------------------------------------ how it is looked at
  adjust() {
    const style = this.root.style;
    style.setProperty("--strength", this.find(".strength input").value / 100);
    style.setProperty("--at", `${this.find(".swipe input").value}%`);
    for (const region of this.root.querySelectorAll(".region")) {
      region.style.display = this.find(".regions input").checked ? "" : "none";
    }
  }

  move(right, down) {
    const view = this.view;
    const width = WIDTH / view.times;
    const height = HEIGHT / view.times;
    view.x = Math.min(WIDTH - width, Math.max(0, view.x + right));
    view.y = Math.min(HEIGHT - height, Math.max(0, view.y + down));
    for (const svg of this.stage.querySelectorAll("svg")) {
      svg.setAttribute("viewBox", `${view.x} ${view.y} ${width} ${height}`);
    }
    this.stage.classList.toggle("zoomed", view.times > 1);
    const said = `${Math.round(view.times * 10) / 10}×`;
    if (this.find("output").value !== said) this.find("output").value = said;
    this.find("[data-zoom=out]").disabled = this.find("[data-zoom=whole]").disabled =
      view.times <= 1;
    this.find("[data-zoom=in]").disabled = view.times >= MOST;
  }

  // Zoom about a place of a picture, given as shares of its width and height.
  zoom(factor, across = 0.5, along = 0.5) {
    const view = this.view;
    const times = Math.min(MOST, Math.max(1, view.times * factor));
    const right = across * WIDTH * (1 / view.times - 1 / times);
    const down = along * HEIGHT * (1 / view.times - 1 / times);
    view.times = times;
    this.move(right, down);
  }

  // Where on its picture an event happened, as shares; pictures beside each other are alike.
  place(event) {
    const figures = [...this.stage.querySelectorAll("svg")].map((s) => s.getBoundingClientRect());
    const box =
      figures.find((b) => event.clientX >= b.left && event.clientX <= b.right) ?? figures[0];
    const share = (value, from, size) => Math.min(1, Math.max(0, (value - from) / size));
    return {
      across: share(event.clientX, box.left, box.width),
      along: share(event.clientY, box.top, box.height),
      unit: WIDTH / this.view.times / box.width, // crop pixels for a pixel of the screen
    };
  }

  // ------------------------------------------------------------ hands
  listen() {
    this.root.addEventListener("input", () => this.adjust());
    for (const button of this.root.querySelectorAll("[data-zoom]")) {
      const factor = { in: 1.5, out: 1 / 1.5, whole: 0 }[button.dataset.zoom];
      button.addEventListener("click", () => this.zoom(factor));
    }
    const stage = this.stage;
    stage.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => {
      const { across, along } = this.place(event);
      this.zoom(this.view.times > 1 ? 0 : 3, across, along);
    });
    stage.addEventListener("pointerdown", (event) => this.fingers.set(event.pointerId, event));
    stage.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
      stage.addEventListener(end, (event) => this.fingers.delete(event.pointerId));
    }
  }

  key(event) {
    const step = 60 / this.view.times;
    const moves = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") this.zoom(1.5);
    else if (event.key === "-") this.zoom(1 / 1.5);
    else if (event.key === "0" || event.key === "Escape") this.zoom(0);
    else if (event.key in moves && this.view.times > 1) this.move(...moves[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // With Ctrl, as a pinch on a touchpad comes; a plain wheel scrolls the page.
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { across, along } = this.place(event);
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.004)), across, along);
  }

  drag(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const { unit } = this.place(event);
    if (this.fingers.size === 2) {
      const [other] = [...this.fingers.values()].filter((f) => f.pointerId !== event.pointerId);
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      const { across, along } = this.place({
        clientX: (event.clientX + other.clientX) / 2,
        clientY: (event.clientY + other.clientY) / 2,
      });
      this.zoom(apart(event) / Math.max(1, apart(before)), across, along);
    } else if (this.view.times > 1) {
      event.preventDefault();
      this.move((before.clientX - event.clientX) * unit, (before.clientY - event.clientY) * unit);
    }
    this.fingers.set(event.pointerId, event);
  }
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function text(name, words) {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}

// A photo of a case in full resolution: zoom, pan, light, measuring, and drawing on it.
// Everything is in pixels of the photo, from its left top corner, whatever size is on the screen;
// so is what is sent to be kept. A photo comes once and stays in this page's memory as a blob
// until its case no longer shows it.

const SVG = "http://www.w3.org/2000/svg";
const MOST = 16; // screen pixels a photo pixel
const TOOLS = {
  move: ["Move", "V"],
  point: ["Point", "P"],
  ellipse: ["Ellipse", "E"],
  polygon: ["Polygon", "O"],
  measure: ["Measure", "M"],
  iris: ["Scale by iris", "I"],
};
const DRAWS = new Set(["point", "ellipse", "polygon"]);
const SAID = {
  point: "Click a place, or move the cross with the arrow keys and press Enter.",
  ellipse: "Drag from the middle to the edge; by keys: Enter, arrows, Enter.",
  polygon: "Click the corners; Enter at the last one again closes it. Backspace takes one back.",
  measure: "Drag from end to end; by keys: Enter, arrows, Enter.",
  iris: "Drag across the coloured part of an eye, from side to side: that sets the scale.",
};
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
    this.blobs = new Map(); // photo id → address
    this.asked = null;
    this.tool = "move";
    this.view = null;
    this.marks = []; // points of what is being drawn
    this.cross = null; // where the keys are
    this.ruler = null; // two points of the last measurement
    this.scales = new Map(); // photo id → scale set by an iris
    this.fingers = new Map();
    this.pending = null;
    this.listen();
  }

  show(data) {
    const before = this.data;
    this.data = data;
    this.forget(data.photos);
    const { photo } = data;
    if (photo.src && !this.blobs.has(photo.id)) this.blobs.set(photo.id, asBlob(photo.src));
    if (!this.blobs.has(photo.id) && this.asked !== photo.id) {
      this.asked = photo.id;
      this.tell("wanted", photo.id);
    }
    if (this.blobs.has(photo.id)) this.asked = null;
    const is_new = !before || before.photo.id !== photo.id;
    if (is_new) {
      this.view = null;
      this.cross = null;
      this.ruler = null;
      this.marks = [];
    }
    if (!before || before.drawings.length !== data.drawings.length || is_new) this.pending = null;
    if (!before || before.may_draw !== data.may_draw) this.choices();
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
        input.checked = key === this.tool;
        input.addEventListener("change", () => this.take(key));
        label.dataset.tool = key;
        label.append(input, name, written("kbd", letter));
        return label;
      }),
    );
    const select = this.find("select");
    select.replaceChildren(
      ...this.data.labels.map(([key, name]) => {
        const option = written("option", name);
        option.value = key;
        return option;
      }),
    );
    this.find(".label").hidden = !this.data.may_draw;
  }

  take(tool) {
    this.tool = tool;
    this.marks = [];
    this.draw();
  }

  // ------------------------------------------------------------ what is there
  draw() {
    const { photo } = this.data;
    const address = this.blobs.get(photo.id);
    this.find(".waits").hidden = Boolean(address);
    const size = { width: photo.width, height: photo.height };
    let image = this.find(".photo image");
    if (!image) {
      image = element("image", {});
      this.find(".photo").append(image);
    }
    for (const [key, value] of Object.entries(size)) image.setAttribute(key, value);
    if (address && image.getAttribute("href") !== address) image.setAttribute("href", address);
    if (!address) image.removeAttribute("href");
    this.svg.setAttribute("aria-label", photo.name);
    this.stage.setAttribute(
      "aria-label",
      `${photo.name}. Plus and minus zoom, arrow keys move, letters choose a tool.`,
    );
    this.stage.classList.toggle("draws", this.tool !== "move");
    this.light();
    this.look();
    this.list();
    const said = this.data.problem || SAID[this.tool] || "";
    if (this.find(".said").textContent !== said) this.find(".said").textContent = said;
    this.find(".scale").textContent = this.about_scale();
  }

  light() {
    const level = (name) => this.find(`.${name}`).value / 100;
    this.find(".photo").style.filter =
      `brightness(${level("brightness")}) contrast(${level("contrast")})`;
  }

  // The view: where the middle of the stage is on the photo, and photo pixels a screen pixel.
  look() {
    const { photo } = this.data;
    const box = this.stage.getBoundingClientRect();
    if (!box.width || !box.height) return;
    const whole = Math.max(photo.width / box.width, photo.height / this.height(box));
    this.whole = whole;
    this.view ??= { x: photo.width / 2, y: photo.height / 2, unit: whole };
    const view = this.view;
    view.unit = Math.min(whole, Math.max(1 / MOST, view.unit));
    const half = [(box.width * view.unit) / 2, (this.height(box) * view.unit) / 2];
    const within = (value, reach, most) =>
      2 * reach >= most ? most / 2 : Math.min(most - reach, Math.max(reach, value));
    view.x = within(view.x, half[0], photo.width);
    view.y = within(view.y, half[1], photo.height);
    this.svg.setAttribute(
      "viewBox",
      `${view.x - half[0]} ${view.y - half[1]} ${2 * half[0]} ${2 * half[1]}`,
    );
    this.stage.classList.toggle("zoomed", view.unit < whole * 0.999);
    const said = `${Math.round(100 / view.unit)} %`;
    if (this.find("output").value !== said) this.find("output").value = said;
    this.shapes();
  }

  height(box) {
    return this.svg.getBoundingClientRect().height || box.height;
  }

  shapes() {
    const { photo, drawings } = this.data;
    const unit = this.view.unit;
    const here = drawings.filter((one) => one.photo === photo.id);
    if (this.pending && this.pending.photo === photo.id) here.push(this.pending);
    this.find(".drawn").replaceChildren(...here.map((one, at) => this.shape(one, at + 1, unit)));
    const now = this.find(".now");
    now.replaceChildren();
    if (this.marks.length) now.append(...this.unfinished(unit));
    if (this.ruler && ["measure", "iris"].includes(this.tool)) now.append(...this.rule(unit));
    if (this.cross) now.append(...crossed(this.cross, 14 * unit));
  }

  shape(one, number, unit) {
    const group = element("g", { class: `${one.shape} ${one.mine ? "mine" : "theirs"}` });
    for (const kind of ["edge", "ink"]) group.append(outline(one, kind));
    const [x, y] = one.points[0];
    const label = element("text", { x: x + 8 * unit, y: y - 8 * unit, "font-size": 13 * unit });
    label.textContent = `${number} ${one.name}`;
    group.append(label);
    return group;
  }

  unfinished(unit) {
    const points = this.marks;
    const last = this.cross ?? this.over;
    if (this.tool === "ellipse" && last) {
      const radii = [Math.abs(last[0] - points[0][0]), Math.abs(last[1] - points[0][1])];
      const one = { shape: "ellipse", points, radii, turn: 0 };
      return ["edge", "ink"].map((kind) => outline(one, kind));
    }
    const all = last ? [...points, last] : points;
    const line = ["edge", "ink"].map((kind) => element("path", { class: kind, d: path(all) }));
    if (!["measure", "iris"].includes(this.tool) || all.length < 2) return line;
    return [...line, this.words(all[0], all[1], unit)];
  }

  rule(unit) {
    const line = ["edge", "ink"].map((kind) =>
      element("path", { class: kind, d: path(this.ruler) }),
    );
    return [...line, this.words(...this.ruler, unit)];
  }

  words(from, to, unit) {
    const label = element("text", {
      x: (from[0] + to[0]) / 2 + 8 * unit,
      y: (from[1] + to[1]) / 2 - 8 * unit,
      "font-size": 15 * unit,
    });
    label.textContent = this.tool === "iris" ? "Iris" : this.length(from, to);
    return label;
  }

  // As pipeline/reviews/face_scale.py: likely, and where it lies in 90 of 100 cases.
  length(from, to) {
    const pixels = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const scale = this.scales.get(this.data.photo.id) ?? this.data.photo.scale;
    if (!scale) return `${Math.round(pixels)} pixels of the photo`;
    const likely = pixels * scale.millimetres;
    const ends = this.data.measuring.clicked * Math.SQRT2 * scale.millimetres;
    const off = this.data.measuring.in_90 * Math.hypot(likely * scale.spread, ends);
    const said = (mm) => (mm < 10 ? mm.toFixed(1) : String(Math.round(mm)));
    return `about ${said(likely)} mm (${said(Math.max(0, likely - off))}–${said(likely + off)})`;
  }

  about_scale() {
    const { photo, measuring } = this.data;
    if (this.scales.has(photo.id)) return measuring.by_iris;
    return photo.scale ? measuring.by_face : measuring.by_nothing;
  }

  list() {
    const { photo, drawings } = this.data;
    const here = drawings.filter((one) => one.photo === photo.id);
    this.find(".list").replaceChildren(
      ...here.map((one, at) => {
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

  // ------------------------------------------------------------ drawing
  // One more place, by click or by Enter.
  place(at) {
    const points = [...this.marks, this.inside(at)];
    if (this.tool === "point") this.finish({ shape: "point", points });
    else if (this.tool === "polygon") {
      const last = this.marks.at(-1);
      const close = 6 * this.view.unit;
      const again = last && Math.hypot(at[0] - last[0], at[1] - last[1]) < close;
      if (again && this.marks.length >= 3) this.finish({ shape: "polygon", points: this.marks });
      else if (!again) this.marks = points;
    } else if (points.length < 2) this.marks = points;
    else this.stretch(points);
    this.shapes();
  }

  // Two places: an ellipse, a length, or an iris.
  stretch([from, to]) {
    this.marks = [];
    const across = Math.abs(to[0] - from[0]);
    const along = Math.abs(to[1] - from[1]);
    if (Math.hypot(across, along) < 2) return;
    if (this.tool === "ellipse") {
      const radii = [Math.max(1, across), Math.max(1, along)];
      this.finish({ shape: "ellipse", points: [from], radii, turn: 0 });
      return;
    }
    this.ruler = [from, to];
    if (this.tool === "iris") {
      const { iris, iris_spread } = this.data.measuring;
      const millimetres = iris / Math.hypot(across, along);
      const off = (this.data.measuring.clicked * Math.SQRT2) / Math.hypot(across, along);
      const scale = { millimetres, spread: Math.hypot(iris_spread, off) };
      this.scales.set(this.data.photo.id, scale);
      this.find(".scale").textContent = this.about_scale();
    }
  }

  finish(shape) {
    this.marks = [];
    const select = this.find("select");
    const name = select.selectedOptions[0].textContent;
    const one = { ...shape, photo: this.data.photo.id, label: select.value, mine: true, name };
    this.pending = one;
    this.tell("drawn", {
      photo: one.photo,
      shape: one.shape,
      label: one.label,
      geometry: { points: one.points, radii: one.radii, turn: one.turn },
    });
  }

  inside([x, y]) {
    const { width, height } = this.data.photo;
    const cut = (value, most) => Math.round(Math.min(most, Math.max(0, value)) * 10) / 10;
    return [cut(x, width), cut(y, height)];
  }

  // ------------------------------------------------------------ hands
  listen() {
    for (const input of this.root.querySelectorAll(".below input")) {
      input.addEventListener("input", () => this.light());
    }
    for (const button of this.root.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.act(button.dataset.do));
    }
    const stage = this.stage;
    stage.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => {
      if (this.tool === "move") this.zoom(this.view.unit < this.whole ? 0 : 3, this.at(event));
    });
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, (event) => this.up(event));
    }
    new ResizeObserver(() => this.data && this.look()).observe(stage);
  }

  act(what) {
    if (what === "plain") {
      this.find(".brightness").value = this.find(".contrast").value = 100;
      this.light();
    } else if (what === "full") this.zoom(this.view.unit);
    else this.zoom({ in: 1.5, out: 1 / 1.5, whole: 0 }[what]);
  }

  zoom(factor, about = [this.view.x, this.view.y]) {
    const view = this.view;
    const unit = factor ? view.unit / factor : Infinity;
    const next = Math.min(this.whole, Math.max(1 / MOST, unit));
    view.x = about[0] + ((view.x - about[0]) * next) / view.unit;
    view.y = about[1] + ((view.y - about[1]) * next) / view.unit;
    view.unit = next;
    this.look();
  }

  at(event) {
    const box = this.svg.getBoundingClientRect();
    const { x, y, unit } = this.view;
    return [
      x + (event.clientX - box.left - box.width / 2) * unit,
      y + (event.clientY - box.top - box.height / 2) * unit,
    ];
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (event.shiftKey ? 1 : 12) * this.view.unit;
    const moves = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    if (event.key === "+" || event.key === "=") this.zoom(1.5);
    else if (event.key === "-") this.zoom(1 / 1.5);
    else if (event.key === "0") this.zoom(0);
    else if (event.key in moves) this.step(...moves[event.key]);
    else if (event.key === "Enter" && this.tool !== "move") this.place(this.aim());
    else if (event.key === "Backspace") this.marks = this.marks.slice(0, -1);
    else if (event.key === "Escape" && (this.marks.length || this.tool !== "move")) {
      if (this.marks.length) this.marks = [];
      else this.press("move");
      this.cross = null;
    } else return;
    this.shapes();
    event.preventDefault();
    event.stopPropagation();
  }

  press(tool) {
    this.find(`[data-tool=${tool}] input`).click();
  }

  aim() {
    this.cross ??= this.inside([this.view.x, this.view.y]);
    return this.cross;
  }

  // Move the photo, or with a tool the cross; the photo follows it.
  step(right, down) {
    const view = this.view;
    if (this.tool === "move") {
      view.x += 5 * right;
      view.y += 5 * down;
      this.look();
      return;
    }
    const [x, y] = this.aim();
    this.cross = this.inside([x + right, y + down]);
    const box = this.svg.getBoundingClientRect();
    const far = [(box.width * view.unit) / 2.4, (box.height * view.unit) / 2.4];
    view.x += Math.max(0, this.cross[0] - view.x - far[0]) - Math.max(0, view.x - far[0] - this.cross[0]);
    view.y += Math.max(0, this.cross[1] - view.y - far[1]) - Math.max(0, view.y - far[1] - this.cross[1]);
    this.look();
  }

  // With Ctrl, as a pinch on a touchpad comes; a plain wheel scrolls the page.
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.004));
    this.zoom(factor, this.at(event));
  }

  down(event) {
    this.fingers.set(event.pointerId, event);
    if (this.tool === "move" || this.fingers.size > 1) return;
    this.cross = null;
    this.place(this.at(event));
    this.began = this.at(event);
  }

  drag(event) {
    this.over = this.tool === "move" ? null : this.inside(this.at(event));
    const before = this.fingers.get(event.pointerId);
    if (!before) {
      if (this.marks.length) this.shapes();
      return;
    }
    if (this.fingers.size === 2) {
      this.marks = [];
      const [other] = [...this.fingers.values()].filter((f) => f.pointerId !== event.pointerId);
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      this.zoom(apart(event) / Math.max(1, apart(before)), this.at(event));
    } else if (this.tool === "move" && this.view.unit < this.whole) {
      event.preventDefault();
      this.view.x -= (event.clientX - before.clientX) * this.view.unit;
      this.view.y -= (event.clientY - before.clientY) * this.view.unit;
      this.look();
    } else if (this.marks.length) this.shapes();
    this.fingers.set(event.pointerId, event);
  }

  up(event) {
    const was = this.fingers.delete(event.pointerId);
    const stretches = ["ellipse", "measure", "iris"].includes(this.tool);
    if (!was || !stretches || this.marks.length !== 1 || event.type !== "pointerup") return;
    const end = this.at(event);
    const moved = Math.hypot(end[0] - this.began[0], end[1] - this.began[1]) / this.view.unit;
    if (moved > 4) this.place(end); // otherwise it was a click: the next one is the other end
  }
}

function outline(one, kind) {
  if (one.shape === "ellipse") {
    const [x, y] = one.points[0];
    const [rx, ry] = one.radii;
    const turn = `rotate(${one.turn || 0} ${x} ${y})`;
    return element("ellipse", { class: kind, cx: x, cy: y, rx, ry, transform: turn });
  }
  const closed = one.shape === "polygon";
  return element("path", { class: kind, d: path(one.points) + (closed ? "Z" : "") });
}

// Lines of points as an SVG path; a single point is a dot.
function path(points) {
  return `M${points.map(([x, y]) => `${x} ${y}`).join("L")}${points.length === 1 ? "h0" : ""}`;
}

function crossed([x, y], reach) {
  const d = `M${x - reach} ${y}H${x + reach}M${x} ${y - reach}V${y + reach}`;
  return [element("path", { class: "cross edge", d }), element("path", { class: "cross", d })];
}

function asBlob(address) {
  const [head, body] = address.split(",");
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: head.slice(5).split(";")[0] }));
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function written(name, words) {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}

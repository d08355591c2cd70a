// What is being drawn: places taken one after the other with a tool, until a shape is whole.

import { crossed, lettered, lines, outlines } from "./svg.js";
import { distance } from "./ruler.js";

export const TOOLS = {
  move: ["Move", "V"],
  point: ["Point", "P"],
  ellipse: ["Ellipse", "E"],
  polygon: ["Polygon", "O"],
  measure: ["Measure", "M"],
  iris: ["Scale by iris", "I"],
};
export const DRAWS = new Set(["point", "ellipse", "polygon"]);
export const SAID = {
  point: "Click a place, or move the cross with the arrow keys and press Enter.",
  ellipse: "Drag from the middle to the edge; by keys: Enter, arrows, Enter.",
  polygon: "Click the corners; Enter at the last one again closes it. Backspace takes one back.",
  measure: "Drag from end to end; by keys: Enter, arrows, Enter.",
  iris: "Drag across the coloured part of an eye, from side to side: that sets the scale.",
};
const MEASURES = new Set(["measure", "iris"]);
const LEAST = 2; // photo pixels; a shorter line was no line
const CLOSE = 6; // screen pixels; nearer places are the same

export class Pen {
  // `finished` is called with each whole shape.
  constructor(view, ruler, finished) {
    this.view = view;
    this.ruler = ruler;
    this.finished = finished;
    this.tool = "move";
    this.reset();
  }

  reset() {
    this.marks = []; // places taken so far
    this.cross = null; // where the keys are
    this.over = null; // where the pointer is
    this.measured = null; // the ends of the last length
  }

  take(tool) {
    this.tool = tool;
    this.marks = [];
  }

  get draws() {
    return this.tool !== "move";
  }

  // A line between two places: dragged, or clicked at both ends.
  get stretches() {
    return this.tool === "ellipse" || MEASURES.has(this.tool);
  }

  // Where the next place is by the keys.
  aim() {
    this.cross ??= this.view.inside([this.view.x, this.view.y]);
    return this.cross;
  }

  step(right, down) {
    const [x, y] = this.aim();
    this.cross = this.view.inside([x + right * this.view.unit, y + down * this.view.unit]);
    this.view.follow(this.cross);
  }

  // One more place, by click or by Enter.
  place(at) {
    const place = this.view.inside(at);
    if (this.tool === "point") this.finish({ shape: "point", points: [place] });
    else if (this.tool === "polygon") this.corner(place);
    else if (this.marks.length === 0) this.marks = [place];
    else this.stretch(this.marks[0], place);
  }

  corner(place) {
    const last = this.marks.at(-1);
    const isAgain = last && distance(last, place) < CLOSE * this.view.unit;
    if (!isAgain) this.marks = [...this.marks, place];
    else if (this.marks.length >= 3) this.finish({ shape: "polygon", points: this.marks });
  }

  stretch(from, to) {
    this.marks = [];
    if (distance(from, to) < LEAST) return;
    if (this.tool === "ellipse") {
      this.finish(ellipse(from, to));
      return;
    }
    this.measured = [from, to];
    if (this.tool === "iris") this.ruler.setByIris(from, to);
  }

  takeBack() {
    this.marks = this.marks.slice(0, -1);
  }

  // False when there is nothing to leave off.
  leave() {
    const drew = this.marks.length > 0;
    this.marks = [];
    this.cross = null;
    return drew;
  }

  finish(shape) {
    this.marks = [];
    this.finished(shape);
  }

  // What is not whole yet, the last length, and the cross, as elements.
  shapes() {
    const { marks, view } = this;
    const last = this.cross ?? this.over;
    const shown = [];
    if (marks.length) shown.push(...this.unfinished(last ? [...marks, last] : marks));
    else if (this.measured && MEASURES.has(this.tool)) shown.push(...this.rule(...this.measured));
    if (this.cross) shown.push(...crossed(this.cross, 14 * view.unit));
    return shown;
  }

  unfinished(points) {
    if (points.length > 1 && this.tool === "ellipse") return outlines(ellipse(...points));
    if (points.length > 1 && MEASURES.has(this.tool)) return this.rule(...points);
    return lines(points);
  }

  rule(from, to) {
    const { unit } = this.view;
    const words = this.tool === "iris" ? "Iris" : this.ruler.length(from, to);
    const beside = [(from[0] + to[0]) / 2 + 8 * unit, (from[1] + to[1]) / 2 - 8 * unit];
    return [...lines([from, to]), lettered(beside, words, 15 * unit)];
  }
}

function ellipse(middle, edge) {
  const radii = [0, 1].map((axis) => Math.max(1, Math.abs(edge[axis] - middle[axis])));
  return { shape: "ellipse", points: [middle], radii, turn: 0 };
}

// Keys, mouse and fingers on the photo.

import { distance } from "./ruler.js";

const STEP = 12; // screen pixels a press of an arrow key; with Shift 1
const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Hands {
  constructor(viewer) {
    this.viewer = viewer;
    this.view = viewer.view;
    this.pen = viewer.pen;
    this.fingers = new Map(); // pointer id → its last event
    const { stage } = viewer;
    stage.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => this.double(event));
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", (event) => this.fingers.delete(event.pointerId));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view, pen } = this;
    if (event.key === "+" || event.key === "=") view.zoom(1.5);
    else if (event.key === "-") view.zoom(1 / 1.5);
    else if (event.key === "0") view.toWhole();
    else if (event.key in ARROWS) this.arrow(ARROWS[event.key], event.shiftKey ? 1 : STEP);
    else if (event.key === "Enter" && pen.draws) pen.place(pen.aim());
    else if (event.key === "Backspace") pen.takeBack();
    else if (event.key === "Escape" && (pen.draws || pen.marks.length)) {
      if (!pen.leave()) this.viewer.press("move");
    } else return;
    this.viewer.look();
    event.preventDefault();
    event.stopPropagation();
  }

  // Move the photo, or with a tool the cross; the photo follows it.
  arrow([right, down], step) {
    if (this.pen.draws) this.pen.step(right * step, down * step);
    else this.view.pan(5 * right * step, 5 * down * step);
  }

  // With Ctrl, as a pinch on a touchpad comes; a plain wheel scrolls the page.
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.004));
    this.view.zoom(factor, this.view.at(event));
    this.viewer.look();
  }

  double(event) {
    if (this.pen.draws) return;
    if (this.view.isZoomed) this.view.toWhole();
    else this.view.zoom(3, this.view.at(event));
    this.viewer.look();
  }

  down(event) {
    this.fingers.set(event.pointerId, event);
    if (!this.pen.draws || this.fingers.size > 1) return;
    this.began = this.view.at(event);
    this.pen.cross = null;
    this.pen.place(this.began);
    this.viewer.shapes();
  }

  move(event) {
    const { view, pen } = this;
    const before = this.fingers.get(event.pointerId);
    if (pen.draws) pen.over = view.inside(view.at(event));
    if (before) this.fingers.set(event.pointerId, event);
    if (before && this.fingers.size === 2) this.pinch(event, before);
    else if (before && !pen.draws && view.isZoomed) {
      event.preventDefault();
      view.pan(before.clientX - event.clientX, before.clientY - event.clientY);
      this.viewer.look();
    } else if (pen.marks.length) this.viewer.shapes();
  }

  pinch(event, before) {
    this.pen.marks = [];
    const [other] = [...this.fingers.values()].filter((one) => one.pointerId !== event.pointerId);
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    this.view.zoom(apart(event) / Math.max(1, apart(before)), this.view.at(event));
    this.viewer.look();
  }

  up(event) {
    const was = this.fingers.delete(event.pointerId);
    if (!was || !this.pen.stretches || this.pen.marks.length !== 1) return;
    const end = this.view.at(event);
    if (distance(this.began, end) <= 4 * this.view.unit) return; // a click: the other end is next
    this.pen.place(end);
    this.viewer.shapes();
  }
}

// Which part of the photo is seen, and how large. `x`, `y`: the place of the photo in the middle
// of the stage; `unit`: photo pixels a screen pixel.

const MOST = 16; // screen pixels a photo pixel

export class View {
  constructor(svg, stage) {
    this.svg = svg;
    this.stage = stage;
    this.photo = null;
  }

  // Another photo begins with the whole of it.
  of(photo) {
    if (this.photo?.id !== photo.id) this.unit = Infinity;
    this.photo = photo;
  }

  get isZoomed() {
    return this.unit < this.whole * 0.999;
  }

  get percent() {
    return Math.round(100 / this.unit);
  }

  // Show it. False as long as there is no room, as in a panel that is closed.
  look() {
    const box = this.svg.getBoundingClientRect();
    const { width, height } = this.photo;
    if (!box.width || !box.height) return false;
    this.whole = Math.max(width / box.width, height / box.height);
    if (this.unit === Infinity) [this.x, this.y] = [width / 2, height / 2];
    this.unit = Math.min(this.whole, Math.max(1 / MOST, this.unit));
    this.half = [(box.width * this.unit) / 2, (box.height * this.unit) / 2];
    this.x = within(this.x, this.half[0], width);
    this.y = within(this.y, this.half[1], height);
    const [right, down] = this.half;
    this.svg.setAttribute(
      "viewBox",
      `${this.x - right} ${this.y - down} ${2 * right} ${2 * down}`,
    );
    this.stage.classList.toggle("zoomed", this.isZoomed);
    return true;
  }

  // Closer by `factor`, while the place `about` stays where it is.
  zoom(factor, about = [this.x, this.y]) {
    this.scale(this.unit / factor, about);
  }

  scale(unit, about = [this.x, this.y]) {
    const next = Math.min(this.whole, Math.max(1 / MOST, unit));
    this.x = about[0] + ((this.x - about[0]) * next) / this.unit;
    this.y = about[1] + ((this.y - about[1]) * next) / this.unit;
    this.unit = next;
  }

  toWhole() {
    this.unit = this.whole;
  }

  // By screen pixels.
  pan(right, down) {
    this.x += right * this.unit;
    this.y += down * this.unit;
  }

  // Move on until a place is well inside.
  follow([x, y]) {
    const [right, down] = this.half.map((half) => half / 1.2);
    this.x = Math.min(x + right, Math.max(x - right, this.x));
    this.y = Math.min(y + down, Math.max(y - down, this.y));
  }

  // The place of the photo under a pointer.
  at(event) {
    const box = this.svg.getBoundingClientRect();
    return [
      this.x + (event.clientX - box.left - box.width / 2) * this.unit,
      this.y + (event.clientY - box.top - box.height / 2) * this.unit,
    ];
  }

  // The nearest place on the photo, to a tenth of a pixel.
  inside([x, y]) {
    const { width, height } = this.photo;
    const cut = (value, most) => Math.round(Math.min(most, Math.max(0, value)) * 10) / 10;
    return [cut(x, width), cut(y, height)];
  }
}

// The nearest middle from which nothing beyond the edges is seen.
function within(value, reach, most) {
  return 2 * reach >= most ? most / 2 : Math.min(most - reach, Math.max(reach, value));
}

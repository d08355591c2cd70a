// Lengths in millimetres, each with the range that holds 9 of 10 cases; see
// pipeline/reviews/face_scale.py, which says where the figures come from.

export class Ruler {
  constructor() {
    this.byIris = new Map(); // photo id → scale set by an iris
  }

  // `measuring`: the figures of face_scale.py.
  of(photo, measuring) {
    this.photo = photo;
    this.measuring = measuring;
  }

  get scale() {
    return this.byIris.get(this.photo.id) ?? this.photo.scale;
  }

  get about() {
    const { by_iris, by_face, by_nothing } = this.measuring;
    if (this.byIris.has(this.photo.id)) return by_iris;
    return this.photo.scale ? by_face : by_nothing;
  }

  // A line from side to side of an iris says how large everything at its depth is.
  setByIris(from, to) {
    const { iris, iris_spread, clicked } = this.measuring;
    const pixels = distance(from, to);
    const spread = Math.hypot(iris_spread, (clicked * Math.SQRT2) / pixels);
    this.byIris.set(this.photo.id, { millimetres: iris / pixels, spread });
  }

  length(from, to) {
    const pixels = distance(from, to);
    if (!this.scale) return `${Math.round(pixels)} pixels of the photo`;
    const { millimetres, spread } = this.scale;
    const likely = pixels * millimetres;
    const ends = this.measuring.clicked * Math.SQRT2 * millimetres;
    const off = this.measuring.in_90 * Math.hypot(likely * spread, ends);
    const said = (mm) => (mm < 10 ? mm.toFixed(1) : String(Math.round(mm)));
    return `about ${said(likely)} mm (${said(Math.max(0, likely - off))}–${said(likely + off)})`;
  }
}

export function distance(from, to) {
  return Math.hypot(to[0] - from[0], to[1] - from[1]);
}

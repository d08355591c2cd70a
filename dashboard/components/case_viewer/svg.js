// Elements of the page and of the drawing.

const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function written(name, words) {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}

// Words at a place, `size` high; both in pixels of the photo.
export function lettered([x, y], words, size) {
  const made = element("text", { x, y, "font-size": size });
  made.textContent = words;
  return made;
}

// A shape twice: a dark edge under the bright line, so that it is seen on any skin.
export function outlines(shape) {
  return ["edge", "ink"].map((kind) => outline(shape, kind));
}

export function lines(points) {
  return outlines({ shape: "line", points });
}

export function crossed([x, y], reach) {
  const d = `M${x - reach} ${y}H${x + reach}M${x} ${y - reach}V${y + reach}`;
  return [element("path", { class: "cross edge", d }), element("path", { class: "cross", d })];
}

function outline({ shape, points, radii, turn }, kind) {
  if (shape === "ellipse") {
    const [[cx, cy], [rx, ry]] = [points[0], radii];
    const transform = `rotate(${turn || 0} ${cx} ${cy})`;
    return element("ellipse", { class: kind, cx, cy, rx, ry, transform });
  }
  return element("path", { class: kind, d: path(points) + (shape === "polygon" ? "Z" : "") });
}

// Lines of points as an SVG path; a single point is a dot.
function path(points) {
  return `M${points.map(([x, y]) => `${x} ${y}`).join("L")}${points.length === 1 ? "h0" : ""}`;
}

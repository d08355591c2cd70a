// Keys of a page: each presses a button or goes into a field that is there already, so that
// nothing can be done by a key alone. Never while somebody types, and never with Ctrl, Alt or the
// Windows key, but for those that name Ctrl.

let current = null; // the one page's keys; a new page's replace them

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".keys");
  if (!current || current.root !== root) {
    current?.stop();
    current = new Keys(root);
  }
  current.show(data);
  const mine = current;
  return () => setTimeout(() => root.isConnected || mine.stop(), 500);
}

class Keys {
  constructor(root) {
    this.root = root;
    this.turn = 0;
    this.dialog = root.querySelector("dialog");
    this.heard = (event) => this.key(event);
    document.addEventListener("keydown", this.heard, true); // before Streamlit's own letters
    root.querySelector(".open").addEventListener("click", () => this.dialog.showModal());
    root.querySelector(".close").addEventListener("click", () => this.dialog.close());
  }

  stop() {
    document.removeEventListener("keydown", this.heard, true);
  }

  show(data) {
    this.data = data;
    this.root.querySelector("dl").replaceChildren(
      ...data.keys.map(({ shown, words }) => {
        const line = document.createElement("div");
        const [key, what] = ["dt", "dd"].map((name) => document.createElement(name));
        const cap = document.createElement("kbd");
        cap.textContent = shown;
        key.append(cap);
        what.textContent = words;
        line.append(key, what);
        return line;
      }),
    );
  }

  key(event) {
    this.turn += 1; // what the key before this one still waits for is over
    if (event.isComposing || event.repeat) return;
    const [target] = event.composedPath();
    const name = [event.ctrlKey || event.metaKey ? "ctrl+" : "", event.key.toLowerCase()].join("");
    const typing = types(target);
    if (typing && event.key === "Escape") {
      target.blur(); // letters are keys again; whatever else Escape closes still hears it
      return;
    }
    if (event.altKey || (typing && !event.ctrlKey && !event.metaKey)) return;
    if (document.querySelector("[role=dialog]") || (this.dialog.open && name !== "?")) return;
    if (name === "?") {
      this.dialog.open ? this.dialog.close() : this.dialog.showModal();
      this.taken(event);
      return;
    }
    const found = this.data.keys.find((one) => one.key === name);
    if (!found) return;
    this.taken(event);
    if (typing) target.blur(); // what was typed is told before a button acts on it
    for (const step of found.steps) void this.do(step);
  }

  taken(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // Wait for what a step names: a panel that was just opened takes a moment to be there, and may
  // be drawn a second time; the focus then goes into the new field, unless it went elsewhere.
  async do({ press, go, after = 0 }, turn = this.turn) {
    if (after) await pause(after);
    let went = false;
    for (let tries = 0; tries < 40 && turn === this.turn; tries += 1) {
      const element = deep(press ?? go);
      const there = element && !element.disabled;
      if (there && press) {
        element.click();
        return;
      }
      const has = there && element.getRootNode().activeElement === element;
      if (went && !has && document.activeElement !== document.body) return;
      if (there && !has) {
        element.focus();
        element.scrollIntoView({ block: "nearest" });
        went = true;
      }
      await pause(50);
    }
  }
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

// An element by a selector; ">>>" goes into a shadow root.
function deep(selector) {
  let where = document;
  for (const part of selector.split(">>>")) {
    const found = where.querySelector(part.trim());
    if (!found) return null;
    where = found.shadowRoot ?? found;
  }
  return where.host ?? where;
}

function types(element) {
  if (!(element instanceof Element)) return false;
  if (element.isContentEditable || element.localName === "textarea") return true;
  if (element.localName === "select") return true;
  const kinds = ["checkbox", "radio", "range", "button", "submit", "file", "color"];
  return element.localName === "input" && !kinds.includes(element.type);
}

// A field for long text that says what was typed before one leaves it: a second after the last
// key, so that a draft is kept as one types. What the server says replaces the text only when its
// `version` has changed (a template was put in): never what somebody is typing. What is typed is
// said with the version that it was typed into.

const PAUSE = 900; // milliseconds
const editors = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".editor");
  let editor = editors.get(root);
  if (!editor) editors.set(root, (editor = new Editor(root)));
  editor.send = (text) => setStateValue("typed", { version: data.version, text });
  editor.show(data);
}

class Editor {
  constructor(root) {
    this.root = root;
    this.field = root.querySelector("textarea");
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => this.flush());
  }

  show(data) {
    this.data = data;
    this.root.querySelector(".name").textContent = data.label;
    this.field.maxLength = data.longest;
    this.field.placeholder = data.placeholder;
    if (this.version !== data.version) {
      this.version = data.version;
      this.field.value = this.sent = data.text;
    }
    this.root.hidden = false;
    this.say();
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
    this.say();
  }

  flush() {
    clearTimeout(this.timer);
    if (this.field.value === this.sent) return;
    this.sent = this.field.value;
    this.send(this.sent);
    this.say();
  }

  say() {
    const saved = this.field.value === this.data.saved_text;
    const count = `${this.field.value.length} of ${this.data.longest} characters`;
    this.root.querySelector(".state").textContent =
      this.data.problem || `${count} · ${saved ? this.data.saved : "not saved yet"}`;
  }
}

// Hears from the server how many notifications are unread, and has the bell drawn anew when that
// is not what it shows. The number itself is the server's to count: what is said from here is only
// that it changed. A tab that nobody sees hears nothing, and catches up when it is seen again.
//
// The server says something every 15 s. After twice that in silence (a proxy that keeps events for
// itself, too many tabs, a server that is away) the bell is drawn anew, and it is tried again: at
// worst the number is that old.

const SILENCE = 30_000; // milliseconds
let current = null; // the one page's ears; a new page's replace them

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".bell");
  if (current?.root !== root) {
    current?.stop();
    current = new Ears(root, data.address);
  }
  current.shown = data.shown;
  current.ask = () => setTriggerValue("changed", true);
  const mine = current;
  return () => setTimeout(() => root.isConnected || mine.stop(), 500);
}

class Ears {
  constructor(root, address) {
    this.root = root;
    this.address = address;
    this.turn = () => (document.hidden ? this.rest() : this.listen());
    document.addEventListener("visibilitychange", this.turn);
    this.turn();
  }

  listen() {
    this.rest();
    this.source = new EventSource(this.address);
    this.source.addEventListener("message", (event) => this.hear(Number(event.data)));
    this.wait();
  }

  hear(unread) {
    this.wait();
    if (unread !== this.shown) this.ask();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.ask();
      this.listen();
    }, SILENCE);
  }

  rest() {
    clearTimeout(this.timer);
    this.source?.close();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.turn);
    this.rest();
  }
}

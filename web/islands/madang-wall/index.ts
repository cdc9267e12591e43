// A board on a wall: the server sends it anew when something was loaded; parts that differ are put in place, the
// others stay as they are drawn. What is not shown any more is let go of, so that a screen may stay on for weeks.

class MadangWall extends HTMLElement {
  private source: EventSource | undefined;
  /** Each part as it came, before its charts and maps were drawn. */
  private came = new Map<string, string>();

  connectedCallback(): void {
    const address = this.dataset["events"];
    if (!address) return;
    this.source = new EventSource(address);
    this.source.addEventListener("board", (event: MessageEvent<string>) => this.show(event));
    this.source.addEventListener("open", () => this.say(""));
    this.source.addEventListener("error", () => this.say(this.dataset["lost"] ?? ""));
  }

  disconnectedCallback(): void {
    this.source?.close();
  }

  /** The data are a fragment our own server rendered with the page's template, escaped there. */
  private show(event: MessageEvent<string>): void {
    const body = this.querySelector("[data-live]");
    if (!body) return;
    const fresh = new DOMParser().parseFromString(event.data, "text/html").body;
    const parts = [...fresh.querySelectorAll<HTMLElement>("[data-part]")];
    const shown = new Map([...body.querySelectorAll<HTMLElement>("[data-part]")].map((part) => [part.dataset["part"] ?? "", part]));
    const isSameBoard = parts.length === shown.size && parts.every((part) => shown.has(part.dataset["part"] ?? ""));
    if (isSameBoard) {
      for (const part of parts) {
        const name = part.dataset["part"] ?? "";
        if (this.came.get(name) !== part.outerHTML) {
          this.came.set(name, part.outerHTML);
          shown.get(name)?.replaceWith(document.adoptNode(part));
        }
      }
    } else {
      this.came = new Map(parts.map((part) => [part.dataset["part"] ?? "", part.outerHTML]));
      body.replaceChildren(...fresh.childNodes);
    }
    const moment = this.querySelector("[data-moment]");
    if (moment) moment.textContent = event.lastEventId;
    this.say("");
  }

  private say(text: string): void {
    const status = this.querySelector("[role=status]");
    if (status && status.textContent !== text) status.textContent = text;
  }
}

customElements.define("madang-wall", MadangWall);
export {};

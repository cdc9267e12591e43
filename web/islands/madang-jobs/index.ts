// Live loads: the server sends the jobs' table body anew; we put it in place and tell a screen
// reader at most once in five seconds.
const QUIET_FOR_MS = 5000;

class MadangJobs extends HTMLElement {
  private source: EventSource | undefined;
  private spokeAt = 0;

  connectedCallback(): void {
    const address = this.dataset["events"];
    if (!address) return;
    this.source = new EventSource(address);
    this.source.addEventListener("jobs", (event: MessageEvent<string>) => this.show(event.data));
    this.source.addEventListener("error", () => this.say(this.dataset["lost"] ?? ""));
  }

  disconnectedCallback(): void {
    this.source?.close();
  }

  /** `html` is a fragment our own server rendered with the page's template, escaped there. */
  private show(html: string): void {
    const body = this.querySelector("[data-live]");
    if (!body) return;
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    body.replaceChildren(...fresh.childNodes);
    this.say(body.querySelector("[data-summary]")?.textContent ?? "");
  }

  private say(text: string): void {
    const status = this.querySelector("[role=status]");
    const now = performance.now();
    if (!status || text === "" || now - this.spokeAt < QUIET_FOR_MS) return;
    this.spokeAt = now;
    status.textContent = text.trim();
  }
}

customElements.define("madang-jobs", MadangJobs);
export {};

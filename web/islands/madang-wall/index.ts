// A board on a wall: the server sends it anew when something was loaded; parts that differ are put in place, the
// others stay as they are drawn. What is higher than the screen is turned like pages, since nobody sits there to scroll. What is not shown any more is let go of, so that a screen may stay on for weeks.

/** A page of the wall stays for so long: time to read it from across a room. */
const TURN_MS = 20_000;
/** Screens that are looked at from a distance; whoever holds one in the hand turns it. */
const LARGE = "(min-width: 1200px)";

class MadangWall extends HTMLElement {
  private turning: ReturnType<typeof setInterval> | undefined;
  private held = false;
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
    this.turning = setInterval(() => this.turn(), TURN_MS);
    const hold = this.hold();
    hold?.addEventListener("click", () => {
      this.held = !this.held;
      hold.setAttribute("aria-pressed", `${this.held}`);
    });
    this.offer();
  }

  private hold(): HTMLButtonElement | null {
    return this.querySelector<HTMLButtonElement>("[data-hold]");
  }

  /** How far the page goes on below the screen. */
  private below(): number {
    return document.documentElement.scrollHeight - innerHeight;
  }

  /** The button that stops the turning is there while there is something to turn. */
  private offer(): boolean {
    const turns = matchMedia(LARGE).matches && this.below() > 8;
    const hold = this.hold();
    if (hold) hold.hidden = !turns;
    return turns;
  }

  private turn(): void {
    const reads = this.contains(document.activeElement) && document.activeElement !== this.hold();
    if (!this.offer() || this.held || reads) return;
    const last = scrollY >= this.below() - 4;
    const top = last ? 0 : Math.min(scrollY + innerHeight * 0.9, this.below());
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollTo({ top, behavior: still ? "instant" : "smooth" });
  }

  disconnectedCallback(): void {
    this.source?.close();
    clearInterval(this.turning);
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
        if (renewed(shown.get(name), part)) continue;
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

/** A map that can show what is new stays where it is, and is only told: to draw one anew takes long, and blinks. */
function renewed(shown: HTMLElement | undefined, fresh: HTMLElement): boolean {
  const of = (part: HTMLElement | undefined) => part?.querySelector<HTMLElement>("madang-map[data-as-of]");
  const [old, came] = [of(shown), of(fresh)];
  if (!old || !came) return false;
  if (old.dataset["asOf"] !== came.dataset["asOf"]) old.dataset["asOf"] = came.dataset["asOf"];
  return true;
}

customElements.define("madang-wall", MadangWall);
export {};

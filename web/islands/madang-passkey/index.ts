// Passkeys: asks our own server for a challenge, the device for its answer, and leads on. Without scripts, or on a
// device that knows no passkeys, the page says so and the other ways to sign in stand beside it.

/** What our server answers when all is well. */
interface Done {
  to: string;
}

class MadangPasskey extends HTMLElement {
  private busy = false;

  connectedCallback(): void {
    const button = this.querySelector("button");
    if (!button || !this.isPossible()) return;
    this.querySelector("[data-without]")?.setAttribute("hidden", "");
    this.querySelector("[data-with]")?.removeAttribute("hidden");
    button.addEventListener("click", () => void this.run());
    this.dataset["ready"] = "";
  }

  private isPossible(): boolean {
    return typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;
  }

  private async run(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.say("");
    try {
      const asked = await this.ask(this.dataset["ask"] ?? "", undefined);
      const answer = this.dataset["do"] === "make" ? await this.make(asked) : await this.use(asked);
      const name = this.querySelector("input")?.value ?? "";
      const done = (await this.ask(this.dataset["answer"] ?? "", { name, answer })) as Done;
      // Only paths of our own site.
      if (done.to.startsWith("/") && !done.to.startsWith("//")) this.lead(new URL(done.to, location.href));
    } catch (cause) {
      this.say(this.why(cause));
    } finally {
      this.busy = false;
    }
  }

  /** To a place on this very page a browser goes without asking for it anew. */
  private lead(to: URL): void {
    const isHere = to.pathname === location.pathname;
    location.assign(to);
    if (isHere) location.reload();
  }

  private async make(asked: unknown): Promise<unknown> {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked as PublicKeyCredentialCreationOptionsJSON);
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    return made.toJSON();
  }

  private async use(asked: unknown): Promise<unknown> {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked as PublicKeyCredentialRequestOptionsJSON);
    const used = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
    return used.toJSON();
  }

  private async ask(address: string, body: unknown): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
    const told: unknown = await answer.json();
    if (answer.ok) return told;
    throw new Refused((told as { detail_ko?: string; detail?: string }) ?? {});
  }

  private why(cause: unknown): string {
    if (cause instanceof Refused) return cause.inWordsOf(document.documentElement.lang) ?? this.dataset["failed"] ?? "";
    const name = cause instanceof DOMException ? cause.name : "";
    if (name === "InvalidStateError") return this.dataset["known"] ?? "";
    if (name === "SecurityError") return this.dataset["elsewhere"] ?? "";
    if (name === "NotAllowedError" || name === "AbortError") return this.dataset["cancelled"] ?? "";
    return this.dataset["failed"] ?? "";
  }

  private say(text: string): void {
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = text;
  }
}

/** Our server said no. */
class Refused extends Error {
  constructor(private readonly told: { detail_ko?: string; detail?: string }) {
    super(told.detail ?? "refused");
  }

  inWordsOf(lang: string): string | undefined {
    return lang === "ko" ? this.told.detail_ko : this.told.detail;
  }
}

customElements.define("madang-passkey", MadangPasskey);
export {};

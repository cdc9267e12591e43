// Enhances a line the server drew: pointing at it reads out the nearest point; the picture can be
// saved as PNG. The values come from the table under the chart, formatted by the server.
interface Point {
  when: string;
  value: string;
}

class MadangChart extends HTMLElement {
  private points: Point[] = [];

  connectedCallback(): void {
    const plot = this.querySelector<HTMLElement>(".line-plot");
    // The table has the newest first, and all of them; the line runs from old to new and may have the last only.
    const rows = [...this.querySelectorAll("tbody tr")].reverse();
    const drawn = plot?.querySelector("polyline")?.points.numberOfItems ?? rows.length;
    this.points = rows.slice(-drawn).map((row) => ({
      when: row.children[0]?.textContent?.trim() ?? "",
      value: row.children[1]?.textContent?.trim() ?? "",
    }));
    if (!plot || this.points.length < 2) return;
    plot.addEventListener("pointermove", (event) => this.read(plot, event.clientX));
    plot.addEventListener("pointerleave", () => this.clear());
    this.offerPicture(plot);
  }

  private read(plot: HTMLElement, x: number): void {
    const box = plot.getBoundingClientRect();
    const at = Math.round(((x - box.left) / box.width) * (this.points.length - 1));
    const point = this.points[Math.min(Math.max(at, 0), this.points.length - 1)];
    const readout = this.querySelector(".line-readout");
    if (readout && point) readout.textContent = `${point.when} · ${point.value}`;
    const cursor = plot.querySelector("[data-cursor]");
    const share = Math.min(Math.max(at / (this.points.length - 1), 0), 1) * 100;
    cursor?.setAttribute("x1", `${share}`);
    cursor?.setAttribute("x2", `${share}`);
    cursor?.removeAttribute("visibility");
  }

  private clear(): void {
    const readout = this.querySelector(".line-readout");
    if (readout) readout.textContent = "";
    this.querySelector("[data-cursor]")?.setAttribute("visibility", "hidden");
  }

  private offerPicture(plot: HTMLElement): void {
    const label = this.dataset["png"];
    const proof = this.querySelector(".proof");
    if (!label || !proof) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "krds-btn small text";
    button.textContent = label;
    button.addEventListener("click", () => this.save(plot));
    proof.append(button);
  }

  private save(plot: HTMLElement): void {
    const line = plot.querySelector("polyline");
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    if (!line || !pen) return;
    canvas.width = 1600;
    canvas.height = 900;
    const [left, top, width, height] = [80, 180, 1440, 600];
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#1e2124";
    pen.font = "700 44px 'Pretendard GOV', sans-serif";
    pen.fillText(this.dataset["title"] ?? "", left, 80);
    pen.font = "400 28px 'Pretendard GOV', sans-serif";
    pen.fillText(this.dataset["subtitle"] ?? "", left, 130);
    const first = this.points[0];
    const last = this.points.at(-1);
    pen.fillText(first?.when ?? "", left, 840);
    pen.textAlign = "right";
    pen.fillText(`${last?.when ?? ""} · ${last?.value ?? ""}`, left + width, 840);
    pen.strokeStyle = getComputedStyle(line).stroke;
    pen.lineWidth = 5;
    pen.beginPath();
    for (const point of line.points) pen.lineTo(left + (point.x / 100) * width, top + (point.y / 100) * height);
    pen.stroke();
    const link = document.createElement("a");
    link.href = canvas.toDataURL("image/png");
    link.download = `${this.dataset["name"] ?? "chart"}.png`;
    link.click();
  }
}

customElements.define("madang-chart", MadangChart);
export {};

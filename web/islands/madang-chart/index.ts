// Enhances a line the server drew: pointing at it reads out the nearest point; the picture can be
// saved as PNG. The values come from the table under the chart, formatted by the server.
interface Point {
  when: string;
  value: string;
  /** How far right it stands, in hundredths. */
  x: number;
}

class MadangChart extends HTMLElement {
  private points: Point[] = [];

  connectedCallback(): void {
    const plot = this.querySelector<HTMLElement>(".line-plot");
    // The table has the newest first, and all of them; the line runs from old to new, may have the last only, and has
    // nothing where nothing is known.
    const rows = [...this.querySelectorAll("tbody tr:not(:has(.nothing))")].reverse();
    const drawn = plot ? pieces(plot).flatMap((piece) => [...piece.points].slice(0, piece.classList.contains("dot") ? 1 : undefined)) : [];
    this.points = rows.slice(-drawn.length).map((row, at) => ({
      when: row.children[0]?.textContent?.trim() ?? "",
      value: row.children[1]?.textContent?.trim() ?? "",
      x: drawn[at]?.x ?? 0,
    }));
    if (!plot || this.points.length < 2) return;
    plot.addEventListener("pointermove", (event) => this.read(plot, event.clientX));
    plot.addEventListener("pointerleave", () => this.clear());
    this.offerPicture(plot);
  }

  private read(plot: HTMLElement, x: number): void {
    const box = plot.getBoundingClientRect();
    const at = ((x - box.left) / box.width) * 100;
    const far = (point: Point) => Math.abs(point.x - at);
    const point = this.points.reduce((best, one) => (far(one) < far(best) ? one : best));
    const readout = this.querySelector(".line-readout");
    if (readout) readout.textContent = `${point.when} · ${point.value}`;
    const cursor = plot.querySelector("[data-cursor]");
    cursor?.setAttribute("x1", `${point.x}`);
    cursor?.setAttribute("x2", `${point.x}`);
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
    const [line] = pieces(plot);
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
    pen.lineCap = "round";
    for (const piece of pieces(plot)) {
      pen.beginPath();
      for (const point of piece.points) pen.lineTo(left + (point.x / 100) * width, top + (point.y / 100) * height);
      pen.stroke();
    }
    const link = document.createElement("a");
    link.href = canvas.toDataURL("image/png");
    link.download = `${this.dataset["name"] ?? "chart"}.png`;
    link.click();
  }
}

/** The lines of a plot: several where nothing is known in between. */
function pieces(plot: HTMLElement): SVGPolylineElement[] {
  return [...plot.querySelectorAll("polyline")];
}

customElements.define("madang-chart", MadangChart);
export {};

// Cuts Pretendard GOV into files by unicode-range: a page fetches ASCII and the 512 commonest
// syllables at once, everything else only when a page has such a letter.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const FIRST = 512;
const NEXT = 460;
const REST = 1100;
const WEIGHTS = [
  [400, "Regular"],
  [700, "Bold"],
];
const OPTIONS = {
  targetFormat: "woff2",
  noLayoutClosure: true,
  noHinting: true,
  keepFeatures: ["kern", "ccmp", "mark", "mkmk"],
};
/** Signs outside ASCII that pages use from the start. */
const SIGNS = "·×÷±°²³‘’“”…–—−→←↑↓▲▼～「」『』〈〉《》※○●■□◆★☆✓μΩ℃㎡㎥㎍㎏㎞，．：";

const points = (text) => [...text].map((letter) => letter.codePointAt(0));
const span = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

function slices() {
  const listed = points(readFileSync(join(WEB, "fonts/syllables.txt"), "utf8").replace(/\s/g, ""));
  const known = new Set(listed);
  const others = span(0xac00, 0xd7a3).filter((point) => !known.has(point));
  const out = [[...span(0x20, 0x7e), 0xa0, ...listed.slice(0, FIRST)], points(SIGNS)];
  for (let at = FIRST; at < listed.length; at += NEXT) out.push(listed.slice(at, at + NEXT));
  for (let at = 0; at < others.length; at += REST) out.push(others.slice(at, at + REST));
  const letters = [...span(0xa1, 0x17f), ...span(0x370, 0x3ff), ...span(0x2160, 0x217f), ...span(0x2460, 0x24ff), ...span(0x3131, 0x318e), ...span(0x3200, 0x33ff)];
  const signs = new Set(points(SIGNS));
  out.push(letters.filter((point) => !signs.has(point)));
  return out;
}

/** `U+20-7e,U+ac00,...`: runs of code points as CSS writes them. */
function range(list) {
  const sorted = [...new Set(list)].sort((a, b) => a - b);
  const runs = [];
  for (const point of sorted) {
    const last = runs.at(-1);
    if (last && last[1] === point - 1) last[1] = point;
    else runs.push([point, point]);
  }
  const hex = (point) => point.toString(16);
  return runs.map(([from, to]) => `U+${hex(from)}${to > from ? `-${hex(to)}` : ""}`).join(",");
}

const target = join(WEB, "generated/fonts");
mkdirSync(target, { recursive: true });
const css = [];
const wanted = new Set(["fonts.css"]);
for (const [weight, name] of WEIGHTS) {
  const source = readFileSync(join(WEB, `node_modules/pretendard-gov/dist/public/static/alternative/PretendardGOV-${name}.ttf`));
  const origin = createHash("sha256").update(source).update(JSON.stringify(OPTIONS)).digest("hex");
  for (const [at, list] of slices().entries()) {
    const key = createHash("sha256").update(origin).update(list.join()).digest("hex").slice(0, 12);
    const file = `${weight}-${String(at).padStart(2, "0")}-${key}.woff2`;
    wanted.add(file);
    if (!existsSync(join(target, file)))
      writeFileSync(join(target, file), await subsetFont(source, String.fromCodePoint(...list), OPTIONS));
    (css[at] ??= []).push(`@font-face{font-family:"Pretendard GOV";font-weight:${weight};font-style:normal;font-display:swap;src:url("./${file}") format("woff2");unicode-range:${range(list)}}`);
  }
}
for (const file of readdirSync(target)) if (!wanted.has(file)) rmSync(join(target, file));
writeFileSync(join(target, "fonts.css"), css.flat().join("\n") + "\n");

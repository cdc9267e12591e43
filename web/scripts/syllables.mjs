// Counts the Korean syllables of the project's own text, commonest first, into fonts/syllables.txt.
// Run by hand (`npm run syllables`) when texts have changed much; the build only reads the file.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";

const ROOT = new URL("../..", import.meta.url).pathname;
const PLACES = ["crates", "cities", "docs", "README.ko.md"];
const KINDS = new Set([".rs", ".toml", ".html", ".md", ".json", ".csv"]);
const HANGUL = /[가-힣]/u;

function* files(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isFile()) {
    if (KINDS.has(extname(path))) yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (name === "target" || name === "node_modules" || name.startsWith(".")) continue;
    yield* files(join(path, name));
  }
}

/** The 2,350 syllables of KS X 1001: those that Korean text is nearly always made of. */
function* standard() {
  const decoder = new TextDecoder("euc-kr");
  for (let lead = 0xb0; lead <= 0xc8; lead++)
    for (let trail = 0xa1; trail <= 0xfe; trail++) yield decoder.decode(new Uint8Array([lead, trail]));
}

const counts = new Map();
for (const place of PLACES)
  for (const file of files(join(ROOT, place)))
    for (const letter of readFileSync(file, "utf8"))
      if (HANGUL.test(letter)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
const seen = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([letter]) => letter);
const all = [...new Set([...seen, ...standard()])].filter((letter) => HANGUL.test(letter));
const lines = [];
for (let at = 0; at < all.length; at += 64) lines.push(all.slice(at, at + 64).join(""));
writeFileSync(new URL("../fonts/syllables.txt", import.meta.url), lines.join("\n") + "\n");
console.log(`${seen.length} syllables in use, ${all.length} listed`);

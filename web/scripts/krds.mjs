// Takes from KRDS (installed from npm, never copied into the project) what our templates use.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const KRDS = join(WEB, "node_modules/krds-uiux/resources/css");
const read = (file) => readFileSync(join(KRDS, file), "utf8");

const raw = [read("token/krds_tokens.css"), read("common/common.css"), read("component/component.css")]
  .join("\n")
  .replace(/@import[^;]+;/g, "")
  .replace(/@charset[^;]+;/g, "")
  .replace(/@font-face\s*{[^}]*}/g, "")
  .replace(/\/\*#.*?\*\//g, "")
  .replace(/url\((["']?)(?:\.\.\/)+(?:img\/)+/g, "url($1../node_modules/krds-uiux/resources/img/");

const [result] = await new PurgeCSS().purge({
  content: [join(WEB, "../crates/portal/src/**/*.html"), join(WEB, "main.ts"), join(WEB, "islands/**/*.ts")],
  css: [{ raw }, { raw: readFileSync(join(WEB, "style/main.css"), "utf8") }],
  variables: false,
  keyframes: true,
  safelist: { standard: ["html", "body", "data-krds-mode"] },
  dynamicAttributes: ["data-krds-mode", "aria-current", "open"],
});

// Tokens are many and most stay unused: keep a variable only if a kept rule (or our own style) leads to it.
const own = readFileSync(join(WEB, "style/main.css"), "utf8");
const declared = new Map();
for (const [, name, value] of result.css.matchAll(/(--krds-[\w-]+)\s*:\s*([^;}]+)/g))
  declared.set(name, `${declared.get(name) ?? ""} ${value}`);
const rules = result.css.replace(/(--krds-[\w-]+)\s*:\s*[^;}]+;?/g, "");
const used = new Set();
const follow = (text) => {
  for (const [, name] of text.matchAll(/var\((--krds-[\w-]+)/g))
    if (!used.has(name)) {
      used.add(name);
      follow(declared.get(name) ?? "");
    }
};
follow(rules);
follow(own);
const css = result.css.replace(/(--krds-[\w-]+)\s*:\s*[^;}]+;?/g, (whole, name) => (used.has(name) ? whole : ""));
mkdirSync(join(WEB, "generated"), { recursive: true });
writeFileSync(join(WEB, "generated/krds.css"), css);

// The running demo city, a real browser, and what every test asks of a page.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

/** Where everybody goes. */
export const base = new URL(process.env.BASE_URL ?? "http://127.0.0.1:8080/");
/** A desk and a phone. */
export const WIDTHS = { desk: 1280, phone: 360 };

const program = process.env.CHROMIUM ?? "chromium";
const path = execFileSync("which", [program], { encoding: "utf8" }).trim();
let running;

/** One browser for a file of tests. */
export async function browser() {
  // The sandbox needs rights that containers, where tests run as root, do not have.
  const args = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
  running ??= await chromium.launch({ executablePath: path, args, chromiumSandbox: false });
  return running;
}

export async function close() {
  await running?.close();
  running = undefined;
}

/** A new visitor; `signedIn` cookies make one of the staff. */
export async function visitor(width = WIDTHS.desk, state = undefined) {
  const height = width === WIDTHS.phone ? 740 : 900;
  const context = await (await browser()).newContext({ viewport: { width, height }, storageState: state, reducedMotion: "reduce" });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  return { context, page, faults };
}

/** The operator's cookies. The address that signs in works once; the first file of tests to ask keeps them. */
export async function staff() {
  const { readFileSync, writeFileSync } = await import("node:fs");
  const { join } = await import("node:path");
  const { tmpdir } = await import("node:os");
  const kept = join(tmpdir(), `madang-staff-${base.port}.json`);
  try {
    return JSON.parse(readFileSync(kept, "utf8"));
  } catch {
    const { context, page } = await visitor();
    const answer = await page.goto(process.env.OPERATOR_URL);
    assert.equal(answer.status(), 200, "the operator's address signs in");
    const state = await context.storageState();
    await context.close();
    writeFileSync(kept, JSON.stringify(state), { mode: 0o600 });
    return state;
  }
}

/** Opens an address of the city and waits until its islands have settled. */
export async function open(page, to) {
  const answer = await page.goto(new URL(to, base).href, { waitUntil: "load" });
  const map = page.locator("madang-map");
  if (await map.count()) {
    await map.first().scrollIntoViewIfNeeded();
    await map.first().and(page.locator("[data-ready]")).waitFor({ timeout: 20_000 });
  }
  return answer;
}

/** No axe violation of any impact, WCAG 2.2 AA and best practices. */
export async function passesAxe(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map((one) => `${one.id} (${one.impact}): ${one.help}\n  ${one.nodes.map((node) => node.html.slice(0, 200)).join("\n  ")}`);
  assert.equal(told.join("\n"), "", name);
}

/** Nothing makes the page wider than the screen. */
export async function fits(page, name) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 1).slice(0, 3).map((one) => one.outerHTML.slice(0, 120));
  });
  assert.deepEqual(wide, [], `${name}: wider than the screen`);
}

/** Every address inside the city that a page leads to. */
export async function links(page) {
  const all = await page.$$eval("a[href]", (found) => found.map((one) => one.href));
  return [...new Set(all.map((to) => new URL(to)).filter((to) => to.origin === base.origin).map((to) => to.pathname + to.search))];
}

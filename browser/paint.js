// Milliseconds until a page is first painted, by the browser's own clock: `node paint.js URL`, five visits with nothing kept.
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

const executablePath = execFileSync("which", [process.env.CHROMIUM ?? "chromium"], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
const painted = [];
for (let turn = 0; turn < 5; turn += 1) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(process.argv[2]);
  const entries = () => performance.getEntriesByName("first-contentful-paint").map((entry) => entry.startTime);
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  painted.push(...(await page.evaluate(entries)));
  await context.close();
}
await browser.close();
console.log(JSON.stringify(painted));

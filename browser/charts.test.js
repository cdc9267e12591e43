// Charts and maps: what a line reads out, its picture, one scale for all bars, Korean letters on the map.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, open, visitor } from "./city.js";

after(close);

test("pointing at a line reads out what is drawn there", async () => {
  const { context, page } = await visitor();
  await open(page, "/measures/complaints_received");
  const chart = page.locator("madang-chart").first();
  const plot = chart.locator(".line-plot");
  await plot.scrollIntoViewIfNeeded();
  const [first, last] = await chart.locator(".line-scale:not(.top) span").allTextContents();
  const box = await plot.boundingBox();
  const readAt = async (share) => {
    // A year of days has less than two pixels a day: the very edge is pointed at.
    await page.mouse.move(box.x + 0.2 + (box.width - 0.4) * share, box.y + box.height / 2);
    return (await chart.locator(".line-readout").textContent()).replace(" · ", " ");
  };
  assert.equal(await readAt(0), first, "the oldest stands left");
  assert.equal(await readAt(1), last, "the newest stands right");
  await context.close();
});

test("a chart is saved as a picture", async () => {
  const { context, page } = await visitor();
  await open(page, "/measures/complaints_received");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /PNG/ }).first().click()]);
  assert.match(file.suggestedFilename(), /\.png$/);
  await context.close();
});

test("bars of one chart are drawn on one scale", async () => {
  const { context, page } = await visitor();
  await open(page, "/datasets/parking");
  for (const chart of await page.locator(".bars, .small-lines").all()) {
    const widths = await chart.locator("svg").evaluateAll((found) => found.map((one) => Math.round(one.getBoundingClientRect().width)));
    assert.equal(new Set(widths).size, 1, `${widths}`);
  }
  await context.close();
});

test("names on a map are drawn with letters that are there", async () => {
  const { context, page } = await visitor();
  await page.addInitScript(() => {
    window.drawn = [];
    for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
      const fill = prototype.fillText;
      prototype.fillText = function (text, ...rest) {
        window.drawn.push([this.font, text]);
        return fill.call(this, text, ...rest);
      };
    }
  });
  await open(page, "/datasets/parking");
  const wrong = await page.evaluate(() => window.drawn.filter(([font, text]) => /[가-힣]/.test(text) && !(font.includes("Pretendard GOV") && document.fonts.check(font, text))));
  const hangul = await page.evaluate(() => window.drawn.filter(([, text]) => /[가-힣]/.test(text)).length);
  assert.deepEqual(wrong, [], "machines without Korean fonts show boxes");
  assert.ok(hangul > 0, "the neighbourhoods are named");
  await context.close();
});

// What a first visit costs, and what can be taken home.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { close, open, visitor } from "./city.js";

after(close);

/** Compressed bytes of everything a first visit fetches, fonts aside. */
async function weigh(to) {
  const { context, page } = await visitor();
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  const kinds = new Map();
  let bytes = 0;
  client.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (kinds.get(requestId) !== "Font") bytes += encodedDataLength;
  });
  await open(page, to);
  await page.waitForTimeout(500);
  await context.close();
  return bytes;
}

test("a page without map or chart weighs less than 300 kB", async (context) => {
  for (const to of ["/", "/datasets", "/about", "/jobs", "/datasets/population"]) {
    const bytes = await weigh(to);
    context.diagnostic(`${to}: ${Math.round(bytes / 1000)} kB`);
    assert.ok(bytes < 300_000, `${to}: ${bytes} bytes`);
  }
});

test("a page with a map and charts weighs less than 900 kB", async (context) => {
  for (const to of ["/datasets/parking", "/boards/today", "/measures/complaints_received"]) {
    const bytes = await weigh(to);
    context.diagnostic(`${to}: ${Math.round(bytes / 1000)} kB`);
    assert.ok(bytes < 900_000, `${to}: ${bytes} bytes`);
  }
});

test("every download opens as what it says", async () => {
  const { context, page } = await visitor();
  await open(page, "/datasets/parking");
  const files = await page.$$eval("section[aria-labelledby=downloads] a", (found) => found.map((one) => one.href));
  assert.equal(files.length, 6);
  const heads = { csv: [0xef, 0xbb, 0xbf], xlsx: [0x50, 0x4b, 0x03, 0x04], parquet: [0x50, 0x41, 0x52, 0x31], json: [0x7b], geojson: [0x7b] };
  const shown = Number((await page.locator(".figures .figure-value").first().textContent()).replace(/[^0-9]/g, ""));
  for (const file of files) {
    const answer = await context.request.get(file);
    assert.equal(answer.status(), 200, file);
    assert.match(answer.headers()["content-disposition"], /^attachment/, file);
    const body = await answer.body();
    const ending = new URL(file).pathname.split(".").pop();
    if (file.includes("cp949")) {
      const text = new TextDecoder("euc-kr", { fatal: true }).decode(body);
      assert.match(text, /주차장명/);
      assert.equal(text.trimEnd().split("\r\n").length, shown + 1, "no row is left out");
      continue;
    }
    assert.deepEqual([...body.subarray(0, heads[ending].length)], heads[ending], file);
    if (ending === "json") assert.equal(JSON.parse(body).rows.length, shown, "no row is left out");
    if (ending === "geojson") assert.equal(JSON.parse(body).type, "FeatureCollection");
  }
  await context.close();
});

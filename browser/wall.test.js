// A board on a wall: drawn anew as data arrive, whole when the connection comes back, and never heavier.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, close, open, visitor } from "./city.js";

after(close);

/**
 * Waits until nothing has been asked for or answered for three seconds. A page with a stream is never idle as browsers
 * count it, and what the worker of a map taken away had asked for is never told to have ended.
 */
function quiet(page) {
  let last = Date.now();
  for (const one of ["request", "requestfinished", "requestfailed"]) {
    page.on(one, () => {
      last = Date.now();
    });
  }
  return async () => {
    const until = Date.now() + 60_000;
    while (Date.now() - last < 3000) {
      assert.ok(Date.now() < until, "the wall goes on asking after a minute");
      await page.waitForTimeout(200);
    }
  };
}

/** Bytes of the page's own objects after everything unused is let go of. */
async function heap(page, session, settled) {
  // What was asked for while it was drawn is let go of when it has come.
  await settled();
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

/**
 * Draws the wall anew so many times with the board as it is now, each time a little different. Gives the moment it told right
 * after the last: the server draws it too, every minute.
 */
function redraw(page, times) {
  return page.evaluate(async (count) => {
    const wall = document.querySelector("madang-wall");
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const body = fresh.querySelector("[data-live]");
    let moment = "";
    for (let at = 0; at < count; at += 1) {
      for (const part of body.querySelectorAll("[data-part]")) part.dataset.turn = `${at}`;
      for (const map of body.querySelectorAll("[data-as-of]")) map.dataset.asOf = `${at}`;
      wall.show(new MessageEvent("board", { data: body.innerHTML, lastEventId: `${at}` }));
      moment = wall.querySelector("[data-moment]").textContent;
      await new Promise((done) => requestAnimationFrame(done));
    }
    return moment;
  }, times);
}

/** Drawings of a day on which nothing is loaded: one every five minutes. */
const DAY = (24 * 60) / 5;

for (const wall of ["/boards/environment/wall", "/situation/wall"]) test(`${wall} is no heavier after a day of drawings, each with all its parts new`, async () => {
  const { context, page, faults } = await visitor();
  const settled = quiet(page);
  await open(page, wall);
  await page.waitForFunction(() => customElements.get("madang-wall"));
  const session = await context.newCDPSession(page);
  // What a browser keeps of a page it has seen much of (compiled code, shapes) comes first.
  await redraw(page, 400);
  const early = await heap(page, session, settled);
  const moment = await redraw(page, DAY);
  const late = await heap(page, session, settled);
  assert.ok(late < early * 1.05, `${early} bytes, then ${late}`);
  assert.equal(moment, `${DAY - 1}`);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the map on the wall of the situation stays, and what lies over it is fetched anew", async () => {
  const { context, page, faults } = await visitor();
  await open(page, "/situation/wall");
  await page.locator("madang-map[data-ready]").waitFor();
  await page.evaluate(() => (document.querySelector("madang-map canvas").dataset.same = ""));
  const asked = Promise.all(["links", "marks"].map((layer) => page.waitForRequest((one) => one.url().endsWith(`/api/situation/traffic/${layer}`))));
  await redraw(page, 1);
  await asked;
  assert.equal(await page.locator("madang-map canvas[data-same]").count(), 1);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the wall says when it has lost the connection", async () => {
  const { context, page } = await visitor();
  await context.route(`${base.origin}/boards/today/events`, (route) => route.abort());
  await open(page, "/boards/today/wall");
  await page.getByRole("status").filter({ hasText: "연결이 끊겼습니다" }).waitFor();
  await context.close();
});

test("a board is one sheet of paper", async () => {
  const { context, page } = await visitor();
  await open(page, "/boards/city");
  const link = page.getByRole("link", { name: /A4/ });
  const answer = await context.request.get(new URL(await link.getAttribute("href"), base).href);
  assert.equal(answer.headers()["content-type"], "application/pdf");
  const text = (await answer.body()).toString("latin1");
  assert.match(text, /\/Type\/Pages\/Count 1\b/);
  await context.close();
});

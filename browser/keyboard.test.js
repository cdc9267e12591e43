// The keyboard alone: skip link, search, filter, sort, the map's table, the language.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { WIDTHS, close, links, open, staff, visitor } from "./city.js";

after(close);

const focused = (page) => page.evaluate(() => document.activeElement?.matches("a, button") ? document.activeElement.textContent.trim().slice(0, 60) : "");

/** Tabs until something with that text has the focus. */
async function tabTo(page, text, most = 60) {
  for (let count = 0; count < most; count += 1) {
    await page.keyboard.press("Tab");
    if ((await focused(page)).includes(text)) return;
  }
  assert.fail(`no Tab leads to "${text}"`);
}

test("the first Tab skips to the content", async () => {
  const { context, page } = await visitor();
  await open(page, "/datasets");
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /본문/);
  const box = await page.locator(":focus").boundingBox();
  assert.ok(box && box.height > 10 && box.y >= 0, "the skip link is seen while it has the focus");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
  await context.close();
});

test("주차장 finds 공영주차장", async () => {
  const { context, page } = await visitor(WIDTHS.phone);
  await open(page, "/");
  await page.locator("main input[name=q]").focus();
  await page.keyboard.type("주차장");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=/);
  await tabTo(page, "공영주차장");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/datasets\/parking/);
  assert.equal(await page.locator("h1").textContent(), "공영주차장");
  await context.close();
});

test("rows are filtered and sorted without a mouse", async () => {
  const { context, page } = await visitor();
  await open(page, "/datasets/parking");
  await page.locator("#where").focus();
  await page.selectOption("#where", { label: "주차장유형" });
  await page.locator("#value").focus();
  await page.keyboard.type("노상");
  await page.keyboard.press("Enter");
  await page.waitForURL(/value=/);
  const kinds = await page.$$eval("#rows ~ .krds-table-wrap tbody tr, section[aria-labelledby=rows] tbody tr", (rows) => rows.map((row) => row.textContent));
  assert.ok(kinds.length > 0 && kinds.every((text) => text.includes("노상")), "only what was asked for");
  await tabTo(page, "주차구획수");
  await page.keyboard.press("Enter");
  await page.waitForURL(/sort=/);
  const sorted = await page.locator("section[aria-labelledby=rows] th[aria-sort]").count();
  assert.equal(sorted, 1, "the sorted column says so");
  assert.match(page.url(), /value=/, "sorting keeps the filter");
  await context.close();
});

test("the language switch stays on the page and comes back", async () => {
  const { context, page } = await visitor(WIDTHS.phone);
  await open(page, "/datasets/parking");
  await tabTo(page, "English");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/en\/datasets\/parking/);
  assert.equal(await page.getAttribute("html", "lang"), "en");
  await tabTo(page, "한국어");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/datasets/parking");
  await context.close();
});

test("every focus can be seen", async () => {
  const { context, page } = await visitor();
  await open(page, "/datasets/parking");
  for (let count = 0; count < 40; count += 1) {
    await page.keyboard.press("Tab");
    const unseen = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body || one.closest("madang-map")) return "";
      const style = getComputedStyle(one);
      const isMarked = style.outlineStyle !== "none" || style.boxShadow !== "none";
      return isMarked ? "" : one.outerHTML.slice(0, 160);
    });
    assert.equal(unseen, "", "focus without a mark");
  }
  await context.close();
});

test("no link leads nowhere", async () => {
  const { context, page } = await visitor();
  const seen = new Set();
  const next = ["/", "/en"];
  const broken = [];
  while (next.length > 0 && seen.size < 400) {
    const to = next.shift();
    if (seen.has(to)) continue;
    seen.add(to);
    const answer = await context.request.get(new URL(to, process.env.BASE_URL).href, { maxRedirects: 5 });
    if (answer.status() >= 400) broken.push(`${to}: ${answer.status()}`);
    const isPage = (answer.headers()["content-type"] ?? "").startsWith("text/html");
    if (!isPage || to.includes("?")) continue;
    await page.setContent((await answer.text()).replace("<head>", `<head><base href="${process.env.BASE_URL}">`), { waitUntil: "commit" });
    next.push(...(await links(page)).filter((one) => !seen.has(one) && !one.startsWith("/-/")));
  }
  assert.deepEqual(broken, []);
  assert.ok(seen.size > 60, `${seen.size} addresses`);
  await context.close();
});

test("staff see the rows put aside; a visitor does not", async () => {
  const anybody = await visitor();
  await open(anybody.page, "/datasets/parking/quarantine");
  const forAnybody = await anybody.page.locator("main").textContent();
  await anybody.context.close();
  const one = await visitor(WIDTHS.desk, await staff());
  await open(one.page, "/datasets/parking/quarantine");
  const forStaff = await one.page.locator("main").textContent();
  await one.context.close();
  assert.match(forAnybody, /직원/);
  assert.match(forStaff, /일백|면수|공영주차장_/, "a row as it came");
  assert.ok(forStaff.length > forAnybody.length + 200);
});

/**
 * Points of the screen on a map that was just opened: of its marks, and of places on it where none stands near. It opens
 * on its bounds, 24 pixels from its edge, and a mark is where Mercator puts it.
 */
function points(map) {
  return map.evaluate(async (element) => {
    const north = (lat) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
    const [west, south, east, top] = element.dataset.bounds.split(",").map(Number);
    const frame = element.querySelector(".map-box");
    frame.scrollIntoView({ block: "center", behavior: "instant" });
    const box = frame.getBoundingClientRect();
    const scale = Math.min((box.width - 48) / (east - west), (box.height - 48) / (north(top) - north(south)));
    const on = (lon, lat) => ({
      x: box.x + box.width / 2 + (lon - (west + east) / 2) * scale,
      y: box.y + box.height / 2 - (north(lat) - (north(south) + north(top)) / 2) * scale,
    });
    const { features } = await (await fetch(element.dataset.places)).json();
    const spots = features.filter((one) => one.geometry.type === "Point");
    const marks = spots.map((one) => on(...one.geometry.coordinates));
    // What is in the way is not counted together with others.
    const single = marks.filter((_, at) => ["incident", "closure"].includes(spots[at].properties.mark));
    const far = (one) => marks.every((mark) => Math.hypot(mark.x - one.x, mark.y - one.y) > 45);
    const places = [];
    for (let at = 1; at < 40 * 40; at += 1) places.push(on(west + ((east - west) * (at % 40)) / 40, south + ((top - south) * Math.floor(at / 40)) / 40));
    // The middle first: at its edge somebody may click outside the city.
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const off = (one) => Math.hypot(one.x - middle.x, one.y - middle.y);
    return { single, free: places.filter(far).sort((one, other) => off(one) - off(other)) };
  });
}

test("a place is picked on the map by a key, by a click, and by what a mark says", async () => {
  const { context, page } = await visitor();
  const map = page.locator("madang-map[data-ready]");
  await open(page, "/situation/here");
  await map.waitFor();
  await page.locator("[data-picks] button").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/situation\/here\?lon=\d+\.\d+&lat=\d+\.\d+$/);
  assert.match(await page.locator("p.lead").first().textContent(), /둘레 300미터/);
  await open(page, "/en/situation");
  await map.waitFor();
  const { free } = await points(map);
  await page.mouse.click(free[0].x, free[0].y);
  await page.waitForURL(/\/en\/situation\/here\?lon=/);
  assert.match(await page.locator("p.lead").first().textContent(), /within 300 metres/);
  await open(page, "/situation");
  await map.waitFor();
  const { single } = await points(map);
  await page.mouse.click(single[0].x, single[0].y);
  const said = page.locator(".maplibregl-popup");
  const way = said.getByRole("link", { name: "이곳 상황 보기" });
  await way.waitFor();
  assert.ok((await said.locator("dd").count()) > 0, "what stands there");
  await way.click();
  await page.waitForURL(/\/situation\/here\?lon=/);
  await context.close();
});

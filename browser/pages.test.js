// Every kind of page, in both languages, on a desk and a phone: axe, width, errors, and words of the other language.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { WIDTHS, close, fits, open, passesAxe, staff, visitor } from "./city.js";

after(close);

/** One of each kind; datasets with a map, without one, wide, long, and from an Open API. */
const PAGES = [
  "/",
  "/datasets",
  "/datasets?q=주차장",
  "/datasets?q=없는것",
  "/datasets/parking",
  "/datasets/population",
  "/datasets/air_quality",
  "/datasets/roads",
  "/datasets/complaints",
  "/datasets/wifi",
  "/datasets/parking?where=kind&is=eq&value=노상&sort=spaces",
  "/datasets/parking/quarantine",
  "/datasets/parking/lineage",
  "/datasets/parking/profile",
  "/datasets/air_quality/profile",
  "/fields/traffic",
  "/quality",
  "/quality?by=dataset",
  "/quality?field=traffic",
  "/quality?dataset=parking",
  "/jobs",
  "/boards",
  "/boards/today",
  "/situation",
  "/situation/works",
  "/situation/traffic?from=127.02,37.29&to=127.08,37.31",
  "/situation/wall",
  "/situation/here?q=%EA%B0%80%EC%98%A8%EB%B2%9A%EA%BD%83%EB%A1%9C%2017",
  "/boards/people",
  "/boards/environment",
  "/boards/platform",
  "/boards/morning",
  "/boards/finance",
  "/boards/traffic",
  "/boards/welfare",
  "/boards/population?dong=%EA%B0%80%EC%98%A8%EB%8F%99",
  "/boards/today/wall",
  "/boards/city/embed",
  "/measures/complaints_received",
  "/measures/budget_executed",
  "/promises",
  "/promises?department=ict&state=under-way",
  "/promises/fibre_villages",
  "/promises/streetlight_saving",
  "/promises/parking_spaces",
  "/departments/ict/promises",
  "/about",
  "/sign-in",
];
const STAFF = ["/admin/access", "/admin/access?dataset=parking", "/admin/access?who=role:public&dataset=complaints", "/datasets/parking/quarantine", "/datasets/parking", "/datasets/parking/profile", "/jobs", "/overdue", "/changes", "/admin/log", "/admin/log/1", "/admin/log/subject", "/admin/log/reviews", "/explanations", "/alerts", "/measures/new", "/measures/new?dataset=parking", "/measures/new?dataset=parking&id=lots&title=%EC%A3%BC%EC%B0%A8%EC%9E%A5&question=%EB%AA%87%20%EA%B3%B3&kind=count&unit=%EA%B3%B3&direction=up&dimensions=1&dimension=dong", "/measures/births/edit", "/measures/births/history", "/evidence", "/evidence?department=roads", "/sign-in", "/account", "/admin/people", "/admin/people/clerk", "/admin/keys", "/promises/wifi_total", "/promises/home_visits"];

async function looks(pages, width, language, state) {
  const { context, page, faults } = await visitor(width, state);
  for (const to of pages) {
    const address = language === "en" ? `/en${to === "/" ? "" : to}` : to;
    const answer = await open(page, address);
    const name = `${address} at ${width}`;
    assert.equal(answer.status(), 200, name);
    assert.equal(await page.getAttribute("html", "lang"), language, name);
    assert.equal(await page.locator("h1").count(), 1, `${name}: one h1`);
    await fits(page, name);
    await passesAxe(page, name);
    assert.deepEqual(faults, [], name);
  }
  await context.close();
}

for (const [name, width] of Object.entries(WIDTHS)) {
  for (const language of ["ko", "en"]) {
    test(`every page, ${name}, ${language}`, () => looks(PAGES, width, language));
  }
  test(`what staff see, ${name}`, async () => looks(STAFF, width, "ko", await staff()));
}

test("the receipt of a figure, which its measure's page leads to", async () => {
  for (const width of Object.values(WIDTHS)) {
    const { context, page, faults } = await visitor(width);
    await open(page, "/measures/complaints_received");
    const to = await page.locator('a[href*="/receipts/"]').first().getAttribute("href");
    for (const address of [to, `/en${to}`]) {
      const answer = await open(page, address);
      const name = `${address} at ${width}`;
      assert.equal(answer.status(), 200, name);
      assert.equal(await page.locator("h1").count(), 1, `${name}: one h1`);
      await fits(page, name);
      await passesAxe(page, name);
      assert.deepEqual(faults, [], name);
    }
    await context.close();
  }
});

test("what a chart shows is taken along as a table and as pictures", async () => {
  const { context, page } = await visitor();
  await open(page, "/boards/today");
  for (const [kind, type] of [["csv", /csv/], ["svg", /svg/], ["png", /png/]]) {
    const to = await page.locator(`a[href*="figures.${kind}?view=heat"]`).first().getAttribute("href");
    const answer = await page.request.get(new URL(to, page.url()).href);
    assert.equal(answer.status(), 200, to);
    assert.match(answer.headers()["content-type"], type, to);
  }
  await context.close();
});

test("every sample of every page", async () => {
  const { context, page, faults } = await visitor(WIDTHS.phone);
  await open(page, "/-/parts");
  const samples = await page.$$eval('a[href*="/-/parts/"]', (found) => found.map((one) => one.getAttribute("href")));
  assert.ok(samples.length > 20, `${samples.length} samples`);
  for (const to of samples) {
    // Samples name datasets that no city has: their maps stay empty, which is not looked at here.
    await page.goto(new URL(to, page.url()).href, { waitUntil: "load" });
    await fits(page, to);
    await passesAxe(page, to);
  }
  assert.deepEqual(faults.filter((fault) => !fault.includes("404")), []);
  await context.close();
});

test("errors are pages that help", async () => {
  const { context, page } = await visitor(WIDTHS.phone);
  for (const to of ["/datasets/parkin", "/nothing/here", "/boards/none"]) {
    const answer = await page.goto(new URL(to, process.env.BASE_URL).href);
    assert.ok([400, 404].includes(answer.status()), `${to}: ${answer.status()}`);
    await fits(page, to);
    await passesAxe(page, to);
    assert.ok((await page.locator("main a").count()) > 0, `${to} leads on`);
  }
  await context.close();
});

test("a table says how many rows it has, and what it leaves out", async () => {
  const { context, page } = await visitor();
  await open(page, "/situation/works");
  for (const caption of await page.locator("table.data caption").all()) {
    const { height, width } = await caption.boundingBox();
    assert.ok(height > 15 && width > 100, await caption.textContent());
  }
  await context.close();
});

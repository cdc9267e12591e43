// Wrong rows: staff look at them and put them right, citizens report them; on a phone and by keyboard.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { WIDTHS, close, fits, open, passesAxe, staff, visitor } from "./city.js";

after(close);

async function looks(page, name) {
  await fits(page, name);
  await passesAxe(page, name);
}

test("a quarantined row is a task: looked at, refused while nothing is right, left out, taken back", async () => {
  const { context, page, faults } = await visitor(WIDTHS.phone, await staff());
  await open(page, "/tasks");
  await looks(page, "tasks");
  await page.getByRole("link", { name: "공영주차장" }).first().waitFor();
  await open(page, "/datasets/parking/quarantine");
  await page.locator("section[aria-labelledby=quarantined] tbody th a").first().click();
  await page.waitForURL(/quarantine\/row/);
  await looks(page, "a row");
  assert.match(await page.locator(".lead").first().textContent(), /^\d+행 .+: .+/);
  // The reason first: without one nothing is kept.
  await page.locator("#why").fill("시험");
  await page.getByRole("button", { name: "고친 값으로 다시 받기" }).click();
  assert.ok((await page.locator("[role=alert]").textContent()).length > 10);
  await looks(page, "a row refused");
  assert.equal(await page.locator("#why").inputValue(), "시험", "what was typed stays");
  await page.getByRole("button", { name: "표에서 빼기" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/corrections$/);
  await looks(page, "corrections");
  const card = page.locator("article").first();
  assert.match(await card.textContent(), /표에서 뺌/);
  await card.locator("summary").click();
  await card.locator("input[name=why]").fill("시험이 끝남");
  await page.keyboard.press("Enter");
  await page.waitForLoadState();
  await page.locator("article").first().getByText("취소했습니다").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("a citizen reports a value, keeps the receipt, and reads the answer", async () => {
  const citizen = await visitor(WIDTHS.phone);
  await open(citizen.page, "/datasets/parking");
  await citizen.page.getByRole("link", { name: "값이 틀려요" }).first().click();
  await citizen.page.waitForURL(/\/report\?/);
  await looks(citizen.page, "a report");
  await citizen.page.locator("input[name=column]").nth(2).check();
  await citizen.page.locator("#note").fill("어제 가서 보았습니다.");
  await citizen.page.keyboard.press("Tab");
  await citizen.page.keyboard.press("Enter");
  await citizen.page.waitForURL(/\/reports\/[0-9a-f-]+$/);
  await looks(citizen.page, "a receipt");
  const receipt = new URL(citizen.page.url()).pathname;
  const shown = await citizen.page.locator("main").textContent();
  assert.match(shown, /확인하고 있습니다/);
  assert.doesNotMatch(shown, /어제 가서/, "what was written is for staff");

  const clerk = await visitor(WIDTHS.desk, await staff());
  await open(clerk.page, receipt);
  await looks(clerk.page, "a report, for staff");
  assert.match(await clerk.page.locator("blockquote").textContent(), /어제 가서/);
  await clerk.page.locator("#why").fill("다시 확인했고 지금 값이 맞습니다.");
  await clerk.page.getByRole("button", { name: "고치지 않고 답하기" }).click();
  await clerk.page.getByText("확인했고, 고치지 않았습니다").waitFor();

  await open(citizen.page, receipt);
  await citizen.page.getByText("다시 확인했고 지금 값이 맞습니다.").waitFor();
  await looks(citizen.page, "an answer");
  await clerk.context.close();
  await citizen.context.close();
});

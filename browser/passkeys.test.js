// Passkeys with the browser's own virtual authenticator: made, used without a name or a password, taken away.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { base, browser, close, fits, passesAxe, staff, visitor, WIDTHS } from "./city.js";

after(close);

/** Passkeys belong to a name; the city's own is this one here. */
const home = `http://localhost:${base.port}`;

/** A device that asks nobody. */
async function device(context, page) {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
  return { session, authenticatorId };
}

async function signedIn(width) {
  const { cookies } = await staff();
  const seen = await visitor(width);
  await seen.context.addCookies(cookies.map((cookie) => ({ ...cookie, domain: "localhost" })));
  return seen;
}

test("a passkey is made, signs in without a name, is not taken twice, and is taken away", async () => {
  const { context, page, faults } = await signedIn(WIDTHS.desk);
  const { session, authenticatorId } = await device(context, page);
  await page.goto(`${home}/account`);
  const island = page.locator("madang-passkey[data-ready]");
  await island.getByLabel("이 패스키의 이름").fill("시험 열쇠");
  await island.getByRole("button", { name: "패스키 만들기" }).click();
  await page.getByText("시험 열쇠").first().waitFor();
  // The page loads anew to show it.
  await page.waitForLoadState("networkidle");
  await passesAxe(page, "account with a passkey");

  await island.getByRole("button", { name: "패스키 만들기" }).click();
  await page.getByText("이 기기에는 이미 패스키가 있습니다.").waitFor();

  await context.clearCookies();
  await page.goto(`${home}/sign-in`);
  await page.locator("madang-passkey[data-ready]").getByRole("button", { name: "패스키로 로그인" }).click();
  await page.waitForURL(`${home}/`);
  await page.goto(`${home}/account`);
  assert.match(await page.locator("main").textContent(), /패스키/);
  const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId });
  assert.equal(credentials.length, 1);
  assert.ok(credentials[0].signCount >= 1, "the device counts");

  // A copy that counts by itself: one of the two is not its owner.
  await session.send("WebAuthn.removeCredential", { authenticatorId, credentialId: credentials[0].credentialId });
  await session.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credentials[0], signCount: 0 } });
  await page.goto(`${home}/account`);
  const kept = await context.cookies();
  await context.clearCookies();
  await page.goto(`${home}/sign-in`);
  faults.length = 0;
  await page.locator("madang-passkey[data-ready]").getByRole("button", { name: "패스키로 로그인" }).click();
  await page.getByText("패스키를 확인하지 못했습니다.").waitFor();
  assert.equal(faults.filter((fault) => !fault.includes("403")).length, 0);

  await context.addCookies(kept);
  await page.goto(`${home}/account`);
  await page.getByRole("button", { name: /지우기.*시험 열쇠/ }).click();
  await page.getByText("아직 만든 패스키가 없습니다.").waitFor();
  await context.close();
});

test("without scripts the page says what passkeys need, and a password still does", async () => {
  const context = await (await browser()).newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${home}/sign-in`);
  assert.ok(await page.getByText("스크립트를 켜고").isVisible());
  assert.equal(await page.getByRole("button", { name: "패스키로 로그인" }).count(), 0);
  assert.equal(await page.locator("input[name=password]").count(), 1);
  await context.close();
});

for (const [name, width] of Object.entries(WIDTHS)) {
  test(`one's account and who may see what, ${name}`, async () => {
    const { context, page, faults } = await signedIn(width);
    for (const path of ["/account", "/admin/access", "/en/admin/access", "/admin/access?dataset=complaints", "/admin/access?who=role:public&dataset=complaints"]) {
      const answer = await page.goto(`${home}${path}`);
      assert.equal(answer.status(), 200, path);
      await fits(page, path);
      await passesAxe(page, path);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("an administrator sees as everybody, changes nothing meanwhile, and leaves by one button", async () => {
  const { context, page } = await signedIn(WIDTHS.desk);
  await page.goto(`${home}/admin/access?who=role:public`);
  await page.getByRole("button", { name: /미리 보기$/ }).click();
  await page.waitForURL(`${home}/`);
  assert.match(await page.locator(".preview-bar").textContent(), /누구나/);
  await passesAxe(page, "a preview");
  const hidden = await page.goto(`${home}/tasks`);
  assert.equal(hidden.status(), 403, "what everybody may not see is not seen");
  const told = await page.evaluate(async () => {
    const answer = await fetch("/account/passkeys/ask", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    return { status: answer.status, body: await answer.json() };
  });
  assert.equal(told.status, 403);
  assert.match(told.body.detail_ko, /미리 보는 동안에는/);
  await page.getByRole("button", { name: "미리 보기 끝내기" }).click();
  await page.waitForURL(/admin\/access/);
  assert.equal(await page.locator(".preview-bar").count(), 0);
  assert.equal((await page.goto(`${home}/tasks`)).status(), 200);
  await context.close();
});

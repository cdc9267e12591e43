// Sign-in by a real identity provider, in a real browser: there and back, what the claims give, keys that change, an
// answer used twice, and a provider that is down.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import Provider from "oidc-provider";
import { close, fits, passesAxe, visitor, WIDTHS } from "./city.js";
import { freePort, serve } from "./served.js";

const SECRET = randomBytes(24).toString("hex");
const PEOPLE = {
  "kim.minji": { groups: ["welfare-clerks"], department: "복지과" },
  "lee.jiho": { groups: ["it-admins"] },
  "park.haneul": { groups: ["others"] },
  operator: { groups: ["it-admins"] },
};

let city;
let issuerPort;
let running;

/** A new signing key, as providers publish them. */
function key(kid) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
}

/** The provider; `inToken` puts the claims into the ID token, else they are told when asked for. */
async function start(kid, inToken) {
  const provider = new Provider(`http://localhost:${issuerPort}`, {
    clients: [
      {
        client_id: "madang",
        client_secret: SECRET,
        grant_types: ["authorization_code"],
        response_types: ["code"],
        redirect_uris: [`${city.home}/sign-in/openid/return`],
        post_logout_redirect_uris: [`${city.home}/`],
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username", "groups", "department"] },
    conformIdTokenClaims: !inToken,
    cookies: { keys: [randomBytes(16).toString("hex")] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, ...PEOPLE[id] }),
    }),
    jwks: { keys: [key(kid)] },
    pkce: { required: () => true },
  });
  const server = await new Promise((done) => {
    const listening = provider.listen(issuerPort, "127.0.0.1", () => done(listening));
  });
  running = () =>
    new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    });
}

before(async () => {
  issuerPort = await freePort();
  city = await serve({
    "people.toml": `roles = [{ id = "clerk", title = "민원 담당" }]\n[[accounts]]\nname = "choi.yuna"\nroles = ["operator"]\n`,
    "madang.toml": [
      "[sign-in.openid]",
      'title = "시험 통합로그인"',
      `issuer = "http://localhost:${issuerPort}"`,
      'client-id = "madang"',
      'client-secret-file = "openid-secret"',
      'scopes = ["profile"]',
      'roles-claim = "groups"',
      'roles = { "welfare-clerks" = "clerk", "it-admins" = "operator" }',
    ].join("\n"),
    "openid-secret": `${SECRET}\n`,
  });
  await start("first", false);
});

after(async () => {
  await close();
  await running?.();
  city?.stop();
});

/** Signs in as somebody, by the button of the sign-in page; the address one ends at, and that the provider led back to. */
async function signIn(page, name) {
  let back;
  page.on("request", (request) => {
    if (request.url().includes("/sign-in/openid/return?")) back = request.url();
  });
  await page.goto(`${city.home}/sign-in`);
  await page.getByRole("link", { name: "시험 통합로그인으로 로그인" }).click();
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("anything");
  await page.locator("button[type=submit]").click();
  // The provider asks once more whether the city may know who it is.
  await page.locator("input[name=prompt][value=consent]").waitFor({ state: "attached" });
  await page.locator("button[type=submit]").click();
  await page.waitForURL((url) => url.port === city.port && !url.pathname.includes("/return"));
  return { at: new URL(page.url()), back };
}

const account = (page) => page.goto(`${city.home}/account`).then(() => page.locator("main").textContent());

test("who the provider vouches for holds what the claims give, and nothing more", async () => {
  const { context, page } = await visitor();
  const { at } = await signIn(page, "kim.minji");
  assert.equal(at.pathname, "/");
  const own = await account(page);
  assert.match(own, /kim\.minji/);
  assert.match(own, /민원 담당/);
  const admin = await page.goto(`${city.home}/admin/access`);
  assert.equal(admin.status(), 403);
  await context.close();
});

test("a group of the city's file gives the operator's rights, a name that means somebody else is refused", async () => {
  const { context, page } = await visitor();
  await signIn(page, "lee.jiho");
  const admin = await page.goto(`${city.home}/admin/access`);
  assert.equal(admin.status(), 200);
  await context.close();
  const other = await visitor();
  const { at } = await signIn(other.page, "operator");
  assert.equal(at.search, "?openid=name");
  await other.context.close();
});

test("whoever has no role here is told so and is not signed in", async () => {
  const { context, page } = await visitor();
  const { at } = await signIn(page, "park.haneul");
  assert.equal(`${at.pathname}${at.search}`, "/sign-in?openid=unknown");
  assert.match(await page.getByRole("alert").textContent(), /역할을 요청/);
  await context.close();
});

test("an answer is good once, and only in the browser that began", async () => {
  const { context, page } = await visitor();
  const { back } = await signIn(page, "kim.minji");
  await page.goto(back);
  assert.equal(new URL(page.url()).search, "?openid=not-begun", "the browser has given up what it carried");
  await context.close();
  const stranger = await visitor();
  await stranger.page.goto(back);
  assert.equal(new URL(stranger.page.url()).search, "?openid=not-begun");
  await stranger.context.close();
});

test("new keys and claims in the token are taken without a restart", async () => {
  await running();
  await start("second", true);
  // The old keys were asked for a while ago: an unknown one is asked for again after ten seconds.
  await new Promise((done) => setTimeout(done, 10_500));
  const { context, page } = await visitor();
  const { at } = await signIn(page, "kim.minji");
  assert.equal(at.pathname, "/");
  assert.match(await account(page), /민원 담당/);
  await context.close();
});

test("signing out here offers to sign out there", async () => {
  const { context, page } = await visitor();
  await signIn(page, "kim.minji");
  await page.goto(`${city.home}/account`);
  await page.locator("form[action='/sign-out'] button").click();
  await page.waitForURL(/farewell/);
  await page.getByRole("link", { name: "시험 통합로그인에서도 로그아웃" }).click();
  await page.waitForURL((url) => url.port === String(issuerPort));
  assert.match(page.url(), /session\/end/);
  assert.match(page.url(), /post_logout_redirect_uri/);
  await context.close();
});

test("a provider that is down is told in Korean, at once, and the other ways stay", async () => {
  await running();
  running = undefined;
  const { context, page } = await visitor(WIDTHS.phone);
  await page.goto(`${city.home}/sign-in`);
  await page.getByRole("link", { name: "시험 통합로그인으로 로그인" }).click();
  // The provider's page itself is gone where it is still known; then the browser says so.
  await page.goto(`${city.home}/sign-in?openid=down`);
  assert.match(await page.getByRole("alert").textContent(), /지금 응답하지 않습니다/);
  assert.equal(await page.locator("input[name=password]").count(), 1);
  await fits(page, "sign-in");
  await passesAxe(page, "sign-in, the provider down");
  await context.close();
});

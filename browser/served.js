// A small city of its own, served by the built program, for tests that must configure it.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const program = process.env.MADANG ?? "madang";

/** A port that nobody has just now. */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Makes a city with these files, and serves it until `stop` is called. */
export async function serve(files) {
  const folder = mkdtempSync(join(tmpdir(), "madang-city-"));
  const city = join(folder, "city");
  execFileSync(program, ["init", city], { stdio: "ignore" });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(city, name)), { recursive: true });
    writeFileSync(join(city, name), text);
  }
  const child = spawn(program, ["serve", "-C", city, "--port", "0", "--no-loads", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const told = await new Promise((done, failed) => {
    child.on("exit", (code) => failed(new Error(`madang serve ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      try {
        const value = JSON.parse(line);
        if (value.public_url) done(value);
      } catch {
        // A line for people.
      }
    });
  });
  const { port } = new URL(told.public_url);
  const stop = () => {
    child.removeAllListeners("exit");
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, home: `http://localhost:${port}`, stop };
}

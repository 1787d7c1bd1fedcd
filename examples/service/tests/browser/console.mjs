// The service, and readers of its console in a browser. Every test uses it.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Starts a service on a database of its own: one instance on SQLite, or two on the PostgreSQL server of this address. An instance
 * on SQLite finds by polling alone what another has changed.
 */
export async function startService(server) {
  const folder = await mkdtemp(join(tmpdir(), "console-"));
  const url = server ? createDatabase(server) : `sqlite:${folder}/access.db`;
  const first = await startInstance(["--demo", "--database", url]);
  const second = server ? await startInstance(["--database", url]) : first;
  return {
    links: first.links,
    first: first.origin,
    second: second.origin,
    async end() {
      await Promise.all([...new Set([first, second])].map((instance) => instance.end()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Creates an empty database, and returns its address. */
function createDatabase(server) {
  const name = `console_${randomUUID().replaceAll("-", "")}`;
  execFileSync("psql", [server, "--quiet", "--command", `CREATE DATABASE ${name}`]);
  const address = new URL(server);
  address.pathname = name;
  return address.href;
}

async function startInstance(flags) {
  const program = spawn(process.env.PROGRAM, ["--listen", "127.0.0.1:0", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => program.once("exit", resolve));
  let log = "";
  program.stderr.on("data", (text) => (log += text));
  const origin = await new Promise((resolve, reject) => {
    let printed = "";
    program.stdout.on("data", (text) => {
      printed += text;
      const serving = /serving (http:\S+)/.exec(printed);
      if (serving) resolve({ url: serving[1], printed });
    });
    program.once("exit", () => reject(new Error(`the service ended: ${log}`)));
  });
  const people = [...origin.printed.matchAll(/^(\S+) of \S+\n\s+sign in: (\S+)$/gm)];
  return {
    origin: origin.url,
    links: Object.fromEntries(people.map(([, account, link]) => [account, link])),
    async end() {
      program.kill("SIGTERM");
      await ended;
    },
  };
}

/** Opens a browser: one for all tests of a file. */
export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** How a reader uses a page. */
export const WAYS = [
  { name: "with a mouse, on a wide screen", width: 1600, javaScript: true, keyboard: false },
  { name: "by keyboard alone", width: 1600, javaScript: true, keyboard: true },
  { name: "without JavaScript, on a phone", width: 360, javaScript: false, keyboard: false },
  { name: "on a phone", width: 360, javaScript: true, keyboard: false },
];

/** Each way on SQLite, and one on PostgreSQL, where there is a server. */
export const PLACES = WAYS.map((way) => ({ way, server: undefined }));
if (process.env.DATABASE_URL) PLACES.push({ way: { ...WAYS[0], name: "on PostgreSQL" }, server: process.env.DATABASE_URL });

/** A reader who is signed in, in a window of their own. */
export async function signIn(browser, service, account, way = WAYS[0]) {
  const context = await browser.newContext({
    javaScriptEnabled: way.javaScript,
    viewport: { width: way.width, height: 900 },
    colorScheme: way.dark ? "dark" : "light",
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  // What the server refuses is in the console of a browser too, and is no fault of the page.
  page.on("console", (message) => {
    const text = message.text();
    if (["error", "warning"].includes(message.type()) && !/status of (4\d\d)/.test(text)) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const from = new URL(request.url());
    if (from.protocol !== "data:" && from.hostname !== "127.0.0.1") complaints.push(`loads ${request.url()}`);
  });
  await page.goto(service.links[account]);
  return new Reader(service, page, way, complaints);
}

/** Somebody who reads pages and uses what is on them. */
export class Reader {
  constructor(service, page, way, complaints) {
    Object.assign(this, { service, page, way, complaints });
  }

  /** Goes to a page of acme-corp, on the first instance unless another is said. */
  async open(path, origin = this.service.first) {
    const address = path.startsWith("/") ? path : `/organizations/acme-corp/${path}`;
    // An announcement reaches the other instance within some 50 ms; a machine that is busy gets more.
    if (origin !== this.service.first) await this.page.waitForTimeout(500);
    await this.page.goto(origin + address);
    await this.looksRight();
  }

  button(name, within = this.page) {
    return within.getByRole("button", { name, exact: typeof name === "string" });
  }

  field(name, within = this.page) {
    return within.getByLabel(name, { exact: typeof name === "string" });
  }

  /** The row of a table that is named so. */
  row(name) {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name }) });
  }

  /** Presses what leads to another page. */
  async press(target) {
    await Promise.all([this.page.waitForNavigation(), this.use(target)]);
    await this.looksRight();
  }

  /** Opens what is folded. */
  async unfold(target) {
    await this.use(target);
    await this.looksRight();
  }

  async use(target) {
    if (this.way.keyboard) {
      await this.reach(target);
      await this.page.keyboard.press("Enter");
    } else {
      await target.click();
    }
  }

  async write(target, text) {
    if (this.way.keyboard) {
      await this.reach(target);
      if ((await target.getAttribute("type")) === "date") {
        const [year, month, day] = text.split("-");
        await this.page.keyboard.type(month + day + year);
      } else {
        await this.page.keyboard.press("Control+A");
        await this.page.keyboard.type(text);
      }
    } else {
      await target.fill(text);
    }
  }

  async choose(target, label) {
    if (this.way.keyboard) {
      await this.reach(target);
      await this.page.keyboard.type(label);
      assert.equal(await target.evaluate((select) => select.selectedOptions[0].text), label);
    } else {
      await target.selectOption({ label });
    }
  }

  /** Moves the focus with the Tab key until it is there. */
  async reach(target) {
    for (let steps = 0; steps < 400; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail("the Tab key does not lead there");
  }

  /** Requires that a page says this. */
  async says(text) {
    await this.page.getByText(text).first().waitFor();
  }

  /** What holds for every page: it needs no scrolling sideways. */
  async looksRight() {
    const { scrollWidth, clientWidth } = await this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return { scrollWidth, clientWidth };
    });
    assert.ok(scrollWidth <= clientWidth, `${this.page.url()} is ${scrollWidth} wide, of ${clientWidth}`);
  }

  /** Requires that axe-core finds nothing. */
  async isAccessible() {
    await this.page.evaluate(axe);
    const violations = await this.page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`);
    });
    assert.deepEqual(violations, [], this.page.url());
  }

  /** Leaves. Nothing may have been complained about. */
  async leave() {
    await this.page.context().close();
    assert.deepEqual(this.complaints, []);
  }
}

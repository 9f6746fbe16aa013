// A small synthetic district with a real server, and desks behind the loopback shell.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { Answer, Args, CallName, Role } from '../src/api';

const programs = process.env.TONGDANG_PROGRAMS ?? fileURLToPath(new URL('../../target/debug', import.meta.url));
export const PASSPHRASE = '竹影社区的春天 2026';

export type Guest = { name: string; address: string; code: string };
type Told = { /** One of each role there is. */ guests: Partial<Record<Role, Guest>>; children: string[] };

function started(program: string, args: string[], heard: (line: string) => boolean): Promise<{ process: ChildProcess; line: string }> {
  const process = spawn(join(programs, program), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((done, failed) => {
    process.once('error', failed);
    process.once('exit', (code) => failed(new Error(`${program} ended with ${code}`)));
    createInterface({ input: process.stdout! }).on('line', (line) => heard(line) && done({ process, line }));
  });
}

/** A district that serves until `end`. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'tongdang-stage-'));
  readonly running: ChildProcess[] = [];
  readonly contexts: BrowserContext[] = [];
  told!: Told;

  static async set(): Promise<Stage> {
    const stage = new Stage();
    const { process, line } = await started('stage', [stage.folder], (said) => said.startsWith('{'));
    stage.running.push(process);
    stage.told = JSON.parse(line) as Told;
    return stage;
  }

  /** Somebody of a role, with her one-time code. */
  guest(role: Role): Guest {
    const guest = this.told.guests[role];
    if (!guest) throw new Error(`nobody is ${role} here`);
    return guest;
  }

  /** Opens somebody's desk in the browser. */
  async desk(browser: Browser, who: string): Promise<Desk> {
    const { process, line } = await started('tongdang-desk', ['--no-browser', '--profile', join(this.folder, who)], (said) => said.includes('http://'));
    this.running.push(process);
    const context = await browser.newContext();
    this.contexts.push(context);
    const page = await context.newPage();
    await page.goto(line.slice(line.indexOf('http://')).trim());
    return new Desk(page);
  }

  async end() {
    for (const context of this.contexts) await context.close();
    for (const process of this.running) process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One person's desk: her page, and calls made past the screen to set a scene. */
export class Desk {
  constructor(readonly page: Page) {}

  async call<N extends CallName>(name: N, args: Args<N>): Promise<Answer<N>> {
    return (await this.page.evaluate(
      async ([called, given]) => {
        const answer = await fetch(`/data/${called}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(given) });
        const said: unknown = await answer.json();
        if (!answer.ok) throw new Error(`${called}: ${JSON.stringify(said)}`);
        return said;
      },
      [name, args] as const,
    )) as Answer<N>;
  }

  /** Joins the district past the screen. */
  async join(guest: Guest) {
    await this.call('shell.enrol', { address: guest.address, code: guest.code, label: `${guest.name}的电脑` });
    await this.call('shell.create', { passphrase: PASSPHRASE });
    await this.synced();
  }

  /** Exchanges until nothing waits and something has come. */
  async synced() {
    const before = (await this.call('sync.state', {})).synced ?? 0;
    await this.call('shell.sync', {});
    for (let tries = 0; tries < 200; tries += 1) {
      const { synced, waiting } = await this.call('sync.state', {});
      if ((synced ?? 0) > before && waiting === 0) return;
      await this.page.waitForTimeout(100);
    }
    throw new Error('the desk did not sync');
  }

  /** Goes to a screen by its address. */
  async go(path: string) {
    await this.page.evaluate((to) => { window.location.hash = to; }, path);
    await this.page.waitForTimeout(400);
  }
}

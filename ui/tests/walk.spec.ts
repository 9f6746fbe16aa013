// Every role goes over every screen and presses all that is offered: the core refuses nothing of it.
// In CI who may do least walks, for what is offered wrongly is offered to her; all roles: WALK=all npm run shots -- walk
import { expect, test, type Locator, type Page } from '@playwright/test';
import type { Role } from '../src/api';
import { worked } from './scene';
import { Stage, type Desk } from './stage';

const ALL: readonly Role[] = ['director', 'social_worker', 'supervisor', 'specialist', 'centre_admin', 'centre_officer', 'centre_leader'];
const WALKERS: readonly Role[] = process.env.WALK === 'all' ? ALL : ['centre_leader'];
/** What is pressed on a page: its own part, not the frame around it. */
const PRESSED = '#page button:visible:enabled, #page [role=button]:visible, #page [role=option]:visible';
/** What stands over the page once something was pressed. */
const BOX = '.ant-modal:visible, .ant-drawer:visible, .ant-popover:visible';
/** Answers that say no. Anything else that is not done is said of what was typed, or of what is not there. */
const REFUSED = ['denied', 'not_found', 'bad_call', 'bug'];

test.describe.configure({ timeout: 1_500_000 });

/** Fills what is empty and presses on, as far as it goes. */
async function through(page: Page) {
  const box = page.locator(BOX).last();
  if (!(await box.count())) return;
  for (const line of await box.locator('textarea:visible, input[type=text]:visible').all()) {
    if ((await line.isEditable().catch(() => false)) && (await line.inputValue().catch(() => 'x')) === '') await line.fill('走访时核对过').catch(() => undefined);
  }
  await box.locator('button.ant-btn-primary:visible:enabled').last().click({ timeout: 1000 }).catch(() => undefined);
  await page.waitForTimeout(150);
}

const called = (button: Locator) => button.evaluate((element) => `${element.getAttribute('data-testid') ?? ''} ${(element.textContent ?? '').trim().slice(0, 20)}`);

/** Presses each thing on a page, the page anew before each. */
async function pressAll(desk: Desk, path: string, now: (what: string) => void) {
  const { page } = desk;
  const pressed = new Set<string>();
  for (let n = 0; ; n += 1) {
    await desk.go('/settings');
    await desk.go(path);
    const buttons = page.locator(PRESSED);
    if (n >= (await buttons.count())) return pressed.size;
    const button = buttons.nth(n);
    const what = await called(button);
    // one of many alike: the second child's button is the first's
    const kind = what.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, '').replace(/\d+/g, '');
    if (pressed.has(kind)) continue;
    pressed.add(kind);
    now(`${path}: ${what}`);
    await button.click({ timeout: 1500 }).catch(() => undefined);
    await page.waitForTimeout(120);
    await through(page);
    await page.keyboard.press('Escape');
  }
}

for (const role of WALKERS) {
  test(`nothing that is offered is refused: ${role}`, async ({ browser }) => {
    const stage = await Stage.set();
    try {
      const [director, station] = [await stage.desk(browser, 'director'), await stage.desk(browser, 'station')];
      await director.join(stage.guest('director'));
      await station.join(stage.guest('supervisor'));
      const { first, second } = await worked(director, station);
      const own = role === 'director' ? director : role === 'supervisor' ? station : await stage.desk(browser, 'walker');
      if (own !== director && own !== station) await own.join(stage.guest(role));
      if (role === 'social_worker') {
        const posts = await station.call('roster.posts', {});
        const post = posts.find((one) => one.role === 'social_worker')?.post ?? '';
        await station.call('roster.assign', { children: [first.child, second.child], post });
        await station.synced();
        await own.synced();
      }
      const visit = (await own.call('visits.list', { child: second.child }))[0]?.record ?? '';
      let doing = 'nothing yet';
      const refused: string[] = [];
      own.page.on('response', (answer) => void (async () => {
        if (answer.ok() || !answer.url().includes('/data/')) return;
        const { code } = (await answer.json().catch(() => ({ code: '' }))) as { code?: string };
        if (REFUSED.includes(code ?? '')) refused.push(`${doing}: ${answer.url().split('/data/')[1]} ${code} ${answer.request().postData()?.slice(0, 120)}`);
      })());
      let pressed = 0;
      for (const path of ['/', '/children', `/child/${first.child}`, `/child/${second.child}`, '/visits', `/visit/${visit}`, '/dayend', '/people']) {
        pressed += await pressAll(own, path, (what) => { doing = what; });
      }
      expect(refused, `${role} was refused`).toEqual([]);
      expect(pressed, 'something was pressed').toBeGreaterThan(10);
    } finally {
      await stage.end();
    }
  });
}

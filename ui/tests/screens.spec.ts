// Every screen, in both languages and in elder mode: looked at by axe, kept as pictures for the manual.
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { readable } from './readable';
import { worked } from './scene';
import { Desk, Stage } from './stage';

const pictures = process.env.TONGDANG_SHOTS ?? fileURLToPath(new URL('../test-results/shots', import.meta.url));
const SIZES = { office: { width: 1366, height: 768 }, zoomed: { width: 910, height: 512 }, wide: { width: 1920, height: 1080 } } as const;
const LOOKS = [
  { name: 'zh', look: { size: 16, elder: false, language: 'zh' } },
  { name: 'en', look: { size: 16, elder: false, language: 'en' } },
  { name: 'elder', look: { size: 20, elder: true, language: 'zh' } },
] as const;
/** The largest text there is: looked at where room is scarce. */
const LARGEST = { size: 24, elder: true, language: 'zh' };

async function looked(page: Page, name: string) {
  expect(await page.content(), `${name} shows an object as such`).not.toContain('[object ');
  const found = await new AxeBuilder({ page }).analyze();
  const serious = found.violations.filter((violation) => violation.impact === 'serious' || violation.impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`)).toEqual([]);
}

/** Nothing may stick out sideways: a person would have to scroll for it. */
async function fits(page: Page, name: string) {
  const out = await page.evaluate(() => {
    const root = document.querySelector('.page') ?? document.documentElement;
    return root.scrollWidth - root.clientWidth;
  });
  expect(out, `${name} sticks out sideways`).toBeLessThanOrEqual(1);
}

/** A dialog that still fades in is no picture of it. What turns for ever is not waited for. */
async function stands(page: Page) {
  await page.waitForTimeout(150);
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}

async function everySize(page: Page, name: string) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await stands(page);
    await fits(page, `${name} ${size}`);
    await readable(page, `${name} ${size}`);
    await page.screenshot({ path: `${pictures}/${name}-${size}.png` });
  }
  await page.setViewportSize(SIZES.office);
}

/** What stands below the fold or behind a button. */
async function parts(director: Desk, station: Desk, look: string) {
  const { page } = station;
  await station.go('/dayend');
  await page.getByTestId('held').scrollIntoViewIfNeeded();
  await everySize(page, `held-${look}`);
  await page.getByTestId('held-take').click();
  await looked(page, `held (${look})`);
  await page.keyboard.press('Escape');
  await page.getByTestId('dayend').getByTestId('pick-other').first().click();
  await looked(page, `another value (${look})`);
  await page.keyboard.press('Escape');
  for (const which of ['passphrase', 'recovery']) {
    await director.go('/settings');
    await director.page.getByTestId(`settings-${which}`).click();
    await director.page.getByTestId('field-old').waitFor();
    await everySize(director.page, `${which}-${look}`);
    await looked(director.page, `${which} (${look})`);
    await director.page.keyboard.press('Escape');
    await director.page.getByTestId('field-old').waitFor({ state: 'detached' });
  }
}

/** As on a machine with a system keyring: one that tests has none, so the shell's state is said in its place. */
async function pins(desk: Desk, look: string) {
  const { page } = desk;
  const said = await desk.call('shell.state', {});
  const stand = async (state: Partial<typeof said>) => {
    await page.unrouteAll();
    // what the real shell tells meanwhile would contradict; well within the minute after which it locks
    await page.route('**/news', (route) => route.abort());
    await page.route('**/data/shell.state', (route) => route.fulfill({ json: { ...said, ...state } }));
    await page.route('**/data/shell.unlock', (route) => route.fulfill({ status: 422, json: { code: 'wrong_pin', about: '3', text: '' } }));
    await page.reload();
  };
  await stand({ pin: 'set' });
  await page.getByTestId('settings-pin').click();
  await page.getByTestId('field-pin').waitFor();
  await expect(page.getByTestId('field-old')).toBeFocused();
  await everySize(page, `pin-${look}`);
  await looked(page, `pin (${look})`);
  await stand({ pin: 'set', stage: 'locked' });
  await page.getByTestId('field-secret').fill('739106');
  await page.getByTestId('unlock').click();
  await page.getByTestId('trouble').waitFor();
  await everySize(page, `unlock-${look}`);
  await looked(page, `unlock (${look})`);
  await page.unrouteAll();
  await page.reload();
  await page.getByTestId('nav-today').waitFor();
}

/** A desk as somebody likes it. */
async function looks(desk: Desk, look: object) {
  await desk.call('settings.set', { key: 'look', value: look as never });
  await desk.page.evaluate((kept) => localStorage.setItem('look', JSON.stringify(kept)), look);
  await desk.page.reload();
  await desk.page.getByTestId('nav-today').waitFor();
}

/** The largest text, at 150 %: nothing is cut there either. */
async function largest(director: Desk, station: Desk, screens: [Desk, string, string][]) {
  for (const desk of [director, station]) await looks(desk, LARGEST);
  for (const [desk, screen, path] of screens) {
    await desk.page.setViewportSize(SIZES.zoomed);
    await desk.go(path);
    await stands(desk.page);
    await fits(desk.page, `${screen} largest`);
    await readable(desk.page, `${screen} largest`);
    await desk.page.screenshot({ path: `${pictures}/${screen}-largest-zoomed.png` });
  }
}

/** What the hand comes back to stays in sight: the search above the rows, 完成 below the note. */
async function stays(desk: Desk, draft: string) {
  const { page } = desk;
  const seen = async (testid: string) => {
    const box = await page.getByTestId(testid).boundingBox();
    const { height } = page.viewportSize() ?? { height: 0 };
    expect(box && box.y >= 0 && box.y + box.height <= height, `${testid} is out of sight`).toBeTruthy();
  };
  await desk.go('/children');
  await page.locator('#page').evaluate((scrolled) => scrolled.scrollTo({ top: scrolled.scrollHeight }));
  await stands(page);
  await seen('children-search');
  await desk.go(`/visit/write/${draft}`);
  await seen('complete');
}

/** Ctrl+P says what it does not do, and puts nobody's file on paper. */
async function printed(page: Page) {
  await page.emulateMedia({ media: 'print' });
  expect((await page.locator('body').innerText()).trim()).toMatch(/^(童档还不能打印|Tongdang does not print)[^\n]*$/);
  expect(await page.locator('#page').isVisible()).toBe(false);
  await page.screenshot({ path: `${pictures}/printed.png` });
  await page.emulateMedia({ media: null });
}

/** A stage of its own for each look: two stand side by side. */
for (const { name, look } of LOOKS) {
  test(`every screen reads well in every size: ${name}`, async ({ browser }) => {
    const stage = await Stage.set();
    try {
      const director = await stage.desk(browser, 'director');
      const station = await stage.desk(browser, 'station');
      if (name === 'zh') {
        await everySize(director.page, 'start');
        await looked(director.page, 'start');
      }
      await director.join(stage.guest('director'));
      await station.join(stage.guest('supervisor'));
      const { first, third } = await worked(director, station);
      const visit = (await director.call('visits.list', { child: first.child }))[0]?.record ?? '';
      const draft = (await director.call('draft.list', {}))[0]?.draft ?? '';
      const screens: [Desk, string, string][] = [
        [director, 'today', '/'],
        [director, 'children', '/children'],
        [director, 'child', `/child/${first.child}`],
        [director, 'child-plain', `/child/${third.child}`],
        [director, 'visits', '/visits'],
        [director, 'write', `/visit/write/${draft}`],
        [director, 'note', `/visit/${visit}`],
        [director, 'paper', '/visit/paper'],
        [director, 'settings', '/settings'],
        [station, 'station-today', '/'],
        [station, 'station-children', '/children'],
        [station, 'dayend', '/dayend'],
        [station, 'people', '/people'],
        [station, 'station-child', `/child/${first.child}`],
      ];
      for (const desk of [director, station]) await looks(desk, look);
      for (const [desk, screen, path] of screens) {
        await desk.go(path);
        await everySize(desk.page, `${screen}-${name}`);
        await looked(desk.page, `${screen} (${name})`);
      }
      await parts(director, station, name);
      await director.go(`/visit/write/${draft}`);
      await director.page.getByTestId('more').click();
      await looked(director.page, `all of a note (${name})`);
      await director.go('/settings');
      await pins(director, name);
      if (look.elder) await largest(director, station, screens);
      await stays(director, draft);
      await printed(director.page);
    } finally {
      await stage.end();
    }
  });
}

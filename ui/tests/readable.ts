// What makes a screen hard to read, whatever it shows: cut words, words over an edge, targets too small for a thumb,
// parts out of reach, and in English words that are not.
import { expect, type Page } from '@playwright/test';

export async function readable(page: Page, name: string) {
  const flaws = await page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    const said = (element: Element) => `“${(element.textContent ?? '').trim().slice(0, 40)}” ${element.getAttribute('data-testid') ?? element.className}`;
    const shown = (element: HTMLElement) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden' && !element.closest('[aria-hidden="true"], [class*="visually-hidden"]');
    const own = (element: Element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== '');
    const all = [...document.querySelectorAll<HTMLElement>('#root *, .ant-modal *, .ant-drawer *')].filter((element) => !(element instanceof SVGElement));

    // words stay in their box, or end in three dots (the whole stands in the title: parts/whole.ts)
    for (const element of all) {
      if (!own(element) || element.clientWidth === 0 || element.scrollWidth <= element.clientWidth + 1 || !shown(element)) continue;
      const { overflowX, textOverflow, whiteSpace } = getComputedStyle(element);
      if (['auto', 'scroll'].includes(overflowX)) continue;
      if (overflowX !== 'visible' && textOverflow === 'ellipsis' && whiteSpace.startsWith('nowrap')) continue;
      found.push(`cut or over its edge: ${said(element)}`);
    }

    // what is tapped is as high as the buttons beside it
    const pixels = (variable: string) => Number.parseFloat(getComputedStyle(root).getPropertyValue(variable));
    for (const choice of all.filter((element) => element.matches('button:is([role=radio], [aria-pressed], [role=checkbox])') && shown(element))) {
      const least = choice.matches('[role=radio], [data-testid^="chip-"]') ? pixels('--touch') : pixels('--touch-small');
      if (choice.offsetHeight < least - 1) found.push(`low, ${choice.offsetHeight} of ${least}: ${said(choice)}`);
    }

    // every part of a file can be gone to
    for (const tab of all.filter((element) => element.matches('[data-testid^="to-"]') && shown(element))) {
      const { left, right } = tab.getBoundingClientRect();
      if (left < 0 || right > window.innerWidth + 1) found.push(`out of reach: ${said(tab)}`);
    }

    if (root.lang === 'en') {
      const marks = /[A-Za-z)]\s*[、，。；：！？（]|[、，。；：！？）]\s*[A-Za-z(]/;
      for (const element of all) if (own(element) && shown(element) && marks.test(element.textContent ?? '') && element.childElementCount === 0) found.push(`a mark of Chinese writing: ${said(element)}`);
      for (const button of all.filter((element) => element.matches('button:not([data-edit])') && !element.querySelector('.tag') && shown(element))) if (/^[a-z]/.test(button.innerText.trim())) found.push(`a button begins small: ${said(button)}`);
    }
    return [...new Set(found)];
  });
  expect(flaws, name).toEqual([]);
}

import { afterEach, expect, test, vi } from 'vitest';
import { show } from './show';

afterEach(() => document.body.replaceChildren());

// the document of the tests has none
vi.stubGlobal('CSS', { escape: (text: string) => text });

/** A part of the file as it is drawn. */
function page(html: string) {
  document.body.innerHTML = `<section data-part>${html}</section>`;
  Element.prototype.scrollIntoView = vi.fn();
}

test('a field that is missing is opened, whatever asks for it', () => {
  page('<div data-key="guard_reason"><button id="edit" data-edit></button></div>');
  const opened = vi.fn();
  document.getElementById('edit')?.addEventListener('click', opened);
  show('guard_reason');
  expect(opened).toHaveBeenCalledOnce();
});

test('rows that are missing are begun by their own button, not by the field of another row', () => {
  page('<div data-key="family"><button id="add" data-testid="add-family"></button><div data-key="family/a/name"><button id="edit" data-edit></button></div></div>');
  const [added, opened] = [vi.fn(), vi.fn()];
  document.getElementById('add')?.addEventListener('click', added);
  document.getElementById('edit')?.addEventListener('click', opened);
  show('family');
  expect(added).toHaveBeenCalledOnce();
  expect(opened).not.toHaveBeenCalled();
});

import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallFault, queries, type AddFile, type FileLine } from '@/api';
import { setTransport } from '@/api/transport';
import { Sheet } from '@/parts/sheet';
import '@/text';
import { add } from './adding';
import { Photos } from './Photos';

const BAD = '这张图片打不开，没有加进去。';
let lines: FileLine[] = [];
let calls: string[] = [];
let slow: (() => void)[] | null = null;
let draft = 0;

/** A core that keeps what begins with the letters of a picture, and refuses the others. */
async function answer(name: string, args: unknown): Promise<unknown> {
  calls.push(name);
  switch (name) {
    case 'file.of':
      return [...lines].reverse();
    case 'file.thumb':
      return { data: 'AAAA' };
    case 'file.open':
      return { media: 'image/jpeg', name: '院子.jpg', data: btoa('picture') };
    case 'file.drop':
      lines = lines.filter(({ file }) => file !== (args as { file: string }).file);
      return {};
    case 'file.add': {
      const { draft: about = '', field, name: called, data } = args as AddFile;
      if (slow) await new Promise<void>((go) => slow?.push(go));
      if (!atob(data).startsWith('picture')) throw new CallFault({ code: 'bad_picture', about: '', text: BAD, en: '' });
      const line: FileLine = { file: `${called}${lines.length}`, about, child: null, field, name: called, media: 'image/jpeg', size: 1, at: lines.length, who: null, here: true, sent: false, draft: true };
      lines.push(line);
      return line;
    }
    case 'visit.complete':
      return { records: [{ child: 'c', visit: 'v', next_visit: null }], findings: [] };
    default:
      return { draft: `d${draft}`, version: 2, children: ['c'], saved: 7, findings: [] };
  }
}

beforeEach(() => {
  lines = [];
  calls = [];
  slow = null;
  draft += 1;
  queries.clear();
  setTransport({ data: answer, listen: () => () => undefined });
});
afterEach(cleanup);

const file = (name: string, bytes = 'picture') => new File([bytes], name, { type: 'image/jpeg' });

function opened() {
  const place = { draft: `d${draft}` };
  render(<QueryClientProvider client={queries}><App><Photos place={place} field="attach" label="照片" may anywhere /></App></QueryClientProvider>);
  return place;
}

const choose = (...files: File[]) => fireEvent.change(screen.getByTestId('photo-input'), { target: { files } });

test('a picture that was added is shown and opens whole; a refused one stays explained, and the others are there', async () => {
  opened();
  choose(file('院子.jpg'), file('说明.docx', 'no'), file('书桌.jpg'));
  expect((await screen.findByTestId('photo-refused')).textContent).toContain(`说明.docx · ${BAD}`);
  expect(await screen.findByAltText('第 1 张照片：院子.jpg')).toBeTruthy();
  expect(await screen.findByAltText('第 2 张照片：书桌.jpg')).toBeTruthy();
  expect(screen.getByTestId('photo-state-1').textContent).toBe('已保存在本机');
  fireEvent.click(screen.getByTestId('photo-0'));
  expect((await screen.findByTestId('photo-whole')).getAttribute('src')).toContain(btoa('picture'));
  fireEvent.click(screen.getByTestId('photo-forget'));
  expect(screen.queryByTestId('photo-refused')).toBeNull();
  expect(lines.map(({ name }) => name)).toEqual(['院子.jpg', '书桌.jpg']);
});

test('one taken out can be put back', async () => {
  opened();
  choose(file('院子.jpg'));
  fireEvent.click(await screen.findByTestId('photo-out-0'));
  fireEvent.click(await screen.findByTestId('photo-back'));
  await waitFor(() => expect(lines.map(({ name }) => name)).toEqual(['院子.jpg']));
  expect(calls.filter((name) => name === 'file.drop')).toHaveLength(1);
});

test('a pasted picture is taken, pasted words are left to the field', async () => {
  opened();
  const words = fireEvent.paste(window, { clipboardData: { files: [] } });
  const picture = fireEvent.paste(window, { clipboardData: { files: [file('截图.png')] } });
  expect([words, picture]).toEqual([true, false]);
  await waitFor(() => expect(lines).toHaveLength(1));
});

test('完成 waits for the picture on its way, and one refused must be answered first', async () => {
  const place = opened();
  slow = [];
  const sheet = new Sheet({ ...place, form: 'visit', about: null, version: 1, children: ['c'], values: {}, begun: 1, saved: 1, findings: [] });
  choose(file('院子.jpg'));
  sheet.put('note', '最后一句');
  const done = sheet.complete();
  await vi.waitFor(() => expect(slow).toHaveLength(1));
  expect(calls).not.toContain('visit.complete');
  slow.forEach((go) => go());
  slow = null;
  expect((await done)?.records).toHaveLength(1);
  expect(calls.indexOf('visit.complete')).toBeGreaterThan(calls.indexOf('file.add'));
});

test('a draft with a refused picture is not finished behind its back', async () => {
  const place = opened();
  add(place, 'attach', [{ name: '坏.jpg', from: file('坏.jpg', 'no') }]);
  const sheet = new Sheet({ ...place, form: 'visit', about: null, version: 1, children: ['c'], values: {}, begun: 1, saved: 1, findings: [] });
  expect(await sheet.complete()).toBeNull();
  expect(calls).not.toContain('visit.complete');
});

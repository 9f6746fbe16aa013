import { expect, test } from 'vitest';
import { apart } from './line';
import { groups, isLast } from './shown';

const CODE = 'ABCDE-01234-56789-FGHJK';

test('the whole line of the station falls into address and code', () => {
  for (const line of [
    `td.example.cn:8443 ${CODE}`, `  td.example.cn:8443\n${CODE}\n`, `地址：td.example.cn:8443，登记码：${CODE}`, `td.example.cn：8443　${CODE.toLowerCase()}。`,
  ]) {
    expect(apart(line)).toEqual({ address: 'td.example.cn:8443', code: CODE });
  }
});

test('numbers before the code do not run into it', () => {
  expect(apart(`10.1.2.3:8443 ${CODE}`)).toEqual({ address: '10.1.2.3:8443', code: CODE });
  expect(apart(`127.0.0.1:36447 ABCDE 01234 56789 FGHJK`)).toEqual({ address: '127.0.0.1:36447', code: 'ABCDE 01234 56789 FGHJK' });
  expect(apart(`localhost:8443 ABCDE0123456789FGHJK`)).toEqual({ address: 'localhost:8443', code: 'ABCDE0123456789FGHJK' });
  expect(apart(`[fd00::1]:8443 ${CODE}`).address).toBe('[fd00::1]:8443');
});

test('what is only half there stays half', () => {
  expect(apart('td.example.cn:8443')).toEqual({ address: 'td.example.cn:8443', code: '' });
  expect(apart(CODE)).toEqual({ address: '', code: CODE });
  expect(apart('王芳')).toEqual({ address: '', code: '' });
});

test('the last group proves that the code is on paper', () => {
  const code = '3F2A-91BC-77D0-E415-0A6B-CC21-9E48-5D73';
  expect(groups(code)).toHaveLength(8);
  expect(['5D73', ' 5d73 ', '５Ｄ７３', code].map((typed) => isLast(code, typed))).toEqual([true, true, true, true]);
  expect(['', '-', '9E48', '5D7'].map((typed) => isLast(code, typed))).toEqual([false, false, false, false]);
});

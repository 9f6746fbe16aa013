import { expect, test } from 'vitest';
import type { PersonLine } from '@/api';
import { grouped } from '@/parts/Digits';
import { named } from './named';

const person = { name: '尹芳', posts: [{ title: { text: '儿童主任', en: 'Child director' }, unit: '霞影社区' }], devices: [{ label: '站里的旧电脑', digits: '815446' }] } as unknown as PersonLine;

test.each(['', ' 尹', '霞影', '主任', 'director', '旧电脑', '815', '815 446', '815-446'])('“%s” finds her', (text) => expect(named(person, text)).toBe(true));
test.each(['何辉', '446', '9', '815447'])('“%s” does not', (text) => expect(named(person, text)).toBe(false));

test('digits stand in two groups, as they are said', () => expect(grouped('815446')).toBe('815 446'));

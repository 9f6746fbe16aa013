// What happened before the screens are looked at: notes of the last weeks, a note sent back, two telephone numbers.
import type { Value } from '../src/api';
import type { Desk } from './stage';

const DAY = 86_400_000;
const date = (days: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(Date.now() + days * DAY);
const ASPECTS = ['living', 'guard', 'health', 'study', 'psych', 'safety', 'social'];
const NOTES = [
  '家中整洁，由祖母照护，情绪稳定，学习正常。祖母说孩子最近爱看书，作业能按时完成。',
  '见到孩子和爷爷，厨房煤气软管老化，已提醒更换；孩子说想妈妈，下周视频。',
  '与孩子单独交谈，未发现异常情况。班主任反映上课有时走神，建议请心理老师聊一聊。',
  '孩子感冒刚好，奶奶照料到位。家里冬衣不够，已记入需求，联系街道物资。',
];

/** One finished note: how many days ago, and in how many days the next is planned. */
export async function visited(desk: Desk, child: string, ago: number, next: number, over: Record<string, Value> = {}) {
  const draft = await desk.call('visit.begin', { children: [child] });
  const values: Record<string, Value> = {
    ...draft.values,
    // today's is of now: at night ten o'clock has not come yet
    ...(ago > 0 && { visit_at: `${date(-ago)}T10:${String(10 + (ago % 45)).padStart(2, '0')}:00+08:00` }),
    met_child: true, met_guardian: true, next_visit: date(next), note: NOTES[ago % NOTES.length] ?? '',
    ...Object.fromEntries(ASPECTS.map((aspect) => [aspect, '1'])),
    ...(ago >= 7 ? { late_reason: '当天没有带电脑' } : {}),
    ...over,
  };
  const done = await desk.call('visit.complete', { draft: draft.draft, values });
  const record = done.records[0];
  if (!record) throw new Error(`not finished: ${JSON.stringify(done.findings)}`);
  return record.visit;
}

/** A few weeks of work by a director, and an evening of her station. */
export async function worked(director: Desk, station: Desk) {
  const cards = (await director.call('children.list', {})).cards;
  const plan: [number, number][] = [[40, -9], [35, -4], [33, -2], [30, 0], [29, 1], [28, 2], [26, 4], [3, 25], [2, 28], [0, 30], [0, 30]];
  for (const [at, [ago, next]] of plan.entries()) {
    const child = cards[at]?.child;
    if (child) await visited(director, child, ago, next, at === 2 ? { psych: '3', psych_note: '情绪低落，不愿多说' } : {});
  }
  for (const [at, level] of ['3', '2', '4', '2'].entries()) {
    const child = cards[at]?.child;
    if (child) await director.call('assessment.complete', { child, values: { level, reason: '祖父母年老，父母长期在外，监护力量偏弱', date: date(0) } });
  }
  const [first, second, third] = cards;
  if (!first || !second || !third) throw new Error('too few children');
  const draft = await director.call('visit.begin', { children: [third.child] });
  await director.call('draft.save', { draft: draft.draft, children: draft.children, values: { ...draft.values, note: '刚进门，先记下：院子里晒着被子，爷爷在家' } });
  await director.synced();
  await station.synced();
  // two people, one telephone number, neither knowing of the other
  await director.call('child.edit', { child: first.child, edits: [{ set: { key: 'phone_child', value: '14000001111' } }] });
  await station.call('child.edit', { child: first.child, edits: [{ set: { key: 'phone_child', value: '14000002222' } }] });
  const visit = (await station.call('visits.list', { child: second.child }))[0];
  if (visit) await station.call('visit.review', { visit: visit.record, verdict: '2', note: '请补充孩子在学校的情况' });
  await station.synced();
  await director.synced();
  await station.synced();
  await late(director, station, cards[cards.length - 1]?.child ?? '');
  return { first, second, third };
}

/** A note finished when the child was in her charge no longer: it waits to be claimed. */
async function late(director: Desk, station: Desk, child: string) {
  const draft = await director.call('visit.begin', { children: [child] });
  const post = (await station.call('roster.posts', {})).find(({ role, children }) => role === 'director' && children > 0);
  if (!post) throw new Error('nobody is in charge');
  await station.call('roster.withdraw', { children: [child], post: post.post });
  await station.synced();
  const values = { ...draft.values, met_child: true, met_guardian: true, note: NOTES[0] ?? '', ...Object.fromEntries(ASPECTS.map((aspect) => [aspect, '1'])) };
  await director.call('visit.complete', { draft: draft.draft, values });
  await director.synced();
  for (let tries = 0; (await station.call('held.list', {})).length === 0; tries += 1) {
    if (tries > 20) throw new Error('nothing waits to be claimed');
    await station.synced();
  }
}

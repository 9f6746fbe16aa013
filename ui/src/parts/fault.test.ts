import type { MessageInstance } from 'antd/es/message/interface';
import { expect, test, vi } from 'vitest';
import { CallFault } from '@/api/transport';
import '@/text';
import { tell } from './fault';

const fault = (code: string) => new CallFault({ code, about: '', text: '请再试一次', en: 'Please try again' } as never);

test('a fault is said; that the desk was locked meanwhile is not', () => {
  const error = vi.fn();
  const message = { error } as unknown as MessageInstance;
  tell(message, fault('locked'));
  expect(error).not.toHaveBeenCalled();
  tell(message, fault('disk_full'));
  expect(error).toHaveBeenCalledWith('请再试一次', 6);
});

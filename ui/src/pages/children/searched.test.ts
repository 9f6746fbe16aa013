import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useSearched } from './searched';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('it searches once, a moment after the last key', () => {
  const search = vi.fn();
  const { result } = renderHook(() => useSearched('', search));
  for (const typed of ['l', 'li', 'li ']) act(() => result.current.setTyped(typed));
  expect(search).not.toHaveBeenCalled();
  act(() => vi.advanceTimersByTime(250));
  expect(search.mock.calls).toEqual([['li']]);
});

test('a word being composed is not searched for', () => {
  const search = vi.fn();
  const { result } = renderHook(() => useSearched('', search));
  act(() => result.current.composition.onCompositionStart());
  act(() => result.current.setTyped("li'yu"));
  act(() => vi.advanceTimersByTime(2000));
  expect(search).not.toHaveBeenCalled();
  act(() => {
    result.current.setTyped('黎宇');
    result.current.composition.onCompositionEnd();
  });
  act(() => vi.advanceTimersByTime(250));
  expect(search.mock.calls).toEqual([['黎宇']]);
});

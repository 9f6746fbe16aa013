// What jsdom lacks and antd asks for.
import { configure } from '@testing-library/react';
import { vi } from 'vitest';

// a busy machine draws a first page slower than in a second
configure({ asyncUtilTimeout: 5000 });

Object.defineProperty(window, 'matchMedia', {
  value: (query: string) => ({
    matches: false, media: query, onchange: null,
    addListener: vi.fn(), removeListener: vi.fn(), addEventListener: vi.fn(), removeEventListener: vi.fn(), dispatchEvent: vi.fn(),
  }),
});
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

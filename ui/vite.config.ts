import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// while developing, a loopback shell started by hand answers the calls
const shell = process.env.TONGDANG_SHELL ?? 'http://127.0.0.1:1421';
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // relative, so that the same build stands behind Tauri's protocol and the loopback shell
  base: './',
  plugins: [react()],
  resolve: { alias: { '@calls': here('../crates/client/bindings/calls.ts'), '@shell': here('../crates/desk/bindings/shell.ts'), '@': here('./src') } },
  build: { target: ['safari15', 'chrome100'], sourcemap: false, chunkSizeWarningLimit: 900 },
  server: { port: 1420, strictPort: true, fs: { allow: ['..'] }, proxy: { '/data': shell, '/news': shell } },
  test: { environment: 'jsdom', setupFiles: ['tests/setup.ts'], include: ['src/**/*.test.{ts,tsx}', 'tests/unit/**/*.test.{ts,tsx}'], testTimeout: 20000 },
});

import { defineConfig } from '@playwright/test';

// The same screens as in the window, in the system's Chromium, over the loopback shell, a real client and a real server.
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  // two looks at a time, each with a stage of its own: a machine has two cores
  timeout: 420_000,
  fullyParallel: true,
  workers: 2,
  reporter: [['list']],
  outputDir: '../test-results',
  use: {
    browserName: 'chromium',
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
});

import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where Chromium is, by the names that systems give it. `CHROMIUM` names another. */
const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

export const browserPath = places.find((path) => path !== undefined && existsSync(path));

/** It runs as root in containers, and asks nobody for updates. */
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launchBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('No Chromium was found.');
  return chromium.launch({ executablePath: browserPath, args: flags });
}

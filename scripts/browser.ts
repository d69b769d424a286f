/**
 * Finds a Chromium for the end-to-end tests, and installs one where there is none. Never answers "none, so skip".
 *
 *     usage: npx tsx scripts/browser.ts        prints the path of the browser
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** Where distributions and vendors put Chromium and Chrome. */
const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ...[process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']]
    .filter((root) => root !== undefined)
    .map((root) => join(root, 'Google/Chrome/Application/chrome.exe')),
];

/** What of Chromium is left out. (Of several such lists the last one counts, so this one stands for playwright's too.) */
const disabledFeatures = [
  // Two pages of the browser's own behind the address bar of every window, which nobody opens here: a quarter of the time of a visit.
  'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'AimEnabled',
  // What asks others than the page's server, or asks them otherwise than it was told to.
  'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'MediaRouter', 'NetworkTimeServiceQuerying', 'OptimizationHints', 'PreconnectToSearch',
  // What playwright cannot do with.
  'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'PaintHolding', 'AvoidCorsURLLoaderRestartOnRedirect',
];

/**
 * Flags for a quiet, reproducible browser. Without the sandbox only as root, where Chromium refuses to start with it;
 * `--disable-dev-shm-usage` because containers give 64 MB of shared memory.
 */
export const browserFlags: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${disabledFeatures.join(',')}`,
];

/**
 * Path of an installed Chromium: `CHROME_PATH`, then the usual places, then Playwright's own cache. `undefined`: none.
 * Throws where `CHROME_PATH` names something that cannot be run.
 */
export function findBrowser(): string | undefined {
  const asked = process.env['CHROME_PATH'];
  if (asked !== undefined && asked !== '') {
    if (!runnable(asked)) throw new Error(`CHROME_PATH is ${asked}, which is not a program that can be run`);
    return asked;
  }
  return [...usualPaths, chromium.executablePath()].find(runnable);
}

/** A file that may be run and says its version. (Ubuntu's `chromium-browser` is a script that asks for a snap.) */
function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    if (!statSync(path).isFile()) return false;
  } catch {
    return false;
  }
  // Chrome on Windows has no `--version`: it opens a window.
  return process.platform === 'win32' || spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * Path of a Chromium that starts, installed on the way if need be: with apt as root on Debian and its relatives, else
 * into Playwright's cache. Throws with everything that was tried.
 */
export function ensureBrowser(): string {
  const found = findBrowser();
  if (found !== undefined) return found;
  const tried: string[] = [];
  for (const [command, ...args] of installers()) {
    const line = [command, ...args].join(' ');
    console.log(`No Chromium found. Installing one: ${line}`);
    const { status, error } = spawnSync(command, args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 8 * 60_000,
    });
    const installed = findBrowser();
    if (installed !== undefined) return installed;
    tried.push(`  ${line}: ${error?.message ?? `exit code ${status}`}`);
  }
  throw new Error(
    `No Chromium was found and none could be installed.\n${tried.join('\n')}\n` +
      'Install Chromium or Chrome by hand, or set CHROME_PATH to one, and run this again.',
  );
}

function installers(): [string, ...string[]][] {
  const list: [string, ...string[]][] = [];
  const root = process.getuid?.() === 0;
  if (root && existsSync('/usr/bin/apt-get')) {
    list.push(['sh', '-c', 'apt-get update && apt-get install -y chromium']);
  }
  const playwright = join(createRequire(import.meta.url).resolve('playwright-core/package.json'), '../cli.js');
  // Playwright's own build needs shared libraries that only root can add.
  list.push([process.execPath, playwright, 'install', ...(root ? ['--with-deps'] : []), 'chromium']);
  return list;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(ensureBrowser());

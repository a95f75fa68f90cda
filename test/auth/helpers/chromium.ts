import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { findProgram } from '../../../scripts/prepare-tests.js';

/** Starts the distribution's Chromium without a window; nothing is downloaded. */
export async function startChromium(): Promise<Browser> {
  const args = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath: findProgram('chromium'), args });
}

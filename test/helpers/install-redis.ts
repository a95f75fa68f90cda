import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findRedis } from './redis.js';

/** How long the package manager may take, ms. */
const INSTALL_MS = 180_000;

/** Sees to it, before any test runs, that there is a Redis server to test on: installs it where that is ours to do. */
export default async function setup(): Promise<void> {
  if (findRedis() !== undefined) return;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (mayInstall) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server';
    spawnSync('sh', ['-c', install], { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: INSTALL_MS });
    if (findRedis() !== undefined) return;
  }
  throw new Error('The tests need redis-server or valkey-server on the PATH: apt-get install redis-server (Debian, Ubuntu), brew install redis (macOS)');
}

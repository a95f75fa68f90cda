import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProgram, prepare } from '../../scripts/prepare-tests.js';

/** Those that are looked for on the PATH alone, and so are missing where it leads to an empty folder. */
const MISSING = [
  'redis-server or valkey-server',
  'chromium or chromium-browser',
  'prometheus',
  'openssl',
  'curl',
  'fish',
  'zsh',
];

describe('a machine without what the tests need', () => {
  let path: string;
  beforeEach(() => (path = mkdtempSync(join(tmpdir(), 'mcp-calc-path-'))));
  afterEach(() => rmSync(path, { recursive: true }));

  function addProgram(name: string, script: string): void {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, name), 0o755);
  }

  test('is told in one message all that is missing, and how to install it', () => {
    const names = new RegExp(
      `not installed here: ${MISSING.join(', ')}\\.\nInstall it .*apt-get install .*redis-server chromium prometheus openssl curl fish zsh`,
    );
    expect(() => prepare({ path })).toThrow(names);
  });

  test('is told a command of its own package manager', () => {
    addProgram('brew', 'exit 1');
    expect(() => prepare({ path, mayInstall: false })).toThrow(
      'brew install redis chromium prometheus openssl curl fish zsh',
    );
  });

  test('is left as it is where installing takes rights that the user has not', () => {
    addProgram('apt-get', ': >"$0.ran"; exit 1');
    expect(() => prepare({ path, mayInstall: false })).toThrow('Install it, as root, with: apt-get update');
    expect(() => readFileSync(join(path, 'apt-get.ran'))).toThrow('ENOENT');
  });

  test('gets it from its package manager where that is allowed: first the lists, then all packages at once', () => {
    addProgram(
      'apt-get',
      `cd "${path}"; echo "$DEBIAN_FRONTEND $*" >>ran\n[ "$1" = update ] || for each in redis-server chromium prometheus openssl curl fish zsh; do /bin/cp apt-get $each; done`,
    );
    prepare({ path, mayInstall: true });
    expect(findProgram('redis', path)).toBe(join(path, 'redis-server'));
    const [lists, packages, ...more] = readFileSync(join(path, 'ran'), 'utf8').trim().split('\n');
    expect(lists).toMatch(/^noninteractive update /);
    expect(packages).toMatch(/^noninteractive install -y .*redis-server chromium prometheus openssl curl fish zsh$/);
    expect(more).toEqual([]);
  });

  test('is told what the package manager said when it failed', () => {
    addProgram('apt-get', 'echo "no such mirror" >&2; exit 100');
    expect(() => prepare({ path, mayInstall: true })).toThrow(
      /not installed here: redis[\s\S]*update ended with code 100\.\nno such mirror/,
    );
  });

  test('ends the script with that message alone', () => {
    const script = join(import.meta.dirname, '../../scripts/prepare-tests.js');
    const { status, stderr } = spawnSync(process.execPath, [script], { env: { PATH: path }, encoding: 'utf8' });
    expect({ status, lines: stderr.trim().split('\n').length }).toEqual({ status: 1, lines: 2 });
  });
});

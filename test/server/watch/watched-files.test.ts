import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { WATCHED_FILES, WatchedFiles } from '../../../src/server/watch/watched-files.js';
import { eventually } from '../../helpers/eventually.js';

const root = mkdtempSync(join(tmpdir(), 'mcp-calc-watched-'));
const opened: WatchedFiles[] = [];
afterAll(() => {
  for (const files of opened) files.close();
  rmSync(root, { recursive: true });
});

let folders = 0;
function watch(begun = Date.now()) {
  const folder = join(root, String((folders += 1)), 'src');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'mine.mjs');
  const told: (readonly string[])[] = [];
  let tooMany = 0;
  const files = new WatchedFiles(
    (paths) => void told.push(paths),
    () => (tooMany += 1),
  );
  opened.push(files);
  const add = (path: string) => files.add(path, begun);
  return { folder, file, told, files, add, tooMany: () => tooMany };
}

/** Longer than it takes to look at a file twice. */
const looked = () => delay(300);

describe.concurrent('a change is told of once, however a file is saved', () => {
  it.each<[string, (file: string, folder: string) => unknown]>([
    ['in its place', (file) => writeFileSync(file, 'b')],
    [
      'by another that takes its name',
      (file) => {
        writeFileSync(`${file}~`, 'b');
        renameSync(`${file}~`, file);
      },
    ],
    [
      'after it was moved away',
      (file) => {
        renameSync(file, `${file}~`);
        writeFileSync(file, 'b');
      },
    ],
    [
      'after it was deleted',
      async (file) => {
        unlinkSync(file);
        await delay(30);
        writeFileSync(file, 'b');
      },
    ],
    [
      'with its folder',
      (file, folder) => {
        cpSync(folder, `${folder}2`, { recursive: true });
        writeFileSync(join(`${folder}2`, 'mine.mjs'), 'b');
        renameSync(folder, `${folder}1`);
        renameSync(`${folder}2`, folder);
      },
    ],
    [
      'twice within 50 ms',
      async (file) => {
        writeFileSync(file, 'b');
        await delay(40);
        writeFileSync(file, 'c');
      },
    ],
  ])('%s', async (_title, save) => {
    const { file, folder, told, add } = watch(Date.now() + 60_000);
    writeFileSync(file, 'a');
    add(file);
    await looked();
    await save(file, folder);
    await eventually(() => expect(told).toEqual([[file]]));
    // And again: it is still watched.
    writeFileSync(file, 'the next');
    await eventually(() => expect(told).toEqual([[file], [file]]));
  });

  it('when it was not there, and comes', async () => {
    const { file, told, add } = watch();
    add(file);
    await looked();
    expect(told).toEqual([]);
    writeFileSync(file, 'a');
    await eventually(() => expect(told).toEqual([[file]]));
  });

  it('when it was saved after it was read and before it was watched', async () => {
    const { file, told, add } = watch();
    await delay(10);
    writeFileSync(file, 'a');
    add(file);
    await eventually(() => expect(told).toEqual([[file]]));
  });
});

describe.concurrent('what is watched has an end', () => {
  it('after it is closed, nothing is told of', async () => {
    const { file, told, add, files } = watch();
    add(file);
    await looked();
    files.close();
    writeFileSync(file, 'a');
    await looked();
    expect(told).toEqual([]);
  });

  it('no more files are watched than the limit allows', () => {
    const { folder, add, files, tooMany } = watch();
    for (let index = 0; index < WATCHED_FILES; index += 1) add(join(folder, `${index}.mjs`));
    expect(tooMany()).toBe(0);
    add(join(folder, 'more.mjs'));
    expect(tooMany()).toBe(1);
    files.close();
  });
});

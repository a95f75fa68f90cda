import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface AuthorProject {
  readonly folder: string;
  /** Writes a file in its place. */
  save(file: string, text: string): void;
  /** Writes another that takes its name, as many editors do. */
  saveOver(file: string, text: string): void;
  remove(): void;
}

/** A folder of an author's, with the package, zod and both generations of the SDK beside it, as `npm init -y` leaves it. */
export function authorProject(files: Readonly<Record<string, string>> = {}): AuthorProject {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-calc-author-'));
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(ROOT, join(modules, 'mcp-calc'));
  for (const name of ['zod', '@modelcontextprotocol'])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  const save = (file: string, text: string) => writeFileSync(join(folder, file), text);
  save('package.json', JSON.stringify({ name: 'mine', version: '1.0.0', main: 'index.js' }));
  for (const [file, text] of Object.entries(files)) save(file, text);
  return {
    folder,
    save,
    saveOver(file, text) {
      save(`${file}.new`, text);
      renameSync(join(folder, `${file}.new`), join(folder, file));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

import { open } from 'node:fs/promises';
import { shellQuote } from '../../client/curl.js';
import { defineCheck, failure, info, ok, reasonOf, warning } from '../check.js';
import type { Finding } from '../check.js';
import type { DoctorContext, HostFiles } from '../context.js';
import { judgeServer } from '../../hosts/judge-server.js';
import { locate, shownPath } from '../../hosts/locate.js';
import { serversIn } from '../../hosts/servers.js';
import { JsonTextError, parseJsonText } from '../../hosts/json-text.js';

/** Larger files are left alone, bytes. Claude Code keeps more than servers in its own. */
const MAX_BYTES = 50_000_000;
/** Bits of a file's mode that let others read it. */
const READABLE_BY_OTHERS = 0o044;

export const hosts = defineCheck({
  id: 'hosts',
  title: 'MCP hosts',
  timeoutMs: 8_000,
  async run(context) {
    const seen = new Set<string>();
    const looks: Promise<readonly Finding[]>[] = [];
    for (const host of context.hosts) {
      for (const written of host.paths) {
        const file = locate(written, context);
        if (file === undefined || seen.has(file)) continue;
        seen.add(file);
        looks.push(look(file, host, !/^[~%]/.test(written), context));
      }
    }
    const findings = (await Promise.all(looks)).flat();
    const none = `no configuration of ${context.hosts.map(({ title }) => title).join(', ')} on this machine`;
    return findings.length > 0 ? findings : [info(none, 'Make one: mcp-calc config <host>')];
  },
});

/** Nothing where the file does not exist. */
async function look(file: string, host: HostFiles, ofProject: boolean, context: DoctorContext): Promise<readonly Finding[]> {
  const subject = `${host.title}, ${shownPath(file, context)}`;
  return (await judgeFile(file, host, ofProject, context)).map((finding) => ({ ...finding, subject }));
}

async function judgeFile(file: string, host: HostFiles, ofProject: boolean, context: DoctorContext): Promise<readonly Finding[]> {
  try {
    const read = await readWhole(file);
    if (read === undefined) return [];
    const value: unknown = read.text.trim() === '' ? {} : parseJsonText(read.text, host.comments);
    const { entries, faults } = serversIn(value, host);
    const judged = (await Promise.all(entries.map((entry) => judgeServer(entry, ofProject, context)))).flat();
    const open = !ofProject && context.platform !== 'win32' && (read.mode & READABLE_BY_OTHERS) !== 0 && judged.some(({ message }) => message.includes('in plain sight'));
    const all = [...faults, ...judged, ...(open ? [warning('others on this machine may read those secrets', `chmod 600 ${shellQuote(file)}`)] : [])];
    const count = `${entries.length === 0 ? 'no' : entries.length} server${entries.length === 1 ? '' : 's'}`;
    return all.length === 0 ? [ok(count)] : all;
  } catch (error) {
    if (error instanceof JsonTextError) return [failure(`line ${error.line}, column ${error.column}: ${error.message}`, `Until that is corrected, ${host.title} sees none of its servers.`)];
    return [warning(`it can't be read: ${reasonOf(error)}`, 'Look at who owns it, and at its mode.')];
  }
}

async function readWhole(file: string): Promise<{ text: string; mode: number } | undefined> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    const { size, mode } = await handle.stat();
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1_000_000} MB`);
    return { text: await handle.readFile('utf8'), mode };
  } finally {
    await handle.close();
  }
}

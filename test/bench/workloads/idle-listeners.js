import { openFiles } from '../machine.js';
import { subjects } from '../subjects/index.js';
import { grown } from './idle-sessions.js';

/** How many streams are open when the memory is read; the usual pattern holds a whole server for each. */
const COUNTS = { memory: [1_000, 10_000], 'sdk-stateful': [1_000] };
/** Files that a process has open beside its streams. */
const OTHER_FILES = 200;

/**
 * Resident bytes of an idle listener, by subject and number of listeners. Each has a session of its own, opened before
 * the first memory is read: only the streams are counted.
 */
export async function measureIdleListeners(bench) {
  const bytes = {};
  for (const [name, wanted] of Object.entries(COUNTS)) {
    const open = ({ url }, sessions) => bench.load.run('listen', { url, sessions });
    bytes[name] = await listen(bench, subjects[name], countsOf(bench, wanted), open);
  }
  return bytes;
}

/** The same of `subscriptions/listen` in the modern era, on a server that has done the same before: it belongs to no session. */
export function measureIdleListens(bench) {
  const open = ({ url }, sessions) => bench.load.run('listenModern', { url, count: sessions.length });
  return listen(bench, subjects.memory, countsOf(bench, COUNTS.memory), open);
}

function countsOf(bench, wanted) {
  const counts = wanted.filter((count) => count + OTHER_FILES <= openFiles());
  for (const count of wanted)
    if (!counts.includes(count)) bench.note(`${count} listeners need more open files than this machine allows`);
  return counts;
}

async function listen(bench, subject, counts, open) {
  const flags = ['--max-connections', String(Math.max(...counts) + OTHER_FILES)];
  const server = await subject.open(bench, { memory: true, flags });
  try {
    const sessions = await bench.load.run('openSessions', { url: server.url, count: Math.max(...counts) });
    const before = await server.heldMemory();
    const bytes = {};
    let opened = 0;
    for (const count of counts) {
      await open(server, sessions.slice(opened, count));
      opened = count;
      bytes[count] = grown(before, await server.heldMemory()) / count;
    }
    return bytes;
  } finally {
    await bench.load.run('hangUp');
    await server.stop();
  }
}

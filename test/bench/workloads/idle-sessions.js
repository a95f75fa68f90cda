import { subjects } from '../subjects/index.js';

/** Between which numbers of sessions the memory is compared; the usual pattern holds too much for more. */
const COUNTS = { memory: [5_000, 25_000], 'sdk-stateful': [500, 2_500], everything: [500, 2_500] };

/** Resident bytes that one more idle session takes, by subject. */
export async function measureIdleSessions(bench) {
  const bytes = {};
  for (const [name, [few, many]] of Object.entries(COUNTS)) {
    const server = await subjects[name].open(bench, { memory: true });
    const open = (count) => bench.load.run('openSessions', { url: server.url, count });
    try {
      await open(few);
      const before = await server.heldMemory();
      await open(many - few);
      bytes[name] = grown(before, await server.heldMemory()) / (many - few);
    } finally {
      await server.stop();
    }
  }
  return bytes;
}

/** What was resident already, and free, hides growth: so it counts as no less than what the heap has grown by. */
export function grown(before, after) {
  return Math.max(after.resident - before.resident, after.heap - before.heap);
}

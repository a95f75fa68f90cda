import { median } from '../measure/median.js';
import { subjects } from '../subjects/index.js';
import { calculate } from './requests.js';
import { warmUp } from './turns.js';

const CONNECTIONS = 16;

/**
 * What one `calculate` allocates, bytes, and which part of that outlives the young generation: by subject. What does has to be
 * collected with the old one, which costs most.
 */
export async function measureGarbage(bench) {
  const figures = {};
  for (const name of ['own-quiet', 'quiet', 'mcp-lite', 'sdk-stateless']) {
    await bench.attempt(name, async () => {
      const server = await subjects[name].open(bench, { allocation: true });
      try {
        const shot = { url: server.url, connections: CONNECTIONS, body: calculate(), headers: subjects[name].headers };
        await warmUp(bench, server, shot);
        const perCall = async (promoted) => {
          let calls = 0;
          const bytes = await server.allocated(promoted, async () => {
            calls = (await bench.load.run('fire', { ...shot, seconds: bench.seconds })).requests;
          });
          return bytes / calls;
        };
        const rounds = [];
        for (let round = 0; round < bench.rounds; round++) {
          const all = await perCall(false);
          rounds.push({ bytes: all, promoted: (await perCall(true)) / all });
        }
        const of = (field) => median(rounds.map((round) => round[field]));
        figures[name] = { bytes: of('bytes'), promoted: of('promoted') };
      } finally {
        await server.stop();
      }
    });
  }
  return figures;
}

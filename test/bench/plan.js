import { buildCatalog } from './subjects/build-catalog.js';
import { subjects } from './subjects/index.js';
import { installPeers } from './subjects/peers.js';
import { measureColdStart, measureHttpStart } from './workloads/cold-start.js';
import { measureCatalogCurve, measureSessionsCurve } from './workloads/curves.js';
import { measureGarbage } from './workloads/garbage.js';
import { measureIdleListeners, measureIdleListens } from './workloads/idle-listeners.js';
import { measureIdleSessions } from './workloads/idle-sessions.js';
import { measureNpx } from './workloads/npx.js';
import { takeTurns, works } from './workloads/turns.js';

export const BASE = 'express-echo';
/** What the short form needs for the rows that it is held to. */
const QUICK_SUBJECTS = [
  BASE,
  'floor',
  'floor-line',
  'mcp-lite',
  'mcp-lite-sessions',
  'sdk-stateless',
  'own-quiet',
  'own-sessions',
  'quiet',
  'stateless',
  'memory',
  'redis',
];
const QUICK_WORKS = ['calculate', 'modern calculate', 'tools/list', 'initialize'];

/** What a machine may lack, or a network: without it the run is a good one still. */
const OPTIONAL = new Set(['everything', 'npx', 'peers']);

/** What is measured once, beside the turns. */
const others = {
  idleSessions: ['memory of idle sessions', measureIdleSessions],
  idleListeners: ['memory of idle listeners', measureIdleListeners],
  idleListens: ['memory of idle listeners of 2026-07-28', measureIdleListens],
  coldStart: ['cold start of stdio', measureColdStart],
  httpStart: ['start of http', measureHttpStart],
  npx: ['cold npx of the tarball', measureNpx],
  garbage: ['garbage of a call', measureGarbage],
  catalogCurve: ['cost by the size of the catalog', measureCatalogCurve],
  sessionsCurve: ['cost by the number of sessions', measureSessionsCurve],
};

/**
 * Measures all, one thing at a time. What can't be measured here becomes a note, and `broken` names what should have been.
 * @returns the figures: `turns` with one entry for each subject, work and round, and one field for each of the others
 */
export async function measureAll(settings, { quick, only }) {
  const failed = new Set();
  const bench = { ...settings, attempt };
  await buildCatalog();
  const asked = quick ? QUICK_SUBJECTS : Object.keys(subjects);
  const names = asked.filter((name) => (only ? only.includes(name) || name === BASE : true));
  let peers = false;
  if (names.some((name) => subjects[name].peer)) {
    await attempt('peers', async () => {
      await installPeers(bench.say);
      peers = true;
    });
  }
  const here = names.filter(
    (name) => (!subjects[name].needsRedis || bench.redis !== undefined) && (!subjects[name].peer || peers),
  );
  const figures = {
    turns: await takeTurns(bench, here, quick ? QUICK_WORKS : Object.keys(works)),
  };
  if (!quick && !only) {
    for (const [key, [title, measure]] of Object.entries(others)) {
      bench.say(title);
      await attempt(key, async () => (figures[key] = await measure(bench)));
    }
  }
  return { figures, broken: [...failed].filter((name) => !OPTIONAL.has(name)) };

  /** What fails once is not tried again: the rest of the run goes on without it. */
  async function attempt(name, run) {
    if (failed.has(name)) return;
    try {
      await run();
    } catch (error) {
      failed.add(name);
      bench.note(`${subjects[name]?.title ?? others[name]?.[0] ?? name}: not measured: ${error.message}`);
    }
  }
}

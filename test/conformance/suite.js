import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SUITE = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
/**
 * The specification's revisions that are to be met, and how many scenarios the suite has for a server of each: 30 scored and 3 beside
 * them; 37 scored, 3 that are pending and 10 of the Tasks extension.
 * @type {Record<string, number>}
 */
export const REVISIONS = { '2025-11-25': 33, '2026-07-28': 50 };
/** How long one run may take, the download of the suite included, ms. */
const RUN_LIMIT_MS = 300_000;
/** Characters of the suite's output that are kept to explain a run without results. */
const KEPT_OUTPUT = 4_000;

/**
 * Runs the official conformance suite against a server. The suite needs Node 22, so npx brings that along.
 * @param {string} url
 * @param {string} revision one of {@link REVISIONS}
 * @returns {Promise<{ scenario: string, faults: string[] }[]>} by scenario, what the suite found; a warning is a fault too
 */
export async function runSuite(url, revision) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-calc-conformance-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', clean);
  try {
    const output = await npx(
      [
        '-y',
        '-p',
        'node@22',
        '-p',
        SUITE,
        'conformance',
        'server',
        '--url',
        url,
        '--requirements',
        revision,
        '-o',
        folder,
      ],
      folder,
    );
    const results = await readResults(folder);
    if (results.length === 0) throw new Error(`The conformance suite left no results:\n${output}`);
    return results;
  } finally {
    clean();
    process.off('exit', clean);
  }
}

/** The suite's exit code says only whether a scored scenario failed: the results say more. */
async function npx(args, cwd) {
  // A process group of its own: ending npx alone would leave the suite running.
  const child = spawn('npx', args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk) => (output = (output + chunk).slice(-KEPT_OUTPUT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const end = () => process.kill(-child.pid, 'SIGKILL');
  const timer = setTimeout(end, RUN_LIMIT_MS);
  process.prependOnceListener('exit', end); // before the folder goes that it writes to
  try {
    const [, signal] = await once(child, 'close');
    if (signal)
      throw new Error(`The conformance suite was ended by ${signal} (it may take ${RUN_LIMIT_MS} ms):\n${output}`);
    return output;
  } finally {
    clearTimeout(timer);
    process.off('exit', end);
  }
}

/** The suite writes `server-{scenario}-{time}/checks.json`. */
async function readResults(folder) {
  const names = (await readdir(folder)).sort();
  const results = [];
  for (const name of names) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\dZ-]+$/.exec(name)?.[1];
    if (scenario === undefined) continue;
    results.push({
      scenario,
      faults: faultsIn(await readFile(join(folder, name, 'checks.json'), 'utf8').catch(() => '')),
    });
  }
  return results;
}

function faultsIn(checks) {
  if (checks === '') return ['the scenario broke off'];
  return JSON.parse(checks)
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ id, status, errorMessage, details }) => `${status} ${id}: ${errorMessage ?? details?.message ?? ''}`);
}

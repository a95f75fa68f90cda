// Sees to it that what the tests run against is there, before the first of them: `npm test` does it, and
// `node scripts/prepare-tests.js`. It installs what is missing where that is ours to do (root, with apt-get), and else
// says in one message what to install. This is the only list of it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How long the package manager may take, for its lists and for the packages, ms. */
const LISTS_MS = 180_000;
const PACKAGES_MS = 600_000;
/** Characters of what a package manager that failed said last. */
const KEPT_OUTPUT = 2_000;

/** Any one of the programs will do. Packages are Debian's and Homebrew's. */
const NEEDED = {
  redis: { programs: ['redis-server', 'valkey-server'], debian: 'redis-server', homebrew: 'redis' },
  nginx: { programs: ['nginx'], debian: 'nginx-light', homebrew: 'nginx' },
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debian: 'chromium',
    homebrew: 'chromium',
  },
  // promtool comes with it.
  prometheus: { programs: ['prometheus'], debian: 'prometheus', homebrew: 'prometheus' },
  openssl: { programs: ['openssl'], debian: 'openssl', homebrew: 'openssl' },
  curl: { programs: ['curl'], debian: 'curl', homebrew: 'curl' },
  fish: { programs: ['fish'], debian: 'fish', homebrew: 'fish' },
  zsh: { programs: ['zsh'], debian: 'zsh', homebrew: 'zsh' },
};

/** A browser without any font measures its texts wrongly. Other systems bring some. */
const FONTS = { name: 'fonts', debian: 'fonts-liberation', folder: '/usr/share/fonts' };

/** Distributions put daemons where not everybody's PATH leads. */
const ALSO_IN = ['/usr/sbin', '/usr/local/sbin'];

/**
 * The path of a program that the tests need, or undefined.
 * @param {keyof typeof NEEDED} name
 */
export function findProgram(name, path = process.env.PATH ?? '') {
  return find(NEEDED[name].programs, path);
}

/**
 * Throws an error that names all that is missing and the command that installs it.
 * @param {{ path?: string, mayInstall?: boolean }} [options] `path`: where to look, the package manager included
 */
export function prepare({ path = process.env.PATH ?? '', mayInstall = process.getuid?.() === 0 } = {}) {
  const missing = missingIn(path);
  if (missing.length === 0) return;
  const aptGet = find(['apt-get'], path);
  const failure = mayInstall && aptGet !== undefined ? install(aptGet, missing, path) : '';
  const still = missingIn(path);
  if (still.length > 0) throw new Error(describe(still, path) + failure);
}

/** For vitest's `globalSetup`. */
export default function setup() {
  prepare();
}

function missingIn(path) {
  const missing = Object.entries(NEEDED)
    .map(([name, { programs, ...packages }]) => ({
      name: programs.slice(0, 2).join(' or '),
      found: findProgram(name, path),
      ...packages,
    }))
    .filter(({ found }) => found === undefined);
  return process.platform === 'linux' && !hasFonts() ? [...missing, FONTS] : missing;
}

function hasFonts() {
  return (
    existsSync(FONTS.folder) &&
    readdirSync(FONTS.folder, { recursive: true }).some((file) => /\.(ttf|otf|ttc)$/i.test(file))
  );
}

function install(aptGet, missing, path) {
  const packages = missing.map(({ debian }) => debian);
  console.error(`Installing what the tests need: ${packages.join(', ')}`);
  const lock = ['-o', 'DPkg::Lock::Timeout=120'];
  return (
    run(['update', '-qq'], LISTS_MS) ||
    run(['install', '-y', '-qq', '--no-install-recommends', ...lock, ...packages], PACKAGES_MS)
  );

  /** What went wrong; empty where all went well. */
  function run(args, timeout) {
    const env = { ...process.env, PATH: path, DEBIAN_FRONTEND: 'noninteractive' };
    const { status, signal, error, stdout, stderr } = spawnSync(aptGet, args, { env, encoding: 'utf8', timeout });
    if (status === 0) return '';
    const end = error?.message ?? signal ?? `code ${status}`;
    return `\nIt was tried: apt-get ${args[0]} ended with ${end}.\n${`${stdout}${stderr}`.slice(-KEPT_OUTPUT)}`;
  }
}

function describe(missing, path) {
  const names = missing.map(({ name }) => name).join(', ');
  return `The tests need what is not installed here: ${names}.\n${commandFor(missing, path)}`;
}

function commandFor(missing, path) {
  if (find(['brew'], path) !== undefined)
    return `Install it with: brew install ${missing.map(({ homebrew }) => homebrew).join(' ')}`;
  const packages = missing.map(({ debian }) => debian).join(' ');
  const command = `apt-get update && apt-get install --no-install-recommends ${packages}`;
  if (find(['apt-get'], path) !== undefined) return `Install it, as root, with: ${command}`;
  return `Install it with your package manager; on Debian, as root: ${command}`;
}

function find(programs, path) {
  const folders = [...path.split(delimiter), ...ALSO_IN].filter((folder) => folder !== '');
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    prepare();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

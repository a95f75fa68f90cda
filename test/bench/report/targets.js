import { cost, growth, ratio } from './summary.js';

/** What a curve may grow by and still be called flat: below it there is only noise. */
const FLAT = 1.15;
/** The short form fails where a figure has less than this part of its target. */
const TOLERATED = 0.8;

const atLeast = (least, unit) => ({ target: `≥ ${least} ${unit}`, score: (value) => value / least });
const atMost = (most, unit) => ({ target: `≤ ${most} ${unit}`, score: (value) => most / value });
const times = (value) => `${value.toFixed(2)} ×`;
const kilobytes = (value) => `${value.toFixed(1)} KB`;
const ofExpress = (results, work, subject) => ratio(results, work, subject);

/** A promise about the CPU time of one request as a part of another's. */
const byCpu = (title, most, of, one, other) => ({
  title,
  ...atMost(most, `× the CPU of ${of}`),
  value: (results) => cost(results, one, other),
  usual: () => undefined,
  show: times,
  quick: true,
});

/** What is promised: how each figure is found, and how far a figure is from its target (1 is on it, more is better). */
const promises = [
  ...[
    ['`calculate`, stateless, no access line', 'quiet', 'floor', 1.7, 'the floor'],
    ['`calculate`, stateless, with the access line', 'stateless', 'floor-line', 1.9, 'the floor with its line'],
    ['`calculate`, own tool, stateless', 'own-quiet', 'mcp-lite', 1.2, 'mcp-lite, JSON'],
    ['`calculate`, own tool, stateful in memory', 'own-sessions', 'mcp-lite-sessions', 1, 'mcp-lite with sessions'],
    ['`calculate`, own tool, stateless', 'own-quiet', 'quiet', 1, 'the calculator'],
    ['`calculate`, stateful, Redis, one node', 'redis', 'memory', 1.5, 'ours in memory'],
    ['`calculate`, stateful, Redis, three nodes', 'redis-3', 'redis', 1.1, 'one node'],
    ['`calculate`, stateless, 2 workers', 'workers', 'stateless', 1.15, 'one'],
  ].map(([title, subject, base, most, of]) =>
    byCpu(title, most, of, { subject, work: 'calculate' }, { subject: base }),
  ),
  byCpu(
    '20 progress events, stateful, Redis',
    1.5,
    'those without a session',
    { subject: 'redis', work: 'progress' },
    { subject: 'stateless' },
  ),
  byCpu('`tools/list`, 9 tools', 1.2, 'the floor', { subject: 'quiet', work: 'tools/list' }, { subject: 'floor' }),
  byCpu(
    '`initialize`, own tool',
    1,
    'mcp-lite with sessions',
    { subject: 'own-sessions', work: 'initialize' },
    { subject: 'mcp-lite-sessions' },
  ),
  ...[
    ['stateless', 'quiet'],
    ['stateful, memory', 'memory'],
  ].map(([title, subject]) =>
    byCpu(
      `\`calculate\` of 2026-07-28, ${title}`,
      1,
      'one of 2025-11-25',
      { subject, work: 'modern calculate' },
      { work: 'calculate' },
    ),
  ),
  {
    title: '`calculate`, stateless, full catalog',
    ...atLeast(0.75, '× bare Express'),
    value: (results) => ofExpress(results, 'calculate', 'stateless'),
    usual: (results) => ofExpress(results, 'calculate', 'sdk-stateless'),
    show: times,
    quick: true,
  },
  {
    title: '`calculate`, stateless, full catalog',
    ...atLeast(5, '× the usual pattern'),
    value: (results) => ratio(results, 'calculate', 'stateless', 'sdk-stateless'),
    usual: () => 1,
    show: times,
    quick: true,
  },
  {
    title: '`initialize`, stateful, memory',
    ...atLeast(5, '× server-everything'),
    value: (results) => ratio(results, 'initialize', 'memory', 'everything'),
    usual: (results) => ratio(results, 'initialize', 'sdk-stateful', 'everything'),
    show: times,
  },
  {
    title: 'resident memory per idle session',
    ...atMost(2, 'KB'),
    value: ({ idleSessions }) => idleSessions?.memory / 1024,
    usual: ({ idleSessions }) => idleSessions?.['sdk-stateful'] / 1024,
    show: kilobytes,
  },
  {
    title: 'resident memory per idle listener, of 10,000',
    ...atMost(24, 'KB'),
    value: ({ idleListeners }) => idleListeners?.memory['10000'] / 1024,
    usual: ({ idleListeners }) => idleListeners?.['sdk-stateful']['1000'] / 1024,
    show: kilobytes,
  },
  {
    title: 'idle `subscriptions/listen`, of 10,000',
    ...atMost(1.05, '× an idle listener'),
    value: ({ idleListens, idleListeners }) => idleListens?.['10000'] / idleListeners?.memory['10000'],
    usual: () => undefined,
    show: times,
  },
  {
    title: '`stdio` cold start to the first answer',
    ...atMost(1.6, '× `node -e 0`'),
    value: ({ coldStart }) => coldStart?.product.ratio,
    usual: ({ coldStart }) => coldStart?.sdk.ratio,
    show: times,
  },
  ...[
    ['the calculator', 'product'],
    ['own tool', 'own'],
  ].map(([title, name]) => ({
    title: `\`http\` start to the first answer, ${title}`,
    ...atMost(2.5, '× the floor'),
    value: ({ httpStart }) => httpStart?.[name].ratio,
    usual: () => undefined,
    show: times,
  })),
  {
    title: 'allocation of a call, own tool',
    ...atMost(1, '× the calculator'),
    value: ({ garbage }) => garbage?.['own-quiet'].bytes / garbage?.quiet.bytes,
    usual: ({ garbage }) => garbage?.['sdk-stateless'].bytes / garbage?.quiet.bytes,
    show: times,
  },
  {
    title: 'of it, what outlives the young generation',
    ...atMost(5, '%'),
    value: ({ garbage }) => garbage?.['own-quiet'].promoted * 100,
    usual: ({ garbage }) => garbage?.['sdk-stateless'].promoted * 100,
    show: (value) => `${value.toFixed(1)} %`,
  },
  {
    title: 'cost of a request, 500 tools against 10',
    ...atMost(FLAT, '×'),
    value: ({ catalogCurve }) => growth(catalogCurve?.stateless),
    usual: ({ catalogCurve }) => growth(catalogCurve?.['sdk-stateless']),
    show: times,
  },
  {
    title: 'cost of a request, 50,000 sessions against 10',
    ...atMost(FLAT, '×'),
    value: ({ sessionsCurve }) => growth(sessionsCurve?.memory),
    usual: () => undefined,
    show: times,
  },
];

/** The targets with what was measured; those without a figure are left out. */
export function judge(results) {
  return promises.flatMap(({ title, target, score, value, usual, show, quick = false }) => {
    const measured = value(results);
    if (!Number.isFinite(measured)) return [];
    const other = usual(results);
    return [
      {
        title,
        target,
        shown: show(measured),
        usual: Number.isFinite(other) ? show(other) : '–',
        score: score(measured),
        passed: score(measured) >= 1,
        quick,
      },
    ];
  });
}

/** The rows that the short form fails for. */
export function tooSlow(results) {
  return judge(results).filter(({ quick, score }) => quick && score < TOLERATED);
}

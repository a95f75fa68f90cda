import { median } from '../measure/median.js';

const BASE = 'express-echo';

/** The median figures of a subject at a kind of work, or undefined where there are none. */
export function figuresOf({ turns }, work, subject) {
  const own = turns.filter((turn) => turn.work === work && turn.subject === subject);
  if (own.length === 0) return undefined;
  const of = (field) => median(own.map((turn) => turn[field]));
  return { perSecond: of('perSecond'), cpuMicros: of('cpuMicros'), p50: of('p50'), p99: of('p99') };
}

/**
 * How many times as much one subject does in a second as another: the median of the rounds' own ratios, so that what
 * disturbs a round disturbs both sides. The bare Express echo is what it does with `calculate`, whatever the work.
 * @param {'perSecond' | 'cpuMicros'} field with `cpuMicros` the ratio of the costs is turned over: more is better, too
 */
export function ratio({ turns }, work, subject, base = BASE, field = 'perSecond') {
  const find = (round, name) =>
    turns.find(
      (turn) => turn.round === round && turn.subject === name && turn.work === (name === BASE ? 'calculate' : work),
    );
  const rounds = new Set(turns.map(({ round }) => round));
  const ratios = [...rounds].map((round) => {
    const [own, other] = [find(round, subject)?.[field], find(round, base)?.[field]];
    return field === 'cpuMicros' ? other / own : own / other;
  });
  return median(ratios);
}

/**
 * How many times the CPU time of another request one takes: the median of the rounds' own ratios.
 * @param {{ subject: string, work: string }} one
 * @param {{ subject?: string, work?: string }} other what differs from the one
 */
export function cost({ turns }, one, other) {
  const find = (round, { subject, work }) =>
    turns.find((turn) => turn.round === round && turn.subject === subject && turn.work === work)?.cpuMicros;
  const rounds = [...new Set(turns.map(({ round }) => round))];
  return median(rounds.map((round) => find(round, one) / find(round, { ...one, ...other })));
}

/** How much more a request costs at the last point of a curve than at the first, in CPU time. */
export function growth(points) {
  const cost = ({ cpuMicros, perSecond }) => (Number.isFinite(cpuMicros) ? cpuMicros : 1 / perSecond);
  return points && cost(points.at(-1)) / cost(points[0]);
}

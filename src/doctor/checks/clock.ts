import { defineCheck, info, ok, warning } from '../check.js';
import type { DoctorContext } from '../context.js';
import { withRedis } from '../redis-session.js';
import { isListening, redisTarget } from '../redis-target.js';

/** A Date header is cut to the second, and the way there takes its time. */
const TOLERANCE_MS = 3_000;
const ANSWER_MS = 5_000;

/** How far another clock is ahead of ours, ms. */
interface Reading {
  readonly source: string;
  readonly aheadMs: number;
}

export const clock = defineCheck({
  id: 'clock',
  title: 'Clock',
  timeoutMs: 8_000,
  async run(context, signal) {
    const readings = await Promise.all(
      [fromServer(context, signal), fromRedis(context, signal)].map((reading) => reading.catch(() => undefined)),
    );
    const found = readings.filter((reading) => reading !== undefined);
    if (found.length === 0) return [info('there is no other clock to compare with: give --url or --redis')];
    return found.map(({ source, aheadMs }) => {
      if (Math.abs(aheadMs) <= TOLERANCE_MS) return ok(`agrees with ${source}`);
      const skew = `${(Math.abs(aheadMs) / 1_000).toFixed(0)} s ${aheadMs > 0 ? 'behind' : 'ahead of'} ${source}`;
      return warning(
        `this clock is ${skew}: tokens may count as expired, or as not yet valid`,
        'Let the system keep its time: timedatectl set-ntp true (Linux), or the settings of date and time.',
      );
    });
  },
});

/** The Date header (RFC 9110 §6.6.1) of the server's origin. */
async function fromServer({ url, fetch, now }: DoctorContext, signal: AbortSignal): Promise<Reading | undefined> {
  if (url === undefined) return undefined;
  const started = now();
  const response = await fetch(url.origin, {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  });
  const theirs = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(theirs) ? undefined : { source: url.host, aheadMs: theirs + 500 - (started + now()) / 2 };
}

async function fromRedis(context: DoctorContext, signal: AbortSignal): Promise<Reading | undefined> {
  const { target } = redisTarget(context);
  if (!(await isListening(target))) return undefined;
  return withRedis(target, signal, async (call) => {
    await call('ping');
    const started = context.now();
    const reply = await call('time');
    if (!Array.isArray(reply)) return undefined;
    return {
      source: 'Redis',
      aheadMs: Number(reply[0]) * 1_000 + Number(reply[1]) / 1_000 - (started + context.now()) / 2,
    };
  });
}

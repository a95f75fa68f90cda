import { useEffect, useState } from 'preact/hooks';
import type { Traced } from '../mcp/messages.js';
import { Json } from '../ui/json.js';
import { QuestionCard } from './question.js';
import { Result } from './result.js';
import type { Run, Runner } from './run.js';

const STATE_WORDS = { running: 'Running', done: 'Answered', failed: 'Failed', cancelled: 'Cancelled' } as const;
/** How often the time of a running call is shown anew, ms. */
const TICK_MS = 100;

/** One call in one era: what it says, what it asks, what comes of it, and its wire. */
export function RunView({
  heading,
  canCut,
  runner: { run, cancel, cut },
}: {
  readonly heading: string;
  readonly canCut: boolean;
  readonly runner: Runner;
}) {
  if (!run) return null;
  const { state, progress, log, asked, result, error, trace } = run;
  const isError = state === 'done' && result?.isError === true;
  return (
    <section class="run" aria-label={`The call, ${heading}`}>
      <header>
        <h3>{heading}</h3>
        <span class={`tag ${isError ? 'bad' : state}`} role="status">
          {asked.length > 0 ? 'Waits for you' : STATE_WORDS[state]}
        </span>
        <Elapsed run={run} />
        {state === 'running' && (
          <span class="actions">
            <button type="button" class="small" onClick={cancel}>
              Cancel
            </button>
            {canCut && (
              <button
                type="button"
                class="small"
                onClick={cut}
                title="Ends the connection as a bad network does; the page comes back with Last-Event-ID"
              >
                Cut the connection
              </button>
            )}
          </span>
        )}
      </header>
      {progress && <ProgressBar run={run} />}
      {asked.map((one) => (
        <QuestionCard key={one.number} asked={one} />
      ))}
      {log.length > 0 && (
        <ul class="log" aria-label="Log of the call">
          {log.map((line, index) => (
            <li key={index}>
              <span class="tag">{String(line.level)}</span>{' '}
              {typeof line.data === 'string' ? line.data : JSON.stringify(line.data)}
            </li>
          ))}
        </ul>
      )}
      {result && <Result result={result} />}
      {error && (
        <div class="failure" role="alert">
          <p>
            {error.code !== undefined && <span class="tag bad">{error.code}</span>} {error.message}
          </p>
          {error.data !== undefined && <Json value={error.data} label="Data of the error" />}
        </div>
      )}
      <h4>On the wire</h4>
      <ol class="trace">
        {trace.map((entry, index) => (
          <Traces key={index} entry={entry} since={run.startedAt} />
        ))}
      </ol>
    </section>
  );
}

function Elapsed({ run: { startedAt, endedAt } }: { readonly run: Run }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (endedAt !== undefined) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [endedAt]);
  const ms = (endedAt ?? Math.max(now, startedAt)) - startedAt;
  return <span class="elapsed">{ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`}</span>;
}

function ProgressBar({ run: { progress, state } }: { readonly run: Run }) {
  if (!progress) return null;
  const { progress: value, total, message } = progress;
  return (
    <div class="progress">
      <progress
        max={total}
        value={total === undefined && state === 'running' ? undefined : value}
        aria-label="Progress"
      />
      <span>
        {[message, total === undefined ? value : `${Math.round((value / total) * 100)} %`].filter(Boolean).join(' · ')}
      </span>
    </div>
  );
}

const ARROWS = { out: '→', in: '←', note: '·' } as const;
const DIRECTIONS = { out: 'sent', in: 'received', note: 'note' } as const;

function Traces({ entry, since }: { readonly entry: Traced; readonly since: number }) {
  const { direction, title, headers, body, at } = entry;
  const method = (body as { method?: string } | undefined)?.method;
  const head = (
    <>
      <span class="arrow" role="img" aria-label={DIRECTIONS[direction]}>
        {ARROWS[direction]}
      </span>
      <span class="title">{title}</span>
      {method && <span class="method">{method}</span>}
      <span class="elapsed">+{at - since} ms</span>
    </>
  );
  if (headers === undefined && body === undefined) return <li class={direction}>{head}</li>;
  return (
    <li class={direction}>
      <details>
        <summary>{head}</summary>
        {headers && <HeaderList headers={headers} />}
        {body !== undefined && <Json value={body} label={title} />}
      </details>
    </li>
  );
}

export function HeaderList({ headers }: { readonly headers: Readonly<Record<string, string>> }) {
  return (
    <dl class="headers">
      {Object.entries(headers).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

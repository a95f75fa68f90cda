import { useEffect, useMemo, useState } from 'preact/hooks';
import { HeaderList } from '../try/run-view.js';
import { CopyButton } from '../ui/copy.js';
import { Json } from '../ui/json.js';
import { clock } from '../ui/time.js';
import type { WireEntry } from '../../wire/entry.js';
import type { Exchange } from './exchanges.js';
import { curlOf, matches, SHOWN } from './exchanges.js';
import type { Watch } from './watch.js';

/** The wire of all nodes, as it happens. */
export function WireView({ watch }: { readonly watch: Watch }) {
  const [filter, setFilter] = useState('');
  const [pickedId, setPicked] = useState<string>();
  const { exchanges, dropped, state, isPaused, pause, clear } = watch;
  const found = useMemo(
    () => (filter.trim() === '' ? exchanges : exchanges.filter((exchange) => matches(exchange, filter))),
    [exchanges, filter],
  );
  const picked = exchanges.find(({ id }) => id === pickedId);
  const nodes = new Set(exchanges.map(({ node }) => node));
  useEffect(() => watch.start(), []);
  return (
    <div class="wire">
      <div class="bar">
        <input
          type="search"
          placeholder="Filter: a method, a tool, a status, a word …"
          aria-label="Filter the wire"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <button type="button" aria-pressed={isPaused} onClick={() => pause(!isPaused)}>
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        <button type="button" onClick={clear}>
          Clear
        </button>
        <span class={`status ${state === 'live' && !isPaused ? 'good' : ''}`} role="status">
          {isPaused ? 'Paused' : state === 'live' ? 'Live' : 'Connecting …'}
          {nodes.size > 1 ? `, ${nodes.size} nodes` : ''}
          {dropped > 0 ? `, ${dropped} too fast to show` : ''}
        </span>
      </div>
      <div class="panes">
        <div class="table" role="region" aria-label="Requests" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Request</th>
                <th scope="col">What</th>
                <th scope="col">Status</th>
                <th scope="col" class="number">
                  ms
                </th>
                <th scope="col" class="wide">
                  Node
                </th>
              </tr>
            </thead>
            <tbody>
              {found.toReversed().map((exchange) => (
                <Row key={exchange.id} exchange={exchange} isPicked={exchange.id === pickedId} onPick={setPicked} />
              ))}
            </tbody>
          </table>
          {exchanges.length === 0 && (
            <p class="hint">Nothing yet. What goes over the wire from now on is shown here.</p>
          )}
          {exchanges.length > 0 && found.length === 0 && <p class="hint">Nothing matches the filter.</p>}
          {exchanges.length >= SHOWN && <p class="hint">The newest {SHOWN} are kept.</p>}
        </div>
        {picked ? (
          <Details exchange={picked} />
        ) : (
          <div class="empty">
            <p>Pick a request to see its headers, messages and events.</p>
          </div>
        )}
      </div>
    </div>
  );
}

const OUTCOMES = { ok: 'good', error: 'bad', open: 'running', gone: 'cancelled' } as const;

function Row({
  exchange,
  isPicked,
  onPick,
}: {
  readonly exchange: Exchange;
  readonly isPicked: boolean;
  onPick(id: string): void;
}) {
  const { id, at, node, request, answer, end, events, rpc, about, outcome } = exchange;
  return (
    <tr class={isPicked ? 'picked' : ''} onClick={() => onPick(id)}>
      <td class="quiet-text">{clock(at)}</td>
      <td>
        <button type="button" class="row" aria-pressed={isPicked} onClick={() => onPick(id)}>
          <span class="verb">{request?.method}</span> {rpc || request?.path}
        </button>
      </td>
      <td class="about">
        <bdi>{about}</bdi>
        {events.length > 0 && <span class="count">{events.length} events</span>}
      </td>
      <td>
        <span class={`tag ${OUTCOMES[outcome]}`}>{outcome === 'gone' ? 'client left' : (answer?.status ?? '…')}</span>
      </td>
      <td class="number">{end?.durationMs ?? ''}</td>
      <td class="wide quiet-text">{node.slice(0, 8)}</td>
    </tr>
  );
}

function Details({ exchange }: { readonly exchange: Exchange }) {
  const { request, answer, events, end, node } = exchange;
  return (
    <article class="detail" aria-label="The request">
      <header class="row-head">
        <h2>
          {request?.method} {request?.path}
        </h2>
        <CopyButton label="Copy as curl" text={() => curlOf(exchange, location.origin)} />
      </header>
      <p class="hint">
        Node {node}
        {end?.durationMs === undefined ? ', still open' : `, ${end.durationMs} ms`}
        {end?.gone ? ', the client left before its end' : ''}
      </p>
      {request && <Part entry={request} heading="Request" />}
      {answer && (
        <Part entry={answer} heading={`Answer ${answer.status}${answer.kind === 'open' ? ', a stream' : ''}`} />
      )}
      {events.map((event, index) => (
        <EventPart key={index} event={event} />
      ))}
    </article>
  );
}

function Part({ entry, heading }: { readonly entry: WireEntry; readonly heading: string }) {
  return (
    <section>
      <h3>
        {heading} <span class="quiet-text">{clock(entry.at)}</span>
      </h3>
      <details>
        <summary>{Object.keys(entry.headers ?? {}).length} headers</summary>
        <HeaderList headers={entry.headers ?? {}} />
      </details>
      {entry.body !== undefined && <Body text={entry.body} label={heading} />}
    </section>
  );
}

function EventPart({ event }: { readonly event: WireEntry }) {
  const words = [event.event, event.id && `id ${event.id}`, event.retry && `retry ${event.retry}`].filter(Boolean);
  return (
    <section>
      <h3>
        Event <span class="quiet-text">{[...words, clock(event.at)].join(' · ')}</span>
      </h3>
      {event.body !== undefined && <Body text={event.body} label="Event" />}
    </section>
  );
}

function Body({ text, label }: { readonly text: string; readonly label: string }) {
  try {
    return <Json value={JSON.parse(text)} label={label} />;
  } catch {
    return <pre class="text">{text}</pre>;
  }
}

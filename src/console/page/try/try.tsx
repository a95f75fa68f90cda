import { useEffect, useMemo, useState } from 'preact/hooks';
import type { About } from '../../shown.js';
import type { Era } from '../mcp/messages.js';
import { RawField } from '../schema/fields.js';
import { SchemaForm } from '../schema/form.js';
import { initialOf } from '../schema/schema.js';
import type { Connection } from './connections.js';
import { useConnections } from './connections.js';
import type { Offered } from './offer.js';
import { KINDS, requestFor } from './offer.js';
import type { Runner } from './run.js';
import { useRunner } from './run.js';
import { RunView } from './run-view.js';

type Shown = Era | 'both';
const ERA_WORDS: Readonly<Record<Shown, string>> = { legacy: 'Legacy', modern: 'Modern', both: 'Side by side' };

/** Everything that the server offers, to try. */
export function Try({ about }: { readonly about: About }) {
  const eras = about.eras as readonly Era[];
  const choices: readonly Shown[] = eras.length > 1 ? [...eras, 'both'] : eras;
  const [shown, setShown] = useState<Shown>(choices[0] ?? 'legacy');
  const [token, setToken] = useState('');
  const wanted = shown === 'both' ? eras : [shown];
  const connections = useConnections(about, wanted, token);
  const offer = wanted.map((era) => connections[era]?.offer).find((found) => found !== undefined);
  const [picked, setPicked] = useState<Offered>();
  const current = picked && (offer?.find(({ kind, name }) => kind === picked.kind && name === picked.name) ?? picked);
  return (
    <div class="try">
      <div class="bar">
        {choices.length > 1 && (
          <fieldset class="segments">
            <legend class="hidden">Era of the protocol</legend>
            {choices.map((choice) => (
              <label key={choice} class={choice === shown ? 'on' : ''}>
                <input type="radio" name="era" checked={choice === shown} onChange={() => setShown(choice)} />
                {ERA_WORDS[choice]}
              </label>
            ))}
          </fieldset>
        )}
        {wanted.map((era) => (
          <Status key={era} era={era} connection={connections[era]} />
        ))}
        {about.auth && <TokenField onToken={setToken} />}
      </div>
      <div class="panes">
        <OfferList offer={offer} picked={current} onPick={setPicked} />
        {current ? (
          <Detail key={`${current.kind} ${current.name}`} offered={current} eras={wanted} connections={connections} />
        ) : (
          <div class="empty">
            <p>Pick a tool, a resource or a prompt to try it on the real server.</p>
          </div>
        )}
      </div>
    </div>
  );
}

function Status({ era, connection }: { readonly era: Era; readonly connection: Connection | undefined }) {
  if (connection?.problem !== undefined)
    return (
      <span class="status bad" role="alert">
        {ERA_WORDS[era]}: {connection.problem}
      </span>
    );
  return (
    <span class={`status ${connection ? 'good' : ''}`} role="status">
      {connection?.client?.label ?? `${ERA_WORDS[era]}: connecting …`}
    </span>
  );
}

function TokenField({ onToken }: { onToken(token: string): void }) {
  const [typed, setTyped] = useState('');
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        onToken(typed.trim());
      }}
    >
      <label>
        Access token
        <input
          type="password"
          autocomplete="off"
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
      <button type="submit" class="small">
        Use it
      </button>
    </form>
  );
}

function OfferList({
  offer,
  picked,
  onPick,
}: {
  readonly offer: readonly Offered[] | undefined;
  readonly picked: Offered | undefined;
  onPick(offered: Offered): void;
}) {
  const [filter, setFilter] = useState('');
  const words = filter.toLowerCase().split(/\s+/);
  const found = offer?.filter(({ name, title, description }) =>
    words.every((word) => `${name} ${title} ${description}`.toLowerCase().includes(word)),
  );
  return (
    <nav class="offer" aria-label="What the server offers">
      <input
        type="search"
        placeholder="Filter"
        aria-label="Filter what the server offers"
        value={filter}
        onInput={({ currentTarget }) => setFilter(currentTarget.value)}
      />
      <div class="groups">
        {KINDS.map(({ kind, heading }) => {
          const entries = found?.filter((one) => one.kind === kind) ?? [];
          if (entries.length === 0) return null;
          return (
            <section key={kind}>
              <h2>
                {heading} <span class="count">{entries.length}</span>
              </h2>
              <ul>
                {entries.map((one) => (
                  <li key={one.name}>
                    <button
                      type="button"
                      aria-current={picked?.kind === kind && picked.name === one.name ? 'true' : undefined}
                      onClick={() => onPick(one)}
                    >
                      <bdi>{one.name}</bdi>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
        {offer?.length === 0 && <p class="hint">This server offers nothing.</p>}
        {offer && offer.length > 0 && found?.length === 0 && <p class="hint">Nothing has all of these words.</p>}
      </div>
    </nav>
  );
}

const HINTS = {
  readOnlyHint: 'reads only',
  destructiveHint: 'destructive',
  idempotentHint: 'idempotent',
  openWorldHint: 'open world',
};
const ACTIONS = { tool: 'Call the tool', resource: 'Read it', template: 'Read it', prompt: 'Get the prompt' } as const;

function Detail({
  offered,
  eras,
  connections,
}: {
  readonly offered: Offered;
  readonly eras: readonly Era[];
  readonly connections: Partial<Record<Era, Connection>>;
}) {
  const { schema, kind, name, title, description, entry } = offered;
  const [value, setValue] = useState<unknown>(() => initialOf(schema, schema) ?? {});
  const [isRaw, setRaw] = useState(false);
  const runners: Readonly<Record<Era, Runner>> = { legacy: useRunner(), modern: useRunner() };
  const hasForm = kind === 'tool' || Object.keys(schema.properties ?? {}).length > 0;
  const annotations = (entry.annotations ?? {}) as Readonly<Record<string, unknown>>;
  const ready = eras.filter((era) => connections[era]?.client);
  const shape = useMemo(() => JSON.stringify(schema), [schema]);
  useEffect(() => setValue((old: unknown) => old ?? initialOf(schema, schema)), [shape]);
  const start = () => {
    const { method, params } = requestFor(offered, value);
    for (const era of ready) {
      const client = connections[era]?.client;
      if (client) runners[era].start(client, method, params);
    }
  };
  return (
    <article class="detail">
      <header>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p class="id">
          <code>{name}</code>
          {Object.entries(HINTS).map(([hint, words]) =>
            annotations[hint] === true ? (
              <span key={hint} class={`tag ${hint === 'destructiveHint' ? 'bad' : ''}`}>
                {words}
              </span>
            ) : null,
          )}
        </p>
        {description && <p class="description">{description}</p>}
      </header>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        {hasForm && !isRaw && <SchemaForm schema={schema} value={value} onChange={setValue} />}
        {hasForm && isRaw && (
          <RawField
            label="Arguments"
            schema={schema}
            root={schema}
            value={value}
            required
            depth={0}
            onChange={setValue}
          />
        )}
        <div class="actions">
          <button type="submit" class="primary" disabled={ready.length === 0 || eras.some((era) => !connections[era])}>
            {ACTIONS[kind]}
          </button>
          {hasForm && (
            <button type="button" class="quiet" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
              {isRaw ? 'As a form' : 'As JSON'}
            </button>
          )}
        </div>
      </form>
      <div class={`runs of-${eras.length}`}>
        {eras.map((era) => (
          <RunView
            key={era}
            heading={ERA_WORDS[era]}
            canCut={connections[era]?.client?.canCut === true}
            runner={runners[era]}
          />
        ))}
      </div>
    </article>
  );
}

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Params } from '../mcp/messages.js';
import { SchemaForm } from '../schema/form.js';
import type { Schema } from '../schema/schema.js';
import { initialOf } from '../schema/schema.js';
import { Json } from '../ui/json.js';
import type { Asked } from './run.js';

/** JSON-RPC: what a client answers to a question that its person refuses (client/sampling, "Error Handling"). */
const REFUSED = { code: -1, message: 'The person at the console has refused' };

/** A question of the server's, to be answered here. It takes the focus: the call waits for it. */
export function QuestionCard({ asked: { question, answer } }: { readonly asked: Asked }) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { method, params } = question;
  const words =
    method === 'elicitation/create'
      ? 'The server asks you'
      : method === 'sampling/createMessage'
        ? 'The server asks your model'
        : 'The server asks for your folders';
  const result = (given: Params) => answer({ result: given });
  return (
    <section class="question" aria-labelledby={id}>
      <h4 id={id} ref={heading} tabIndex={-1}>
        {words}
      </h4>
      {method === 'elicitation/create' && params.mode === 'url' && <UrlQuestion params={params} onResult={result} />}
      {method === 'elicitation/create' && params.mode !== 'url' && <FormQuestion params={params} onResult={result} />}
      {method === 'sampling/createMessage' && (
        <SamplingQuestion params={params} onResult={result} onRefuse={() => answer({ error: REFUSED })} />
      )}
      {method === 'roots/list' && <RootsQuestion onResult={result} />}
    </section>
  );
}

interface Answering {
  readonly params: Params;
  onResult(result: Params): void;
}

function FormQuestion({ params, onResult }: Answering) {
  const schema = (params.requestedSchema ?? { type: 'object' }) as Schema;
  const [content, setContent] = useState<unknown>(() => initialOf(schema, schema) ?? {});
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onResult({ action: 'accept', content });
      }}
    >
      <p class="message">{String(params.message ?? '')}</p>
      <SchemaForm schema={schema} value={content} onChange={setContent} />
      <div class="actions">
        <button type="submit" class="primary">
          Accept
        </button>
        <Refusals onResult={onResult} />
      </div>
    </form>
  );
}

function UrlQuestion({ params, onResult }: Answering) {
  const url = String(params.url ?? '');
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return (
    <>
      <p class="message">{String(params.message ?? '')}</p>
      <p>
        It wants you to open this address, at <strong>{isWeb ? new URL(url).host : 'no web address'}</strong>:
      </p>
      <pre>{url}</pre>
      <div class="actions">
        {isWeb && (
          <a class="button" href={url} target="_blank" rel="noopener noreferrer">
            Open it in a new tab
          </a>
        )}
        <button type="button" class="primary" onClick={() => onResult({ action: 'accept' })}>
          Accept
        </button>
        <Refusals onResult={onResult} />
      </div>
    </>
  );
}

function Refusals({ onResult }: Pick<Answering, 'onResult'>) {
  return (
    <>
      <button type="button" onClick={() => onResult({ action: 'decline' })}>
        Decline
      </button>
      <button type="button" class="quiet" onClick={() => onResult({ action: 'cancel' })}>
        Cancel the question
      </button>
    </>
  );
}

function SamplingQuestion({ params, onResult, onRefuse }: Answering & { onRefuse(): void }) {
  const id = useId();
  const [text, setText] = useState('');
  const messages = Array.isArray(params.messages) ? (params.messages as { role: string; content: unknown }[]) : [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const content = { type: 'text', text };
        onResult({ role: 'assistant', content, model: 'a person at the console', stopReason: 'endTurn' });
      }}
    >
      {typeof params.systemPrompt === 'string' && <p class="message">{params.systemPrompt}</p>}
      {messages.map(({ role, content }, index) => (
        <div key={index} class="said">
          <span class="tag">{role}</span>
          {isText(content) ? <p class="message">{content.text}</p> : <Json value={content} />}
        </div>
      ))}
      <div class="field">
        <label for={id}>
          <span class="name">What the model says</span>
        </label>
        <textarea id={id} rows={3} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </div>
      <div class="actions">
        <button type="submit" class="primary">
          Send the answer
        </button>
        <button type="button" onClick={onRefuse}>
          Refuse
        </button>
      </div>
    </form>
  );
}

function RootsQuestion({ onResult }: Pick<Answering, 'onResult'>) {
  const id = useId();
  const [text, setText] = useState('file:///');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const uris = text.split(/\s+/).filter((uri) => uri !== '');
        onResult({ roots: uris.map((uri) => ({ uri })) });
      }}
    >
      <div class="field">
        <label for={id}>
          <span class="name">Folders, one URI a line</span>
        </label>
        <textarea
          id={id}
          class="code"
          rows={2}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      <div class="actions">
        <button type="submit" class="primary">
          Send the folders
        </button>
      </div>
    </form>
  );
}

function isText(content: unknown): content is { text: string } {
  return typeof content === 'object' && content !== null && typeof (content as { text?: unknown }).text === 'string';
}

import type { Params } from '../mcp/messages.js';
import { Json } from '../ui/json.js';

/** What a browser shows as an image of its own, or plays. */
const IMAGE = /^image\/(png|jpeg|gif|webp|avif|svg\+xml)$/;
const AUDIO = /^audio\/[\w.+-]+$/;
const BASE64 = /^[A-Za-z0-9+/=\s]*$/;

interface Block {
  readonly type?: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
  readonly uri?: string;
  readonly name?: string;
  readonly blob?: string;
  readonly resource?: Block;
}

/** A result in its own form, and whole below. */
export function Result({ result }: { readonly result: Params }) {
  const content = blocks(result.content);
  const contents = blocks(result.contents);
  const messages = Array.isArray(result.messages) ? (result.messages as { role?: string; content?: Block }[]) : [];
  return (
    <div class="result">
      {result.isError === true && <p class="tag bad">isError: for the model to read</p>}
      {content.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
      {contents.map((block, index) => (
        <BlockView key={index} block={{ type: 'resource', resource: block }} />
      ))}
      {messages.map((message, index) => (
        <div key={index} class="said">
          <span class="tag">{String(message.role)}</span>
          <BlockView block={message.content ?? {}} />
        </div>
      ))}
      {result.structuredContent !== undefined && (
        <>
          <h5>Structured content</h5>
          <Json value={result.structuredContent} label="Structured content" />
        </>
      )}
      <details>
        <summary>The whole result</summary>
        <Json value={result} label="The whole result" />
      </details>
    </div>
  );
}

function BlockView({ block }: { readonly block: Block }) {
  const { type, text, data = '', mimeType = '', resource } = block;
  if (type === 'text' && typeof text === 'string') return <pre class="text">{text}</pre>;
  if (type === 'image' && isMedia(IMAGE, mimeType, data))
    return <img src={`data:${mimeType};base64,${data}`} alt={`An image of the result (${mimeType})`} />;
  if (type === 'audio' && isMedia(AUDIO, mimeType, data))
    return (
      <audio controls src={`data:${mimeType};base64,${data}`} aria-label={`A sound of the result (${mimeType})`} />
    );
  if (type === 'resource' && resource) {
    const { uri, blob = '' } = resource;
    const ofType = resource.mimeType ?? '';
    return (
      <figure>
        <figcaption>
          <code>{String(uri)}</code> <span class="type">{ofType}</span>
        </figcaption>
        {typeof resource.text === 'string' ? (
          <pre class="text">{pretty(resource.text, ofType)}</pre>
        ) : isMedia(IMAGE, ofType, blob) ? (
          <img src={`data:${ofType};base64,${blob}`} alt={`A resource (${ofType})`} />
        ) : (
          <p>{blob.length} characters of Base64</p>
        )}
      </figure>
    );
  }
  return <Json value={block} label={`A part of the result (${type})`} />;
}

function isMedia(kinds: RegExp, mimeType: string, data: string): boolean {
  return kinds.test(mimeType) && BASE64.test(data);
}

function pretty(text: string, mimeType: string): string {
  if (!/json/.test(mimeType)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function blocks(value: unknown): readonly Block[] {
  return Array.isArray(value) ? value.filter((one): one is Block => typeof one === 'object' && one !== null) : [];
}

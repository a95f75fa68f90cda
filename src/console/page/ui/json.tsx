import { useState } from 'preact/hooks';

/** Characters of a value that are shown at once. */
const SHOWN_CHARACTERS = 20_000;

/** A value as JSON, its parts told apart by colour. */
export function Json({ value, label }: { readonly value: unknown; readonly label?: string }) {
  const [isWhole, setWhole] = useState(false);
  const text = JSON.stringify(value, null, 2) ?? 'undefined';
  const shown = isWhole ? text : text.slice(0, SHOWN_CHARACTERS);
  return (
    <div class="json">
      <pre tabIndex={0} aria-label={label}>
        {parts(shown)}
      </pre>
      {shown.length < text.length && (
        <button type="button" class="small" onClick={() => setWhole(true)}>
          Show all {text.length} characters
        </button>
      )}
    </div>
  );
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function parts(text: string) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    found.push(text.slice(from, match.index));
    const [whole, string, colon] = match;
    const kind = string === undefined ? 'literal' : colon === undefined ? 'string' : 'key';
    found.push(<span class={kind}>{whole}</span>);
    from = match.index + whole.length;
  }
  found.push(text.slice(from));
  return found;
}

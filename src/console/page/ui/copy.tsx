import { useState } from 'preact/hooks';

/** How long a button says that it has copied, ms. */
const SAID_MS = 1_500;

/** Copies a text, which is made when it is asked for. */
export function CopyButton({ label, text }: { readonly label: string; text(): string }) {
  const [said, setSaid] = useState<string>();
  const copy = async () => {
    await navigator.clipboard.writeText(text()).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow it'),
    );
    setTimeout(() => setSaid(undefined), SAID_MS);
  };
  return (
    <button type="button" class="quiet small" onClick={() => void copy()}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}

import script from './page.client.js?raw';
import style from './page.css?raw';

/** By row; a sign is called what it does, for who hears it. */
const KEYS = ['7', '8', '9', '÷', '4', '5', '6', '×', '1', '2', '3', '−', '0', '.', 'C', '+', '='];
const LABELS: Readonly<Record<string, string>> = {
  '÷': 'divide',
  '×': 'times',
  '−': 'minus',
  '+': 'plus',
  C: 'clear',
  '=': 'equals',
};

/** The panel as one page that loads nothing; its own policy lets no other script or style run in it than these two. */
export async function panelPage(): Promise<string> {
  const policy = [
    "default-src 'none'",
    `script-src ${await hashOf(script)}`,
    `style-src ${await hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const keys = KEYS.map((key) => `<button${label(key)}>${key}</button>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Calculator</title>
<style>${style}</style>
</head>
<body>
<main>
<output id="display" aria-live="polite">0</output>
<div id="keys" role="group" aria-label="Keys">${keys}</div>
</main>
<script>${script}</script>
</body>
</html>
`;
}

function label(key: string): string {
  return key in LABELS ? ` aria-label="${LABELS[key]}"` : '';
}

/** A source expression for just this text (CSP 3, §2.3.1). */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

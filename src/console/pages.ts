import type { ServerResponse } from 'node:http';
import { sendText } from '../http/send.js';

/** Only what this server serves as files: no inline script or style, and no text that a script makes into one. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  'media-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#3b4fd8"/><path d="M8 11l5 5-5 5M16 22h8" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** The page: empty until its script has run. */
export function sendPage(res: ServerResponse): void {
  sendHtml(
    res,
    200,
    page(
      '<script src="/console/app.js" type="module"></script>',
      '<div id="app"></div><noscript><main class="alone"><h1>This page needs JavaScript</h1></main></noscript>',
    ),
  );
}

/** For who has not brought the token, or brought a wrong one. */
export function sendLocked(res: ServerResponse): void {
  sendHtml(
    res,
    401,
    page(
      '',
      `<main class="alone"><h1>This console is locked</h1>
<p>It opens with the address that the server printed when it started, which holds a token:</p>
<pre>console  http://…/?token=…</pre>
<p>Where the log is not a terminal, the token is not in it: set <code>WEB_CONSOLE_TOKEN</code>, or start with <code>--open</code>.</p></main>`,
    ),
  );
}

function sendHtml(res: ServerResponse, status: number, text: string): void {
  sendText(res, status, 'text/html; charset=utf-8', text, {
    'Content-Security-Policy': POLICY,
    'Cache-Control': 'no-store',
  });
}

function page(head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>mcp-calc console</title>
<link rel="icon" type="image/svg+xml" href="/console/icon.svg">
<link rel="stylesheet" href="/console/app.css">
${head}
</head>
<body>
${body}
</body>
</html>
`;
}

import { KNOWN_USERS, USER_NAME_LENGTH, USER_NAME_PATTERN } from './user.js';

/** Characters of a client's name that are shown. */
const SHOWN_NAME_LENGTH = 80;
/** Characters of what is wrong with a request. */
const SHOWN_PROBLEM_LENGTH = 500;

export interface LoginPage {
  readonly nonce: string;
  readonly state: string;
  readonly clientName: string | undefined;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly resource: string;
  /** What the client asks for, in words. */
  readonly scopes: readonly string[];
  /** What was typed and what is wrong with it, where the page is shown once more. */
  readonly problem?: { readonly typed: string; readonly text: string };
}

/** The page on which a person picks or makes up a user, sees who asks for what, and decides. Works without script. */
export function loginPage({
  nonce,
  state,
  clientName,
  clientId,
  redirectUri,
  resource,
  scopes,
  problem,
}: LoginPage): string {
  const name = clientName?.trim() === '' ? undefined : clientName?.trim().slice(0, SHOWN_NAME_LENGTH);
  return page(
    nonce,
    'Sign in',
    html`
    <h1>Sign in to continue</h1>
    <p class="lead"><strong><bdi>${name ?? 'An application without a name'}</bdi></strong> would like to use <strong>mcp-calc</strong> for you.</p>
    <form method="post" action="/fakeupstreamauth/authorize" data-login data-name-pattern="${USER_NAME_PATTERN}">
      <input type="hidden" name="state" value="${state}">
      <fieldset>
        <legend>Who are you?</legend>
        <div class="users" data-users>${KNOWN_USERS.map((user, index) => choice(user, index === 0))}</div>
        <label class="made-up" for="name">Someone else
          <input id="name" name="name" type="text" maxlength="${USER_NAME_LENGTH}" autocomplete="off" spellcheck="false" placeholder="Type any name"${problem && html` value="${problem.typed}" aria-invalid="true" aria-describedby="problem"`}>
        </label>
        ${problem && html`<p class="problem" id="problem" role="alert">${problem.text}</p>`}
      </fieldset>
      <section class="asked" aria-labelledby="asked">
        <h2 id="asked">This will allow it to</h2>
        <ul>${scopes.map((scope) => html`<li>${tick}<span>${scope}</span></li>`)}</ul>
        <dl>
          <div><dt>At</dt><dd>${resource}</dd></div>
          <div><dt>Then returns to</dt><dd>${placeOf(redirectUri)}</dd></div>
          ${/^https?:/.test(clientId) ? html`<div><dt>Described at</dt><dd>${placeOf(clientId)}</dd></div>` : undefined}
        </dl>
      </section>
      <div class="actions">
        <button class="primary" type="submit" name="decision" value="allow">Allow</button>
        <button type="submit" name="decision" value="deny" formnovalidate>Cancel</button>
      </div>
    </form>`,
  );
}

/** What a person sees whose flow has expired, was finished already, or began in another browser. */
export function failurePage(nonce: string): string {
  return page(
    nonce,
    'Sign-in expired',
    html`
    <h1>This sign-in can’t go on</h1>
    <p class="lead">It has expired, was finished already, or began in another browser. Cookies must be allowed for this page.</p>
    <p class="lead">Go back to the application and connect again.</p>`,
  );
}

/** What a person sees whose application has asked wrongly. It is sent nowhere unless that person follows the link. */
export function refusedPage(nonce: string, back: string, problem: string): string {
  return page(
    nonce,
    'Sign-in refused',
    html`
    <h1>This sign-in can’t begin</h1>
    <p class="lead">The application has asked in a way that this server does not accept: <bdi>${problem.slice(0, SHOWN_PROBLEM_LENGTH)}</bdi></p>
    <p class="lead"><a href="${back}" rel="noreferrer">Return to ${placeOf(back)}</a> and let it know, if that is where you came from.</p>`,
  );
}

function page(nonce: string, title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${title} · mcp-calc</title>
  <link rel="icon" type="image/svg+xml" href="/fakeupstreamauth/icon.svg">
  <link rel="stylesheet" href="/fakeupstreamauth/login.css" nonce="${nonce}">
  <script src="/fakeupstreamauth/login.js" nonce="${nonce}" defer></script>
</head>
<body>
  <main>
    <div class="brand">${logo}<span>mcp-calc</span></div>
    ${content}
  </main>
  <footer>A sign-in for demonstrations: it asks for no password and believes every name.</footer>
</body>
</html>
`.text;
}

function choice(user: string, checked: boolean): Html {
  const initials = user
    .split(' ')
    .map((part) => part.charAt(0))
    .join('');
  return html`<label class="user"><input type="radio" name="user" value="${user}"${checked ? html` checked` : undefined}><span class="initials" aria-hidden="true">${initials}</span><span>${user}</span></label>`;
}

/** Host and port, or the scheme of an application. */
function placeOf(address: string): string {
  const { host, protocol } = new URL(address);
  return /^https?:$/.test(protocol) ? host : `an application on this device (${protocol})`;
}

/** Markup that is safe to send: made by {@link html} alone. */
class Html {
  constructor(readonly text: string) {}
}

/** A template whose values are escaped, unless they are markup themselves; lists are joined, and undefined is nothing. */
function html(
  strings: TemplateStringsArray,
  ...values: (string | number | Html | readonly Html[] | undefined)[]
): Html {
  return new Html(String.raw({ raw: strings }, ...values.map(written)));
}

function written(value: string | number | Html | readonly Html[] | undefined): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((item) => item.text).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const tick = html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

const keys = [18, 24.5].flatMap((y) => [10.5, 16, 21.5].map((x) => html`<circle cx="${x}" cy="${y}" r="1.9"/>`));
const shape = html`<rect x="3" y="1" width="26" height="30" rx="6"/><g fill="#fff"><rect x="8" y="6" width="16" height="6" rx="2"/>${keys}</g>`;
const logo = html`<svg viewBox="0 0 32 32" width="32" height="32" fill="currentColor" aria-hidden="true">${shape}</svg>`;

/** The icon of the page, served as a file. */
export const LOGIN_ICON =
  html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="#3b4fd8">${shape}</svg>`.text;

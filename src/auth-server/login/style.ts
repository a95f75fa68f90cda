/** The style of the login page, served as a file. */
export const LOGIN_STYLE = `:root {
  color-scheme: light dark;
  --ground: #f3f4f8; --card: #fff; --line: #dfe2ea; --text: #171a23; --quiet: #596072; --accent: #3b4fd8; --accent-strong: #2c3db8;
  --on-accent: #fff; --tint: #eef0fe; --bad: #b3261e; --good: #1a7f4b; --shadow: 0 1px 2px rgb(20 24 40 / 6%), 0 12px 32px rgb(20 24 40 / 9%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1117; --card: #181b24; --line: #2d3240; --text: #eceef5; --quiet: #9aa2b6; --accent: #8a9bff; --accent-strong: #a5b2ff;
    --on-accent: #10131c; --tint: #22273a; --bad: #ff8a80; --good: #5fd39a; --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 12px 32px rgb(0 0 0 / 45%);
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; padding: 24px 16px; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 20px;
  background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { width: 100%; max-width: 440px; padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shadow); }
.brand { display: flex; align-items: center; gap: 10px; margin-bottom: 24px; color: var(--accent); font-weight: 650; }
.brand span { color: var(--text); }
@media (prefers-color-scheme: dark) { .brand svg g { fill: var(--card); } }
h1 { margin: 0 0 8px; font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 0 0 8px; font-size: 14px; font-weight: 600; color: var(--quiet); }
.lead { margin: 0 0 20px; color: var(--quiet); overflow-wrap: anywhere; }
.lead:last-child { margin-bottom: 0; }
.lead strong { color: var(--text); font-weight: 600; }
fieldset { margin: 0 0 20px; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; margin-bottom: 8px; font-size: 14px; font-weight: 600; color: var(--quiet); }
.users { display: grid; gap: 8px; }
.user {
  display: flex; align-items: center; gap: 12px; min-height: 52px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 10px; cursor: pointer;
  overflow-wrap: anywhere;
}
.user:hover { border-color: var(--accent); }
.user:has(input:checked) { border-color: var(--accent); background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent); }
.user input { margin: 0; width: 18px; height: 18px; flex: none; accent-color: var(--accent); }
.initials {
  flex: none; width: 34px; height: 34px; border-radius: 50%; display: grid; place-items: center; background: var(--tint); color: var(--accent-strong);
  font-size: 13px; font-weight: 650;
}
.user:has(input:checked) .initials { background: var(--accent); color: var(--on-accent); }
.forget { margin-left: auto; width: 36px; height: 36px; flex: none; padding: 0; border: 0; border-radius: 8px; background: none; color: var(--quiet); font-size: 20px; line-height: 1; }
.forget:hover { background: var(--line); color: var(--text); }
.made-up { display: block; margin-top: 16px; font-size: 14px; font-weight: 600; color: var(--quiet); }
.made-up input {
  display: block; width: 100%; min-height: 48px; margin-top: 6px; padding: 10px 12px; border: 1px solid var(--line); border-radius: 10px; background: var(--card);
  color: var(--text); font: inherit; font-size: 16px; font-weight: 400;
}
.made-up input::placeholder { color: var(--quiet); opacity: 1; }
.made-up input[aria-invalid] { border-color: var(--bad); }
.problem { margin: 8px 0 0; color: var(--bad); font-size: 14px; }
.asked { margin-bottom: 24px; padding: 16px; border: 1px solid var(--line); border-radius: 10px; }
.asked ul { margin: 0 0 14px; padding: 0; list-style: none; display: grid; gap: 8px; }
.asked li { display: flex; gap: 10px; align-items: flex-start; }
.asked svg { flex: none; margin-top: 4px; color: var(--good); }
dl { margin: 0; padding-top: 12px; border-top: 1px solid var(--line); display: grid; gap: 4px; font-size: 13px; }
dl div { display: grid; grid-template-columns: 112px 1fr; gap: 8px; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.actions { display: grid; grid-template-columns: 1fr 2fr; gap: 10px; }
.actions button { min-height: 48px; padding: 10px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: var(--text); font-weight: 600; }
.actions button:hover { border-color: var(--quiet); }
.actions .primary { order: 1; border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.actions .primary:hover { border-color: var(--accent-strong); background: var(--accent-strong); }
button { font: inherit; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { max-width: 440px; color: var(--quiet); font-size: 13px; text-align: center; }
@media (max-width: 480px) {
  body { padding: 16px; justify-content: flex-start; }
  main { padding: 24px 20px; }
}
`;

import { useEffect, useRef, useState } from 'preact/hooks';
import type { About } from '../shown.js';
import { about as readAbout } from './api.js';
import { Sessions } from './sessions/sessions.js';
import { Try } from './try/try.js';
import { useWatch } from './wire/watch.js';
import { WireView } from './wire/wire.js';

const TABS = ['try', 'wire', 'sessions'] as const;
type Tab = (typeof TABS)[number];
const TAB_WORDS: Readonly<Record<Tab, string>> = { try: 'Try', wire: 'Wire', sessions: 'Sessions' };

/** The whole page. */
export function App() {
  const [about, setAbout] = useState<About>();
  const [problem, setProblem] = useState<string>();
  const [tab, setTab] = useState<Tab>(tabInAddress());
  const watch = useWatch(() => setProblem('This page is locked: open the address that the server printed'));
  useEffect(() => {
    readAbout().then(setAbout, (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
    const follow = () => setTab(tabInAddress());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return (
    <>
      <header class="top">
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M8 11l5 5-5 5M16 22h8" />
        </svg>
        <h1>
          mcp-calc <span>console</span>
        </h1>
        <Tabs tab={tab} onTab={(wanted) => (location.hash = wanted)} />
        <span class="about">{about && `${about.version} · node ${about.node.slice(0, 8)}`}</span>
      </header>
      {problem !== undefined && (
        <p class="failure" role="alert">
          {problem}
        </p>
      )}
      {about && (
        <main>
          {/* What is being tried goes on while another part is shown. */}
          <div id="panel-try" role="tabpanel" aria-labelledby="tab-try" hidden={tab !== 'try'}>
            <Try about={about} />
          </div>
          {tab !== 'try' && (
            <div id={`panel-${tab}`} role="tabpanel" aria-labelledby={`tab-${tab}`}>
              {tab === 'wire' ? <WireView watch={watch} /> : <Sessions about={about} />}
            </div>
          )}
        </main>
      )}
    </>
  );
}

function tabInAddress(): Tab {
  return TABS.find((tab) => location.hash === `#${tab}`) ?? 'try';
}

/** Tabs as the ARIA practices have them: arrows move, and what has the focus is shown. */
function Tabs({ tab, onTab }: { readonly tab: Tab; onTab(tab: Tab): void }) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? 'try';
    onTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Parts of the console" ref={list} onKeyDown={move}>
      {TABS.map((one) => (
        <button
          key={one}
          id={`tab-${one}`}
          type="button"
          role="tab"
          aria-selected={one === tab}
          aria-controls={`panel-${one}`}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => onTab(one)}
        >
          {TAB_WORDS[one]}
        </button>
      ))}
    </div>
  );
}

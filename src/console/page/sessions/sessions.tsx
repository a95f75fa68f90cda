import { useEffect, useState } from 'preact/hooks';
import type { About, ShownSession, ShownSessions } from '../../shown.js';
import { endSession, sessions as readSessions } from '../api.js';
import { span } from '../ui/time.js';

/** How often the list is read anew, ms. */
const REFRESH_MS = 2_000;

/** Columns that a narrow page leaves out. */
const ROOMY = ['Protocol', 'Node', 'Idle'];

/** The sessions of all nodes. */
export function Sessions({ about }: { readonly about: About }) {
  const [shown, setShown] = useState<ShownSessions>();
  const [problem, setProblem] = useState<string>();
  const [said, setSaid] = useState('');
  const take = (found: ShownSessions) => {
    setShown(found);
    setProblem(undefined);
  };
  const fail = (error: unknown) => setProblem(error instanceof Error ? error.message : String(error));
  useEffect(() => {
    const read = () => void readSessions().then(take, fail);
    read();
    const timer = setInterval(read, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const end = ({ key, id }: ShownSession) =>
    void endSession(key).then((found) => {
      take(found);
      setSaid(`Session ${id} has ended`);
    }, fail);
  const keepsNone = !about.stateful && !about.sse;
  return (
    <div class="sessions">
      <div class="bar">
        <span class="status" role="status">
          {said ||
            (shown ? `${shown.open} open, ${about.storage === 'redis' ? 'in Redis, of all nodes' : 'in memory'}` : '')}
        </span>
        {problem !== undefined && (
          <span class="status bad" role="alert">
            {problem}
          </span>
        )}
      </div>
      {keepsNone && <p class="hint">This server is stateless: there are no sessions.</p>}
      {shown && !keepsNone && (
        <div class="table" role="region" aria-label="Sessions" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {['Session', 'Client', 'Protocol', 'Owner', 'Node'].map((heading) => (
                  <th key={heading} scope="col" class={ROOMY.includes(heading) ? 'roomy' : ''}>
                    {heading}
                  </th>
                ))}
                {['Age', 'Idle', 'Requests'].map((heading) => (
                  <th key={heading} scope="col" class={`number ${ROOMY.includes(heading) ? 'roomy' : ''}`}>
                    {heading}
                  </th>
                ))}
                <th scope="col">
                  <span class="hidden">End</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.sessions.map((session) => (
                <tr key={session.key}>
                  <td>
                    <code>{session.id}</code>
                  </td>
                  <td>
                    <bdi>{session.client || 'unnamed'}</bdi> <span class="quiet-text">{session.version}</span>
                  </td>
                  <td class="roomy">{session.protocol}</td>
                  <td>
                    <bdi>{session.owner ?? ''}</bdi>
                    {session.owner === undefined && <span class="quiet-text">nobody</span>}
                  </td>
                  <td class="quiet-text roomy">
                    {session.node?.slice(0, 8) ?? (about.storage === 'redis' ? 'any' : 'this one')}
                  </td>
                  <td class="number">{span(Date.now() - session.createdAt)}</td>
                  <td class="number roomy">{span(Date.now() - session.lastActivity)}</td>
                  <td class="number">{session.requests}</td>
                  <td>
                    <button
                      type="button"
                      class="small danger"
                      aria-label={`End session ${session.id}`}
                      onClick={() => end(session)}
                    >
                      End
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {shown.sessions.length === 0 && <p class="hint">No session is open.</p>}
          {shown.open > shown.sessions.length && shown.sessions.length > 0 && (
            <p class="hint">The {shown.sessions.length} that were used last are shown.</p>
          )}
        </div>
      )}
    </div>
  );
}

import { Agent, request } from 'node:http';
import { post } from '../../workloads/headers.js';
import { initialize } from '../../workloads/requests.js';

const CONNECTIONS = 30;
const ANSWER_LIMIT_MS = 10_000;

/** Opens sessions and gives back their ids. */
export async function openSessions({ url, count, headers }) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const ids = [];
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const answer = await exchange(url, agent, initialize(headers), post(undefined, headers));
      const id = answer.headers['mcp-session-id'];
      if (id === undefined) throw new Error('An initialize was answered without a session id');
      ids.push(id);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONNECTIONS, count) }, worker));
    return ids;
  } finally {
    agent.destroy();
  }
}

/** One request: its answer's text, whatever form it has. */
export async function ask({ url, body, headers, session }) {
  const { text } = await exchange(url, false, body, post(session, headers));
  return text;
}

function exchange(url, agent, body, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent, timeout: ANSWER_LIMIT_MS }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      res.once('end', () =>
        res.statusCode === 200
          ? resolve({ headers: res.headers, text })
          : reject(new Error(`${res.statusCode}: ${text}`)),
      );
      res.once('error', reject);
    });
    sent.once('timeout', () => sent.destroy(new Error('No answer in time')));
    sent.once('error', reject);
    sent.end(body);
  });
}

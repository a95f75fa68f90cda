// A server at the edge: notes that a person keeps, in a Durable Object. Stateless in both eras, so that any place may answer.
import { createFetchHandler, defineCatalog, defineTool } from 'mcp-calc/fetch';

/** @param notes where notes are kept: `get(key)` and `put(key, text)` */
const catalogOf = (notes) =>
  defineCatalog({
    name: 'edge-notes',
    version: '1.0.0',
    tools: [
      defineTool({
        name: 'remember',
        title: 'Remember',
        description: 'Keeps a note under a name.',
        inputSchema: {
          type: 'object',
          properties: { name: { type: 'string', maxLength: 100 }, text: { type: 'string', maxLength: 10_000 } },
          required: ['name', 'text'],
        },
        annotations: { idempotentHint: true },
        async handler({ name, text }) {
          await notes.put(name, text);
          return { content: [{ type: 'text', text: `Kept ${name}` }] };
        },
      }),
      defineTool({
        name: 'recall',
        title: 'Recall',
        description: 'Reads a note.',
        inputSchema: { type: 'object', properties: { name: { type: 'string', maxLength: 100 } }, required: ['name'] },
        annotations: { readOnlyHint: true },
        async handler({ name }) {
          const text = await notes.get(name);
          if (text === undefined)
            return { content: [{ type: 'text', text: `There is no note ${name}` }], isError: true };
          return { content: [{ type: 'text', text }] };
        },
      }),
    ],
  });

let mcp;

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname !== '/mcp') return new Response('The server is at /mcp', { status: 404 });
    mcp ??= createFetchHandler(catalogOf(notesIn(env.NOTES)));
    return mcp(request, context);
  },
};

/** The notes of all places: one Durable Object, which is asked over its `fetch`. */
function notesIn(namespace) {
  // A stub belongs to the request that it was made for.
  const object = () => namespace.get(namespace.idFromName('all'));
  const at = (key) => `http://notes/${encodeURIComponent(key)}`;
  return {
    put: async (key, text) => void (await object().fetch(at(key), { method: 'PUT', body: text })),
    async get(key) {
      const answer = await object().fetch(at(key));
      const text = await answer.text();
      return answer.ok ? text : undefined;
    },
  };
}

export class Notes {
  constructor(state) {
    this.storage = state.storage;
  }

  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (request.method === 'PUT') {
      await this.storage.put(pathname, await request.text());
      return new Response(null, { status: 204 });
    }
    const text = await this.storage.get(pathname);
    return new Response(text ?? '', { status: text === undefined ? 404 : 200 });
  }
}

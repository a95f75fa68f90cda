// An issue tracker: search, create, close, and delete many at once, which a person has to confirm.
import { defineCatalog, definePrompt, defineResource, defineResourceTemplate, defineTool, ToolError } from 'mcp-calc';
import { z } from 'zod';

/** Issues that one call may delete. */
const DELETED_AT_ONCE = 50;
/** Issues that are listed as resources: the newest. */
const LISTED = 20;
/** The largest id that both databases have. */
const LARGEST_ID = 2_147_483_647;

const store = await openStore(process.env.DATABASE_URL ?? 'issues.db');

/** @param where a URL of Postgres, or the path of a file for SQLite */
async function openStore(where) {
  if (/^postgres(ql)?:/.test(where)) return (await import('./store/postgres.js')).openPostgres(where);
  return (await import('./store/sqlite.js')).openSqlite(where);
}

const Issue = z.object({
  id: z.int(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['open', 'closed']),
  created_at: z.string(),
});
const Id = z.int().min(1).max(LARGEST_ID);
const State = z.enum(['open', 'closed']);

const line = ({ id, state, title }) => `#${id} [${state}] ${title}`;
const result = (text, structuredContent) => ({ content: [{ type: 'text', text }], structuredContent });
/** What contains the words, wherever; `%` and `_` mean themselves. */
const containing = (words) => `%${words.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

const searchIssues = defineTool({
  name: 'search_issues',
  title: 'Search issues',
  description: 'Finds issues by words of their title or text, the newest first. Without words it finds all.',
  annotations: { readOnlyHint: true, openWorldHint: false },
  inputSchema: z.object({
    words: z.string().max(200).default(''),
    state: State.optional().describe('Only issues in this state'),
    limit: z.int().min(1).max(100).default(20),
  }),
  outputSchema: z.object({ issues: z.array(Issue) }),
  async handler({ words, state, limit }) {
    const issues = await store.search({ pattern: containing(words), state, limit });
    return result(issues.map(line).join('\n') || 'Nothing was found.', { issues });
  },
});

const createIssue = defineTool({
  name: 'create_issue',
  title: 'Create an issue',
  description: 'Creates an issue, and answers with it and a link to it.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  inputSchema: z.object({ title: z.string().trim().min(1).max(200), body: z.string().max(10_000).default('') }),
  outputSchema: Issue,
  async handler({ title, body }, { resourceListChanged }) {
    const issue = await store.create({ title, body });
    await resourceListChanged();
    const link = { type: 'resource_link', uri: `issue://${issue.id}`, name: `#${issue.id}`, title: issue.title };
    return { content: [{ type: 'text', text: `Created ${line(issue)}` }, link], structuredContent: issue };
  },
});

const closeIssue = defineTool({
  name: 'close_issue',
  title: 'Close an issue',
  description: 'Closes an issue. One that is closed already stays so.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  inputSchema: z.object({ id: Id }),
  outputSchema: Issue,
  async handler({ id }, { resourceUpdated }) {
    const issue = await store.close(id);
    if (!issue) throw new ToolError(`There is no issue #${id}: look for it with search_issues.`);
    await resourceUpdated(`issue://${id}`);
    return result(`Closed ${line(issue)}`, issue);
  },
});

const deleteIssues = defineTool({
  name: 'delete_issues',
  title: 'Delete issues',
  description: `Deletes the issues that contain these words, at most ${DELETED_AT_ONCE}, once a person has agreed. It can't be undone.`,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  // Without somebody to ask, nothing is deleted.
  asks: ['elicitation'],
  inputSchema: z.object({ words: z.string().min(1).max(200), state: State.optional() }),
  async handler({ words, state }, { elicit, step, resourceListChanged }) {
    // In the modern era the handler is entered again with the answer: what a person agrees to is what was found before the question,
    // and not what somebody has created meanwhile.
    const issues = await step('find', () =>
      store.search({ pattern: containing(words), state, limit: DELETED_AT_ONCE }),
    );
    if (issues.length === 0) throw new ToolError(`Nothing contains "${words}".`);
    const answer = await elicit(`Delete ${issues.length} issues for good?\n${issues.map(line).join('\n')}`, {
      type: 'object',
      properties: { sure: { type: 'boolean', title: 'Yes, delete them', default: false } },
      required: ['sure'],
    });
    if (answer.action !== 'accept' || answer.content.sure !== true)
      return { content: [{ type: 'text', text: 'Nothing was deleted.' }] };
    // Every step of a destructive tool is taken once, however often a client sends the same answer.
    const count = await step('delete', () => store.remove(issues.map(({ id }) => id)));
    await resourceListChanged();
    return { content: [{ type: 'text', text: `Deleted ${count} issues.` }] };
  },
});

const issue = defineResourceTemplate({
  uriTemplate: 'issue://{id}',
  name: 'issue',
  title: 'An issue',
  description: `An issue as JSON; the newest ${LISTED} are listed`,
  mimeType: 'application/json',
  listChanges: true,
  async list() {
    const issues = await newest();
    return issues.map(({ id, title }) => ({
      uri: `issue://${id}`,
      name: `#${id}`,
      title,
      mimeType: 'application/json',
    }));
  },
  complete: {
    id: async (typed) => (await newest()).map(({ id }) => String(id)).filter((id) => id.startsWith(typed)),
  },
  async read(uri, { id }) {
    const number = Id.safeParse(Number(id));
    const found = number.success ? await store.get(number.data) : undefined;
    return found && { uri, mimeType: 'application/json', text: JSON.stringify(found) };
  },
});

const newest = () => store.search({ pattern: '%', limit: LISTED });

const deletions = defineResource({
  uri: 'issues://deletions',
  name: 'deletions',
  title: 'Deletions',
  description: 'When which issues were deleted',
  mimeType: 'application/json',
  changes: false,
  read: async (uri) => ({ uri, mimeType: 'application/json', text: JSON.stringify(await store.deletions()) }),
});

const triage = definePrompt({
  name: 'triage',
  title: 'Triage',
  description: 'Goes through the open issues',
  get: async () => {
    const open = await store.search({ pattern: '%', state: 'open', limit: LISTED });
    const text = `Which of these issues belong together, and which come first?\n${open.map(line).join('\n')}`;
    return { messages: [{ role: 'user', content: { type: 'text', text } }] };
  },
});

export default defineCatalog({
  name: 'issue-tracker',
  title: 'Issue tracker',
  version: '1.0.0',
  tools: [searchIssues, createIssue, closeIssue, deleteIssues],
  resources: [deletions],
  resourceTemplates: [issue],
  prompts: [triage],
});

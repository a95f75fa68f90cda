import Database from 'better-sqlite3';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS issues (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    created_at TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS deletions (at TEXT NOT NULL, ids TEXT NOT NULL);`;

/** Issues in a file. What callers say goes into the statements as parameters, never as text. */
export function openSqlite(file) {
  const database = new Database(file);
  // Several processes may have it open: readers and one writer do not wait for each other.
  database.pragma('journal_mode = WAL');
  database.pragma('busy_timeout = 5000');
  database.exec(SCHEMA);

  const insert = database.prepare('INSERT INTO issues (title, body, created_at) VALUES (?, ?, ?) RETURNING *');
  const byId = database.prepare('SELECT * FROM issues WHERE id = ?');
  const found = database.prepare(
    `SELECT * FROM issues
     WHERE (title LIKE @pattern ESCAPE '\\' OR body LIKE @pattern ESCAPE '\\') AND (@state IS NULL OR state = @state)
     ORDER BY id DESC LIMIT @limit`,
  );
  const close = database.prepare(`UPDATE issues SET state = 'closed' WHERE id = ? RETURNING *`);
  const remove = database.prepare('DELETE FROM issues WHERE id IN (SELECT value FROM json_each(?))');
  const note = database.prepare('INSERT INTO deletions (at, ids) VALUES (?, ?)');
  const noted = database.prepare('SELECT at, ids FROM deletions ORDER BY at');
  const removeAll = database.transaction((ids) => {
    const { changes } = remove.run(JSON.stringify(ids));
    note.run(new Date().toISOString(), JSON.stringify(ids));
    return changes;
  });

  return {
    create: async ({ title, body }) => insert.get(title, body, new Date().toISOString()),
    get: async (id) => byId.get(id),
    search: async ({ pattern, state, limit }) => found.all({ pattern, state: state ?? null, limit }),
    close: async (id) => close.get(id),
    remove: async (ids) => removeAll(ids),
    deletions: async () => noted.all().map(({ at, ids }) => ({ at, ids: JSON.parse(ids) })),
  };
}

import pg from 'pg';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS issues (
    id INTEGER PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    created_at TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS deletions (at TEXT NOT NULL, ids INTEGER[] NOT NULL);`;

/** Issues in Postgres. What callers say goes into the statements as parameters, never as text. */
export async function openPostgres(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 5_000, statement_timeout: 10_000 });
  // An idle connection that is lost is made anew with the next query; without a listener it would end the process.
  pool.on('error', (error) => console.error('Postgres:', error.message));
  // Of several nodes that start at once, one makes the tables.
  await inTransaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(1453)');
    await client.query(SCHEMA);
  });

  const rows = async (text, values) => (await pool.query(text, values)).rows;

  return {
    async create({ title, body }) {
      const values = [title, body, new Date().toISOString()];
      const [issue] = await rows(
        'INSERT INTO issues (title, body, created_at) VALUES ($1, $2, $3) RETURNING *',
        values,
      );
      return issue;
    },
    get: async (id) => (await rows('SELECT * FROM issues WHERE id = $1', [id]))[0],
    search: ({ pattern, state, limit }) =>
      rows(
        `SELECT * FROM issues
         WHERE (title ILIKE $1 ESCAPE '\\' OR body ILIKE $1 ESCAPE '\\') AND ($2::text IS NULL OR state = $2)
         ORDER BY id DESC LIMIT $3`,
        [pattern, state ?? null, limit],
      ),
    close: async (id) => (await rows(`UPDATE issues SET state = 'closed' WHERE id = $1 RETURNING *`, [id]))[0],
    remove: (ids) =>
      inTransaction(async (client) => {
        const { rowCount } = await client.query('DELETE FROM issues WHERE id = ANY($1)', [ids]);
        await client.query('INSERT INTO deletions (at, ids) VALUES ($1, $2)', [new Date().toISOString(), ids]);
        return rowCount;
      }),
    deletions: () => rows('SELECT at, ids FROM deletions ORDER BY at'),
  };

  async function inTransaction(work) {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      // The connection goes, and with it the transaction, whatever state it is in.
      client.release(true);
      throw error;
    }
  }
}

import { execFile } from 'node:child_process'
import { access, glob, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const columns = `transaction_id, card_id, card_bin, card_last4, amount_minor, currency, merchant_id,
    merchant_name, merchant_category, terminal_id, entry_mode, latitude, longitude, country, occurred_at, received_at`
const values = `:card || :client_id, '400000', '0002', :amount, 'EUR', 'M-20417',
    'Cafe Central', '5812', 'T-7', 'chip', 48.2104, 16.3655, 'AT', now(), now()`

/** The rows of one swipe in one statement and one commit. Times, ids and keys are made by the server, which costs it less than reading them. */
const scripts = {
  /** In the plainest way there is: what the database can do at best, one swipe a commit. */
  plain: `WITH stored AS (
  INSERT INTO transactions (${columns}) VALUES (uuidv7(), ${values}) RETURNING transaction_id, card_id
), kept AS (
  INSERT INTO idempotency_keys (client, key, fingerprint, transaction_id, expires_at)
  SELECT 'pgbench', transaction_id::text, :fingerprint, transaction_id, now() + interval '1 day' FROM stored
)
INSERT INTO outbox (topic, key, value, headers) SELECT :topic, card_id, :value::bytea, :headers::jsonb FROM stored;
`,
  /** With what the API promises for an Idempotency-Key: the statement that it would use if it stored each swipe by itself. */
  promises: `WITH swipe AS MATERIALIZED (
  SELECT id, pg_try_advisory_xact_lock(hashtextextended('pgbench ' || id::text, 0)) AS mine FROM (SELECT uuidv7() AS id)
), claim AS (
  INSERT INTO idempotency_keys AS known (client, key, fingerprint, transaction_id, expires_at)
  SELECT 'pgbench', id::text, :fingerprint, id, now() + interval '1 day' FROM swipe WHERE mine
  ON CONFLICT (client, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, transaction_id = excluded.transaction_id, expires_at = excluded.expires_at
    WHERE known.expires_at <= now()
  RETURNING transaction_id
), inserted AS (
  INSERT INTO transactions (${columns}) SELECT id, ${values} FROM swipe
  WHERE mine AND id IN (SELECT transaction_id FROM claim) RETURNING transaction_id, card_id
), announced AS (
  INSERT INTO outbox (topic, key, value, headers) SELECT :topic, card_id, :value::bytea, :headers::jsonb FROM inserted
)
SELECT id, mine FROM swipe WHERE id NOT IN (SELECT transaction_id FROM inserted);
`,
} as const

/** `plain`: inserts and nothing else. `promises`: with the checks of an Idempotency-Key. */
export type PgbenchScript = keyof typeof scripts

export interface PgbenchResult {
  readonly transactionsPerSecond: number
}

/** Where pgbench is: on the path, or where Debian's packages of PostgreSQL put it; undefined when it is not there. */
export async function findPgbench(path: string): Promise<string | undefined> {
  const places = path.split(delimiter).map((directory) => join(directory, 'pgbench'))
  for await (const place of glob('/usr/lib/postgresql/*/bin/pgbench')) places.push(place)
  for (const place of places) {
    if (
      await access(place).then(
        () => true,
        () => false,
      )
    ) {
      return place
    }
  }
  return undefined
}

/** Commits swipes' rows by prepared statements, each connection as fast as it can. */
export async function pgbench({
  program, script, databaseUrl, connections, seconds, topic,
}: {
  readonly program: string
  readonly script: PgbenchScript
  readonly databaseUrl: string
  readonly connections: number
  readonly seconds: number
  /** Physical name of the topic that the outbox rows are for. */
  readonly topic: string
}): Promise<PgbenchResult> {
  const directory = await mkdtemp(join(tmpdir(), 'swipestream-pgbench-'))
  try {
    const file = join(directory, 'swipe.sql')
    await writeFile(file, scripts[script])
    const variables = {
      card: 'v1.BiIkEgE4KkWRL7IoKLP321FTzyBycipz3tImI-p5',
      amount: '1250',
      fingerprint: 'v1.XMux5K4p4MQImH13yc7W8WmXeylA-audzFG-NgzoHJM',
      topic,
      value: `\\x${'5a'.repeat(210)}`,
      headers: JSON.stringify({
        'message-id': '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d',
        'produced-by': 'transactions-api',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
      }),
    }
    const { stdout } = await run(
      program,
      [
        '--no-vacuum', '--protocol=prepared', '--file', file, '--client', String(connections), '--jobs', '1', '--time', String(seconds),
        ...Object.entries(variables).flatMap(([name, value]) => ['--define', `${name}=${value}`]),
        databaseUrl,
      ],
      { timeout: (seconds + 60) * 1_000 },
    )
    const [, rate] = /^tps = ([\d.]+)/m.exec(stdout) ?? []
    if (rate === undefined) throw new Error(`pgbench told no rate:\n${stdout}`)
    return { transactionsPerSecond: Number(rate) }
  } finally {
    await rm(directory, { recursive: true })
  }
}

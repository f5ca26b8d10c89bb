/**
 * Changes rows of the source at a rate, whether or not it keeps up: each change is meant for a moment, from which its
 * latency counts. Each row's changes go by one connection, one after the other; each is committed by itself.
 */
import { setTimeout as delay } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { tell, whenAsked } from '../../child.js'
import { now } from '../../messaging/meter.js'
import { changeOf, type PlannedChange } from '../changes.js'
import type { Committed, WriterTask } from '../freshness.js'

const { BENCH_TASK = '' } = process.env
const { url, rows, connections: count, perSecond, seconds } = JSON.parse(BENCH_TASK) as WriterTask
const connections = await Promise.all(Array.from({ length: count }, () => mysql.createConnection({ uri: url, timezone: 'Z' })))
whenAsked(async () => {
  await Promise.all(connections.map((connection) => connection.end()))
})

const statements = {
  update: 'UPDATE movements SET amount = ?, version = ? WHERE id = ?',
  insert: 'INSERT INTO movements (amount, version, id) VALUES (?, ?, ?)',
  mark: 'UPDATE movements SET deleted = 1, amount = ?, version = ? WHERE id = ?',
} as const

async function write(connection: mysql.Connection, { kind, id, version }: PlannedChange): Promise<void> {
  if (kind === 'delete') await connection.execute('DELETE FROM notices WHERE id = ?', [id])
  else await connection.execute(statements[kind], [(version % 100_000) / 100, version, id])
}

/** Of each connection, what waits for its turn. */
const turns: Promise<void>[] = connections.map(() => Promise.resolve())
const committed: Committed[] = []
const began = now() + 100
const all = perSecond * seconds
for (let version = 1; version <= all; ) {
  // Timers are not exact: whatever is due by now is due.
  const due = Math.min(all, Math.floor(((now() - began) / 1_000) * perSecond))
  for (; version <= due; version++) {
    const change = changeOf(version, rows)
    const intendedAt = began + (version / perSecond) * 1_000
    const turn = change.id % connections.length
    turns[turn] = (turns[turn] as Promise<void>).then(async () => {
      await write(connections[turn] as mysql.Connection, change)
      committed.push({ ...change, intendedAt, committedAt: now() })
    })
  }
  await delay(1)
}
await Promise.all(turns)
tell(committed)

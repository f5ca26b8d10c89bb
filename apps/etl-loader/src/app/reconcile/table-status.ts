import { type EtlCheckpoint, etlCheckpoints, etlQuarantine, etlReconciliation, opsAlerts, type Reconciliation, type Topic } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'
import type { Warehouse } from '../../warehouse/warehouse.js'
import { positionOf } from '../extract/position.js'
import { type Stop, stoppedTables } from '../stopped-tables.js'

/** How far a table, or a topic without one, has come. */
export interface TableStatus {
  /** As its topic is named. */
  readonly table: string
  /** null for a topic that no extract of ours writes. */
  readonly extract: {
    readonly mode: EtlCheckpoint['mode']
    readonly phase: EtlCheckpoint['phase']
    /** Up to which change it is on the topic, as its change column says; null where there is none, or the snapshot goes on. */
    readonly upTo: string | null
    /** Written since the snapshot began. */
    readonly rows: number
    /** Milliseconds since the Unix epoch. */
    readonly at: number
  } | null
  /** Records that the warehouse has not loaded, ends of transactions counted too; null: not known. */
  readonly lag: number | null
  readonly quarantined: number
  /** null: it is extracted, or nobody has. */
  readonly stopped: Stop | null
  /** The last comparison; null: there was none. */
  readonly reconciled: Reconciliation | null
}

/** @param warehouse null: it cannot be asked now */
export async function statusOfTables(connection: Connection, namespace: string, warehouse: Warehouse | null): Promise<readonly TableStatus[]> {
  const present = await topicsThere(connection, namespace, [etlCheckpoints, etlQuarantine, etlReconciliation, opsAlerts].map(({ name }) => name))
  const checkpoints: ReadonlyMap<string, EtlCheckpoint> = present.has(etlCheckpoints.name) ? await connection.held(etlCheckpoints) : new Map()
  const quarantined = new Map<string, number>()
  if (present.has(etlQuarantine.name)) {
    for (const { source_topic } of (await connection.held(etlQuarantine, () => undefined)).values()) quarantined.set(source_topic, (quarantined.get(source_topic) ?? 0) + 1)
  }
  const stopped = present.has(opsAlerts.name) ? await stoppedTables(connection) : new Map<string, Stop>()
  const reconciled = present.has(etlReconciliation.name) ? await lastOf(connection, etlReconciliation) : new Map<string, Reconciliation>()
  const names = [...new Set([...checkpoints.keys(), ...reconciled.keys(), ...stopped.keys(), ...(warehouse === null ? [] : await loadedInto(warehouse))])].sort()
  const lags = await lagsOf(connection, namespace, names, warehouse)
  return names.map((table) => ({
    table,
    extract: extractOf(checkpoints.get(table)),
    lag: lags.get(table) ?? null,
    quarantined: quarantined.get(table) ?? 0,
    stopped: stopped.get(table) ?? null,
    reconciled: reconciled.get(table) ?? null,
  }))
}

/** Topics of which something was loaded; tables of the system's own are made before. */
async function loadedInto(warehouse: Warehouse): Promise<string[]> {
  const loaded: string[] = []
  for (const topic of new Set((await warehouse.tables()).map((table) => table.topic))) if ((await warehouse.offsets(topic)).size > 0) loaded.push(topic)
  return loaded
}

function extractOf(checkpoint: EtlCheckpoint | undefined): TableStatus['extract'] {
  if (checkpoint === undefined) return null
  const { mode, phase, rows, updated_at: at } = checkpoint
  const position = positionOf(checkpoint)
  return { mode, phase, upTo: position?.kind === 'watermark' ? position.change : null, rows, at }
}

async function topicsThere({ client }: Connection, namespace: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const admin = client.admin()
  try {
    const there = await admin.partitionsOf(names.map((name) => namespace + name))
    return new Set(names.filter((name) => there.has(namespace + name)))
  } finally {
    await admin.close()
  }
}

async function lastOf(connection: Connection, topic: Topic<Reconciliation>): Promise<Map<string, Reconciliation>> {
  const last = new Map<string, Reconciliation>()
  for (const { value } of await connection.tail(topic).received()) last.set(value.table, value)
  return last
}

async function lagsOf(connection: Connection, namespace: string, names: readonly string[], warehouse: Warehouse | null): Promise<Map<string, number>> {
  const lags = new Map<string, number>()
  if (warehouse === null) return lags
  const there = await topicsThere(connection, namespace, names)
  const reader = connection.client.reader()
  try {
    for (const name of names.filter((one) => there.has(one))) {
      const stored = await warehouse.offsets(name)
      const bounds = await reader.bounds(namespace + name)
      lags.set(name, bounds.reduce((sum, { first, end }, partition) => sum + Number(end - larger(stored.get(partition) ?? first, first)), 0))
    }
  } finally {
    await reader.close()
  }
  return lags
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type CardProfile, cardProfiles, decoder, transactionsLog } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { memoryOf } from '../process-usage.js'
import { type ServiceProcess, startService } from '../service-process.js'
import { rounded } from '../statistics.js'
import { fiveRules, type Ground, prepareGround } from './ground.js'
import type { Bench } from './bench.js'
import { swipeEvent, transactionAt } from './swipes.js'

const cardCount = 1_000_000
const chunk = 5_000
/** Records of a partition of the profiles, from its end, among which every card is. */
const tail = 40_000n
/** After which a process is at rest, in milliseconds. */
const restMs = 5_000
const patience = { timeoutMs: 300_000, intervalMs: 100 }

export interface Restored {
  readonly cards: number
  /** Of a profile as it stands on its topic, on an average. */
  readonly profileBytes: number
  /** From the first record asked for until the last partition was restored. */
  readonly restoreSeconds: number
  readonly recordsPerSecond: number
  /** Memory of the process without a card, with all of them, and when each had swiped once more, in MiB. */
  readonly rssMbEmpty: number
  readonly rssMbRestored: number
  readonly rssMbUsed: number
  /** What the cards take of it, for a million of them. */
  readonly rssMbPerMillionCards: number
  readonly rssMbPerMillionCardsUsed: number
}

/** The newest profiles that stand on their topic, one for each card. */
export async function profilesOf({ client, namespace }: Ground): Promise<CardProfile[]> {
  const latest = new Map<string, Buffer>()
  const topic = namespace + cardProfiles.name
  const reader = client.reader()
  try {
    for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
      const from = end - first > tail ? end - tail : first
      for await (const records of reader.read({ topic, partition }, from, end)) {
        for (const { key, value } of records) if (key !== null && value !== null) latest.set(key.toString(), Buffer.from(value))
      }
    }
  } finally {
    await reader.close()
  }
  const { decode } = decoder<CardProfile>(cardProfiles.schema)
  return Array.from(latest.values(), (bytes) => decode(bytes, () => cardProfiles.schema))
}

/** Has one process restore a million cards, whose profiles are those that the service itself has made of others. */
export async function restored({ stack, progress, directory, report }: Bench, profiles: readonly CardProfile[]): Promise<Restored> {
  const ground = await prepareGround(stack)
  try {
    await ground.putRules(fiveRules)
    const start = (name: string) => startService('fraud-service', { ...ground.env, LOG_LEVEL: 'info' }, `${directory}/${name}.log`)
    const empty = await start('restore-empty')
    await delay(restMs)
    const rssMbEmpty = (await memoryOf(empty.pid)).rssMb
    await empty.stop()

    report(`writing the profiles of ${cardCount} cards, after ${profiles.length} that have swiped`)
    const ids = Array.from({ length: cardCount }, (_, i) => `v1.${createHash('sha256').update(`restored ${i}`).digest('base64url')}`)
    for (let from = 0; from < cardCount; from += chunk) {
      // As if nothing of the new log had been seen.
      await ground.publish(ids.slice(from, from + chunk).map((card_id, i) => cardProfiles.event({ ...(profiles[(from + i) % profiles.length] as CardProfile), card_id, input_offset: -1 })))
    }
    const profileBytes = await averageSize(ground)

    const service = await start('restore')
    const { seconds, records } = await eventually(() => restoredOf(service, ground), patience)
    await delay(restMs)
    const rssMbRestored = (await memoryOf(service.pid)).rssMb
    report(`restored ${records} profiles in ${seconds.toFixed(1)} s: ${Math.round(rssMbEmpty)} MiB before, ${Math.round(rssMbRestored)} MiB after`)
    await useEach(ground, ids)
    await eventually(async () => (await progress.done(`${ground.namespace}fraud-service`, ground.namespace + transactionsLog.name)) >= cardCount, patience)
    await delay(restMs)
    const rssMbUsed = (await memoryOf(service.pid)).rssMb
    report(`each card swiped once: ${Math.round(rssMbUsed)} MiB`)
    await service.stop()
    const perMillion = (rssMb: number): number => rounded(((rssMb - rssMbEmpty) * 1_000_000) / cardCount)
    return {
      cards: cardCount, profileBytes, restoreSeconds: rounded(seconds), recordsPerSecond: rounded(records / seconds),
      rssMbEmpty: rounded(rssMbEmpty), rssMbRestored: rounded(rssMbRestored), rssMbUsed: rounded(rssMbUsed),
      rssMbPerMillionCards: perMillion(rssMbRestored), rssMbPerMillionCardsUsed: perMillion(rssMbUsed),
    }
  } finally {
    await ground.close()
  }
}

/** What the service has logged of the partitions it restored; undefined before all of them are. They are restored side by side. */
function restoredOf({ logFile }: ServiceProcess, { namespace }: Ground): { readonly seconds: number; readonly records: number } | undefined {
  const lines = readFileSync(logFile, 'utf8').split('\n').filter((line) => line.includes('"State restored"') && line.includes(`"${namespace}${transactionsLog.name}"`))
  if (lines.length < transactionsLog.partitions) return undefined
  const partitions = lines.map((line) => JSON.parse(line) as { readonly seconds: number; readonly records: number })
  return { seconds: Math.max(...partitions.map(({ seconds }) => seconds)), records: partitions.reduce((sum, { records }) => sum + records, 0) }
}

async function averageSize({ client, namespace }: Ground): Promise<number> {
  const topic = namespace + cardProfiles.name
  const reader = client.reader()
  try {
    let [bytes, count] = [0, 0]
    for await (const records of reader.read({ topic, partition: 0 }, 0n, 10_000n)) for (const { value } of records) [bytes, count] = [bytes + (value?.length ?? 0), count + 1]
    return Math.round(bytes / count)
  } finally {
    await reader.close()
  }
}

async function useEach(ground: Ground, ids: readonly string[]): Promise<void> {
  const swipes = { began: Date.now(), terminals: false }
  for (let from = 0; from < ids.length; from += chunk) {
    await ground.publish(ids.slice(from, from + chunk).map((card_id, i) => swipeEvent({ ...transactionAt(i, swipes), card_id })))
  }
}

import { setTimeout as delay } from 'node:timers/promises'
import { pace } from '../fraud/pace.js'
import { beginService, type StartedService } from '../service-process.js'
import { median } from '../statistics.js'
import type { Bench } from './bench.js'
import { killWindow } from './goals.js'
import { type Ground, prepareGround } from './ground.js'
import { alertEvent, holderEvents, recipientOf } from './holders.js'
import { MailServer } from './mail-server.js'
import { seededNumbers } from './moments.js'
import { type Tally, tally } from './receipts.js'

/** Of the moments: the same ones in each run. */
const seed = 1
const alertsPerSecond = 40
/** How long an instance sends before it is killed, at the most, in milliseconds. */
const longestMs = 1_000
/** How long the mail server takes to accept a message, at the most, in milliseconds: as one on a network does. */
const slowestMs = 100
const leaseSeconds = 2
/** An instance that finds fewer e-mails waiting is let live until it has read what was published before its time. */
const lowWater = 200
/** No more alerts come while so many wait for their e-mail: a machine that is slow to start instances would have the more to do at the end. */
const highWater = 2_000
/** How often it is looked; and how long nothing may move, both in milliseconds. */
const lookMs = 50
const silenceMs = 120_000

export interface Kills extends Tally {
  readonly kills: number
  readonly seed: number
  /** Alerts that were published meanwhile. */
  readonly alerts: number
  /** Alerts without a row of the ledger that says that the e-mail was sent. */
  readonly unsent: number
  /** So many e-mails may go out twice for one kill. */
  readonly window: number
  /** E-mails that an instance had claimed and not settled when it was killed. */
  readonly inHand: { readonly least: number; readonly median: number; readonly most: number }
  readonly killsWithNothingInHand: number
  readonly seconds: number
}

/**
 * Kills the notifier again and again while alerts come, each time at a random moment after its first e-mail; the next
 * instance is started at once. At the end one is left to finish.
 */
export async function killed(bench: Bench): Promise<Kills> {
  const mails = await MailServer.start({ slowestMs })
  try {
    const ground = await prepareGround(bench)
    try {
      return await killedOn(ground, mails, bench)
    } finally {
      await ground.close()
    }
  } finally {
    await mails.stop()
  }
}

async function killedOn(ground: Ground, mails: MailServer, { directory, options: { kills }, report }: Bench): Promise<Kills> {
  const begun = performance.now()
  const begin = (life: string): StartedService =>
    beginService('notifier', { ...ground.env, SMTP_URL: mails.urlFor(life), DELIVERY_LEASE_SECONDS: String(leaseSeconds) }, `${directory}/${life}.log`)
  const alerts = new Flow(ground, () => mails.count)
  const [moments, lives, inHand] = [seededNumbers(seed), new Set<string>(), [] as number[]]
  let instance: StartedService | undefined
  try {
    for (let kill = 1; kill <= kills; kill++) {
      const life = `life-${kill}`
      instance = begin(life)
      await atWork(instance, life, alerts.published, ground, mails)
      await delay(moments.next().value * longestMs)
      const { startedAt } = instance
      await instance.kill()
      lives.add(life)
      inHand.push(await inHandOf(ground, startedAt))
      if (kill % 10 === 0 || kill === kills) report(`${kill} kills, ${alerts.published} alerts, ${mails.count} e-mails accepted, ${inHand.at(-1)} in hand at the last kill`)
    }
    await alerts.end()
    instance = begin('life-last')
    await finished(instance, alerts.published, ground)
    await instance.stop()
    instance = undefined
    const result: Kills = {
      kills,
      seed,
      alerts: alerts.published,
      ...tally(mails.all(), Array.from({ length: alerts.published }, (_, n) => recipientOf(n)), lives),
      unsent: alerts.published - (await sent(ground)),
      window: killWindow,
      inHand: { least: Math.min(...inHand), median: median(inHand), most: Math.max(...inHand) },
      killsWithNothingInHand: inHand.filter((count) => count === 0).length,
      seconds: Math.round((performance.now() - begun) / 1_000),
    }
    report(`${kills} kills: of ${result.alerts} alerts ${result.lost} lost, ${result.unsent} not noted as sent; ${result.duplicates} e-mails twice, ${result.mostDuplicatesByKill} of them by one kill (window ${killWindow}), ${result.duplicatesUnexplained} unexplained`)
    return result
  } finally {
    await alerts.end()
    await instance?.kill()
  }
}

/** Alerts that come at a steady rate, as long as not too many wait, each with a customer and a card of its own that are not known before. */
class Flow {
  /** That the broker has. */
  published = 0
  readonly #enough = new AbortController()
  readonly #running: Promise<unknown>
  #next = 0
  #writing: Promise<void> = Promise.resolve()
  #failure: unknown

  /** @param accepted gives how many e-mails the mail server has had */
  constructor(ground: Ground, accepted: () => number) {
    const write = async (numbers: readonly number[]): Promise<void> => {
      await ground.publish(numbers.flatMap((n) => [...holderEvents(n), alertEvent(n)]))
      this.published += numbers.length
    }
    this.#running = pace(alertsPerSecond, Infinity, (count) => {
      if (this.#next - accepted() > highWater) return
      const numbers = Array.from({ length: count }, () => this.#next++)
      // One after the other: the first so many are published, whatever fails later.
      this.#writing = this.#writing.then(() => write(numbers))
      this.#writing.catch((error: unknown) => {
        this.#failure ??= error
        this.#enough.abort()
      })
    }, this.#enough.signal)
  }

  /** Nothing comes any more when this resolves. @throws Error when an alert could not be written */
  async end(): Promise<void> {
    this.#enough.abort()
    await this.#running
    await this.#writing.catch(() => undefined)
    if (this.#failure !== undefined) throw this.#failure
  }
}

/**
 * Waits until an instance sends, and there is more to be sent, or it has come after with reading. After a kill the group
 * waits until the dead member's session has run out, and the ledger runs low meanwhile.
 */
async function atWork(instance: StartedService, life: string, publishedBefore: number, ground: Ground, mails: MailServer): Promise<void> {
  await moving(instance, `${life} does not send`, async () => {
    const accepted = mails.of(life).length
    if (accepted === 0) return { done: false, sign: 0 }
    const emails = await ground.emails()
    return { done: (emails.get('queued') ?? 0) >= lowWater || sum(emails.values()) >= publishedBefore, sign: accepted }
  })
}

/** Waits until the ledger says of every alert that its e-mail was sent, or nothing more happens. */
async function finished(instance: StartedService, alerts: number, ground: Ground): Promise<void> {
  await moving(instance, null, async () => {
    const count = await sent(ground)
    return { done: count >= alerts, sign: count }
  })
}

/**
 * Waits until a look says that it is done.
 *
 * @param look `sign` changes as long as there is something to wait for
 * @param otherwise what is thrown when nothing changes for two minutes; null: then it is left at that
 */
async function moving(instance: StartedService, otherwise: string | null, look: () => Promise<{ readonly done: boolean; readonly sign: number }>): Promise<void> {
  for (let [seen, moved] = [-1, performance.now()]; ; await delay(lookMs)) {
    instance.check()
    const { done, sign } = await look()
    if (done) return
    if (sign !== seen) [seen, moved] = [sign, performance.now()]
    else if (performance.now() - moved > silenceMs) {
      if (otherwise === null) return
      throw new Error(`${otherwise}: nothing has changed for ${silenceMs / 1_000} s`)
    }
  }
}

async function sent(ground: Ground): Promise<number> {
  return (await ground.emails()).get('sent') ?? 0
}

/** What an instance that is dead now had claimed: claiming is what it last did to these rows. */
async function inHandOf(ground: Ground, startedAt: number): Promise<number> {
  const { rows } = await ground.session.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM deliveries WHERE channel = 'email' AND status = 'sending' AND updated_at >= to_timestamp($1::float8 / 1000)`,
    [startedAt],
  )
  return rows[0]?.count ?? 0
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((all, each) => all + each, 0)
}

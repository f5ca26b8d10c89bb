import { startChild } from '../child.js'
import { startService } from '../service-process.js'
import type { Bench } from './bench.js'
import { connections } from './goals.js'
import { type Ground, makeKnown, prepareGround } from './ground.js'
import { alertEvent } from './holders.js'
import type { MailParts } from './mail-parts.js'
import type { MailServer } from './mail-server.js'

/** What the program of the peer is to do. */
export interface RawPoolTask extends MailParts {
  readonly url: string
  readonly connections: number
  readonly messages: number
}

/** A side at work. */
export interface Running {
  readonly pid: number
  /** @throws Error when it has ended by itself */
  check(): void
  /** Called when everything was accepted: looks whether it is well, and ends it in order. */
  finish(): Promise<void>
  /** Ends it, and takes away what it has left. */
  stop(): Promise<void>
}

/** Something that sends e-mails. */
export interface Side {
  readonly name: string
  /** Starts a process that sends so many, each to an address of its own. @param client what it is called at the mail server */
  start(client: string, messages: number): Promise<Running>
}

/** The notifier as it is run in production: one process, which finds its alerts in the topic. */
export function notifierSide({ bench, mails }: { readonly bench: Bench; readonly mails: MailServer }): Side {
  const { directory, options: { profile } } = bench
  return {
    name: 'notifier',
    async start(client, messages) {
      const ground = await prepareGround(bench)
      try {
        await makeKnown(ground, messages, mails.urlFor(client), `${directory}/${client}-holders.log`)
        await ground.fill(messages, (n) => [alertEvent(n)])
        const profiling = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${client}.cpuprofile`]
        const service = await startService('notifier', { ...ground.env, SMTP_URL: mails.urlFor(client) }, `${directory}/${client}.log`, profiling)
        return {
          pid: service.pid,
          check: () => service.check(),
          async finish() {
            await service.stop()
            await allSent(ground, messages)
          },
          async stop() {
            await service.stop().catch((error: unknown) => bench.report(String(error)))
            await ground.close()
          },
        }
      } catch (error) {
        await ground.close()
        throw error
      }
    },
  }
}

/** @throws Error when the ledger does not say of every e-mail that it was sent */
async function allSent(ground: Ground, messages: number): Promise<void> {
  const emails = await ground.emails()
  if (emails.get('sent') !== messages || emails.size !== 1) throw new Error(`the ledger has ${JSON.stringify(Object.fromEntries(emails))} where ${messages} were to be sent`)
}

/** nodemailer alone. @param parts what the notifier's e-mails say */
export function rawSide({ mails, parts }: { readonly mails: MailServer; readonly parts: () => MailParts }): Side {
  return {
    name: 'nodemailer',
    async start(client, messages) {
      const task: RawPoolTask = { ...parts(), url: mails.urlFor(client), connections, messages }
      const child = startChild('notifier/programs/raw-pool', { BENCH_TASK: JSON.stringify(task) })
      await child.message<'started'>()
      let failure: unknown
      // It has nothing more to say: what comes is its end.
      child.message<never>().catch((error: unknown) => {
        failure = error
      })
      const check = (): void => {
        if (failure !== undefined) throw failure
      }
      return { pid: child.pid, check, finish: () => child.end(), stop: () => child.end() }
    },
  }
}

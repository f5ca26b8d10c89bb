import { setTimeout as delay } from 'node:timers/promises'
import { cpuMicrosOf, memoryOf } from '../process-usage.js'
import { median, rounded } from '../statistics.js'
import type { MailServer } from './mail-server.js'
import { acceptedPerSecond, bytesOf, type Receipt } from './receipts.js'
import type { Side } from './sides.js'

/** What a run gave. */
export interface Run {
  readonly perSecond: number
  /** Of all threads of its process, in microseconds. */
  readonly cpuUsPerMessage: number
  /** The same of the mail server's. */
  readonly serverCpuUsPerMessage: number
  /** The most memory its process held. */
  readonly rssMb: number
  /** Of a message as it goes over the wire, on an average. */
  readonly bytesPerMessage: number
}

/** Medians of the runs, and every run's rate. */
export interface Throughput extends Run {
  readonly rounds: readonly number[]
}

/** Messages for a run that counts so many: a quarter as many before them, in which the compiler does its work. */
export const warmUpOf = (records: number): number => Math.ceil(records / 4)

/** The sides' messages may differ by so much: the notifier's have a few more header lines. */
const alike = 0.05

/** Runs the sides in turns; which one begins changes with every round. @throws Error when their messages are not of one size */
export async function alternate(mails: MailServer, sides: readonly Side[], records: number, rounds: number, report: (line: string) => void): Promise<Map<string, Throughput>> {
  const runs = new Map<string, Run[]>(sides.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round++) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      const run = await runOf(mails, side, records, `${side.name}-${round}`)
      runs.get(side.name)?.push(run)
      report(`round ${round}: ${side.name} ${describe(run)}`)
    }
  }
  const found = new Map([...runs].map(([name, all]) => [name, summary(all)]))
  const sizes = [...found.values()].map(({ bytesPerMessage }) => bytesPerMessage)
  if (Math.max(...sizes) > Math.min(...sizes) * (1 + alike)) throw new Error(`the sides do not send alike: messages of ${sizes.join(' and ')} bytes`)
  return found
}

async function runOf(mails: MailServer, side: Side, records: number, client: string): Promise<Run> {
  const warmUp = warmUpOf(records)
  const messages = warmUp + records
  const running = await side.start(client, messages)
  try {
    const usage = async () => ({ done: mails.of(client).length, cpuUs: await cpuMicrosOf(running.pid), serverCpuUs: await cpuMicrosOf(mails.pid) })
    await mails.untilAccepted(client, warmUp, running.check)
    const before = await usage()
    await mails.untilAccepted(client, messages, running.check)
    const after = await usage()
    const { peakMb } = await memoryOf(running.pid)
    await running.finish()
    // What is not to come has had the time that an orderly end takes, and that of one look.
    await delay(100)
    const receipts = mails.of(client)
    eachOnce(receipts, messages, side.name)
    const done = after.done - before.done
    return {
      perSecond: acceptedPerSecond(receipts, warmUp),
      cpuUsPerMessage: (after.cpuUs - before.cpuUs) / done,
      serverCpuUsPerMessage: (after.serverCpuUs - before.serverCpuUs) / done,
      rssMb: peakMb,
      bytesPerMessage: bytesOf(receipts),
    }
  } finally {
    await running.stop()
    mails.forget(client)
  }
}

/** @throws Error when an e-mail came twice, or not at all */
export function eachOnce(receipts: readonly Pick<Receipt, 'recipient'>[], messages: number, side: string): void {
  const recipients = new Set(receipts.map(({ recipient }) => recipient)).size
  if (receipts.length !== messages || recipients !== messages) throw new Error(`${side} sent ${receipts.length} messages to ${recipients} recipients where ${messages} were to be sent, each once`)
}

function describe({ perSecond, cpuUsPerMessage, serverCpuUsPerMessage, rssMb, bytesPerMessage }: Run): string {
  return `${Math.round(perSecond)} e-mails/s of ${Math.round(bytesPerMessage)} bytes, ${Math.round(cpuUsPerMessage)} µs of CPU each (the mail server ${Math.round(serverCpuUsPerMessage)}), ${Math.round(rssMb)} MiB`
}

export function summary(runs: readonly Run[]): Throughput {
  const middle = (of: (run: Run) => number): number => rounded(median(runs.map(of)))
  return {
    perSecond: middle((run) => run.perSecond),
    cpuUsPerMessage: middle((run) => run.cpuUsPerMessage),
    serverCpuUsPerMessage: middle((run) => run.serverCpuUsPerMessage),
    rssMb: middle((run) => run.rssMb),
    bytesPerMessage: middle((run) => run.bytesPerMessage),
    rounds: runs.map(({ perSecond }) => rounded(perSecond)),
  }
}

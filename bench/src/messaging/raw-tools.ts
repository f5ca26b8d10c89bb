import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { kafkaTool } from '@swipestream/stack'
import type { Broker } from './broker.js'
import { valueBytes } from './transaction.js'

export const rawTopic = 'raw_tools'

/** What Kafka's own performance tools do with so many records of the same size, each alone. */
export interface RawTools {
  readonly producedPerSecond: number
  readonly consumedPerSecond: number
}

/** Runs ProducerPerformance, then ConsumerPerformance, with their own defaults and acks=all. */
export async function rawTools({ brokers, emptied }: Broker, records: number): Promise<RawTools> {
  await emptied(rawTopic)
  const server = ['--bootstrap-server', brokers, '--topic', rawTopic]
  const produced = await run('ProducerPerformance', [
    ...server, '--num-records', String(records), '--record-size', String(valueBytes), '--throughput', '-1', '--command-property', 'acks=all',
  ])
  const consumed = await run('ConsumerPerformance', [...server, '--num-records', String(records)])
  return { producedPerSecond: producerRate(produced), consumedPerSecond: consumerRate(consumed) }
}

/** Both in series: what a program reaches that does nothing but read and write, in one thread. */
export function inSeries({ producedPerSecond, consumedPerSecond }: RawTools): number {
  return 1 / (1 / producedPerSecond + 1 / consumedPerSecond)
}

/** @throws Error when the output is not that of ProducerPerformance */
export function producerRate(output: string): number {
  const rates = [...output.matchAll(/([\d.]+) records\/sec/g)].map(([, rate]) => Number(rate))
  return known(rates.at(-1), output)
}

/** Without the time of joining the group, in which nothing is read. @throws Error when the output is not that of ConsumerPerformance */
export function consumerRate(output: string): number {
  const lines = output.trim().split('\n')
  const header = lines.findIndex((line) => line.includes('fetch.nMsg.sec'))
  const column = lines[header]?.split(',').findIndex((name) => name.trim() === 'fetch.nMsg.sec') ?? -1
  return known(Number(lines[header + 1]?.split(',')[column]), output)
}

function known(rate: number | undefined, output: string): number {
  if (rate === undefined || !(rate > 0)) throw new Error(`Kafka's tool said no rate:\n${output}`)
  return rate
}

async function run(tool: string, args: readonly string[]): Promise<string> {
  const { command, args: all, env } = await kafkaTool(`org.apache.kafka.tools.${tool}`, args)
  const { stdout } = await promisify(execFile)(command, all, { env: { ...process.env, ...env }, timeout: 300_000 })
  return stdout
}

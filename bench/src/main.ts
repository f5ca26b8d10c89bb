import { benchEtl } from './etl/run.js'
import { benchFraud } from './fraud/run.js'
import { qualityUsage, readQualityOptions } from './fraud-quality/options.js'
import { benchFraudQuality } from './fraud-quality/run.js'
import { benchLogs } from './logs/run.js'
import { benchMessaging } from './messaging/run.js'
import { benchNotifier } from './notifier/run.js'
import { type AnyOptions, readOptions, usage, UsageError } from './options.js'

const begun = performance.now()
const report = (line: string) => void process.stderr.write(`${((performance.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${line}
`)

async function main(options: AnyOptions): Promise<number> {
  const result = await measure(options)
  for (const [name, ratio] of Object.entries(result.ratios)) process.stderr.write(`${name}: ${ratio}\n`)
  return ended(result, options)
}

function measure(options: AnyOptions) {
  switch (options.bench) {
    case 'messaging':
      return benchMessaging(options, report)
    case 'fraud':
      return benchFraud(options, report)
    case 'notifier':
      return benchNotifier(options, report)
    case 'etl':
      return benchEtl(options, report)
    case 'logs':
      return benchLogs(options, report)
  }
}

async function quality(args: readonly string[]): Promise<number> {
  const options = readQualityOptions(args)
  if (options === 'help') return written(qualityUsage)
  const result = await benchFraudQuality(options, report)
  if (typeof result === 'string') return written(options.json ? JSON.stringify({ skipped: result }) : `skipped: ${result}`)
  const { rules, model, modelAllHistory } = result
  for (const [name, figures] of Object.entries({ rules, model, modelAllHistory })) if (figures !== undefined) process.stderr.write(`${name}: ${JSON.stringify(figures)}\n`)
  return ended(result, options)
}

function ended(result: { readonly broken: readonly { readonly message: string }[] }, { json }: { readonly json: boolean }): number {
  for (const { message } of result.broken) process.stderr.write(`missed: ${message}\n`)
  if (json) written(JSON.stringify(result))
  return result.broken.length === 0 ? 0 : 1
}

function written(line: string): number {
  process.stdout.write(`${line}\n`)
  return 0
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
try {
  const args = process.argv.slice(2)
  const options = args[0] === 'fraud-quality' ? undefined : readOptions(args)
  process.exitCode = options === undefined ? await quality(args) : options === 'help' ? written(`${usage}\n\n${qualityUsage}`) : await main(options)
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? `${error.message}\n\n${usage}` : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
process.exit()

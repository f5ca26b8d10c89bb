import { benchFraud } from './fraud/run.js'
import { benchMessaging } from './messaging/run.js'
import { type AnyOptions, readOptions, usage, UsageError } from './options.js'

async function main(options: AnyOptions): Promise<number> {
  const begun = performance.now()
  const report = (line: string) => void process.stderr.write(`${((performance.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${line}\n`)
  const result = options.bench === 'fraud' ? await benchFraud(options, report) : await benchMessaging(options, report)
  for (const [name, ratio] of Object.entries(result.ratios)) process.stderr.write(`${name}: ${ratio}\n`)
  for (const { message } of result.broken) process.stderr.write(`missed: ${message}\n`)
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  return result.broken.length === 0 ? 0 : 1
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(`${usage}\n`)
  else process.exitCode = await main(options)
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? `${error.message}\n\n${usage}` : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
process.exit()

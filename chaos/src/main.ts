import { readOptions, usage, UsageError } from './options.js'
import { linesOf } from './report.js'
import { run } from './run.js'

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

// Everything that was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(`${usage}\n`)
  else {
    const report = await run(options, tell)
    for (const line of linesOf(report)) tell(line)
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`)
    process.exitCode = report.broken.length === 0 ? 0 : 1
  }
} catch (error) {
  tell(error instanceof UsageError ? `${error.message}\n\n${usage}` : error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = error instanceof UsageError ? 2 : 1
}
process.exit()

import { type Broken, type Outcome, type Output, runCommand, UsageError } from '@swipestream/messaging'
import { untilInterrupted } from '@swipestream/platform'
import type { ShipProgress, Shipper } from '../app/ship/shipper.js'
import type { ShipObserver } from '../app/ship/observer.js'
import { ShipCounts } from '../app/ship/ship-counts.js'
import { shipFiles } from '../app/ship/ship-files.js'
import { shipCommandConfig } from '../config.js'
import { shipOptions } from '../ship-config.js'
import { type OpenedLogTopic, openLogTopic } from '../topic/kafka-log-topic.js'

/** What it does, in the list of commands. */
export const summary = 'ship log files to the topic'

const help = `Usage: npm run logs -- ship [--once] [--json]

Ships the log files that LOG_CONFIG or LOG_PATHS name to the topic server_logs, on from where it was when it ended last
(LOG_STATE_DIR). Ends by SIGINT or SIGTERM; SIGHUP looks at all files anew.

  --once      ship what is there, and end: for archives
  --json      print one JSON object as the last line
  --help      print this

Exit code: 0 all was shipped, 1 something was not (the object says what), 2 wrong use.`

const options = { once: { type: 'boolean', default: false } } as const

const progressMs = 1_000
const mebibyte = 2 ** 20

/** Runs `logs ship`; the exit code. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, output: Output): Promise<number> {
  return runCommand(
    {
      script: 'logs',
      help,
      options,
      perform: (_, names, { once = false }, progress) => {
        if (names.length > 0) throw new UsageError(`logs ship takes no names, not ${names.join(' ')}`)
        return untilInterrupted((signal) => ship(once, env, progress, signal))
      },
    },
    ['ship', ...args],
    output,
  )
}

async function ship(once: boolean, env: NodeJS.ProcessEnv, progress: (line: string) => void, signal: AbortSignal): Promise<Outcome> {
  const { connection, ship: config } = shipCommandConfig(env)
  let shipper: Shipper | null = null
  const onHangUp = () => shipper?.reopen()
  process.on('SIGHUP', onHangUp)
  const counts = new ShipCounts()
  const broken: Broken[] = []
  let topic: OpenedLogTopic | null = null
  const begun = performance.now()
  const seconds = () => (performance.now() - begun) / 1_000
  const timer = setInterval(() => shipper && progress(progressLine(shipper.progress, seconds(), once)), progressMs)
  try {
    await shipFiles(
      {
        options: shipOptions(config, once),
        counts,
        observer: observerOf(progress, broken),
        topic: async () => (topic = await openLogTopic(connection, (reason) => progress(`waiting: ${reason.message}`), signal)),
        onStart: (started) => {
          shipper = started
        },
      },
      signal,
    )
  } catch (error) {
    // It was told to end before it could begin.
    if (!signal.aborted) throw error
  } finally {
    clearInterval(timer)
    process.off('SIGHUP', onHangUp)
    await (topic as OpenedLogTopic | null)?.close()
  }
  const { totals, troubles } = counts
  const took = seconds()
  const mibPerSecond = totals.bytes / mebibyte / took
  return {
    lines: [`${totals.entries} entries, ${(totals.bytes / mebibyte).toFixed(1)} MiB in ${took.toFixed(1)} s (${mibPerSecond.toFixed(1)} MiB/s), ${totals.redactions} pieces of personal data replaced, ${totals.truncated} entries cut`],
    json: { ...totals, troubles, seconds: took, mibPerSecond, rssMb: Math.round(process.resourceUsage().maxRSS / 1_024), broken },
  }
}

/** What keeps something from being shipped is told, and breaks the promise to ship all. */
function observerOf(progress: (line: string) => void, broken: Broken[]): ShipObserver {
  const states = new Map<string, string | null>()
  return {
    trouble(reason, path, detail) {
      const message = detail === undefined ? path : `${path}: ${detail}`
      progress(`not shipped as it should be, ${reason}: ${message}`)
      // A directory is no log, and a file that came and went is none.
      if (reason !== 'directory' && reason !== 'missing') broken.push({ rule: `LOG_${reason.toUpperCase()}`, message })
    },
    recovered: (path) => progress(`shipped again: ${path}`),
    file: (event, path) => progress(`${event}: ${path}`),
    health(component, error) {
      const state = error?.message ?? null
      if ((states.get(component) ?? null) !== state) progress(state === null ? `${component}: as it should be` : `${component}: waiting: ${state}`)
      states.set(component, state)
    },
  }
}

function progressLine({ totals, files, size, lag }: ShipProgress, seconds: number, once: boolean): string {
  const mib = (bytes: number) => (bytes / mebibyte).toFixed(1)
  const line = `${totals.entries} entries, ${mib(totals.bytes)} MiB; ${files} files, ${mib(lag)} MiB to go`
  if (!once || totals.bytes === 0 || size === 0) return line
  return `${line}, ${Math.round((100 * (size - lag)) / size)} %, about ${Math.ceil((lag * seconds) / totals.bytes)} s left`
}

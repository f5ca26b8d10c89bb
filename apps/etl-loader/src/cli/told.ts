import { createLogger, type Logger } from '@swipestream/platform'

/** Aborted when the process is asked to end. */
export function untilEnded(): AbortSignal {
  const end = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort())
  return end.signal
}

/** What a person must know while a command runs: on standard error, as its result is on standard output. */
export function warnings(): Logger {
  return createLogger({ service: 'etl-loader', level: 'warn', destination: process.stderr })
}

/** A logger's call as a line for a person. */
export function told(progress: (line: string) => void) {
  return (details: Readonly<Record<string, unknown>>, message: string): void => {
    const said = Object.entries(details).map(([name, value]) => `${name}=${value instanceof Error ? value.message : typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    progress(`${message}: ${said.join(' ')}`)
  }
}

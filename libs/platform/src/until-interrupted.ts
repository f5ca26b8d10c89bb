const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs what goes on until the process is told to end: SIGINT or SIGTERM aborts the work's signal, and a second of them
 * ends the process at once, as without this. For commands; services follow `ownProcess`.
 *
 * @returns what the work gives
 * @throws what the work throws
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController()
  const stopListening = (): void => {
    for (const signal of signals) process.off(signal, onSignal)
  }
  const onSignal = (): void => {
    stopListening()
    end.abort()
  }
  for (const signal of signals) process.on(signal, onSignal)
  try {
    return await work(end.signal)
  } finally {
    stopListening()
  }
}

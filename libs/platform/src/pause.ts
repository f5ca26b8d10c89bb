import { setTimeout as delay } from 'node:timers/promises'

/**
 * Waits, and returns earlier when the signal is aborted: what ends the pause is looked at by whoever paused.
 *
 * @param options.ref false: the pause alone keeps no process running
 */
export async function pause(ms: number, signal: AbortSignal, { ref = true }: { readonly ref?: boolean } = {}): Promise<void> {
  await delay(ms, undefined, { signal, ref }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

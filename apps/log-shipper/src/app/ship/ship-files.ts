import { CheckpointFile } from '../../files/checkpoint-file.js'
import { lockState } from '../../files/state-lock.js'
import type { ShipOptions } from './input.js'
import type { LogTopic } from './log-topic.js'
import type { ShipObserver } from './observer.js'
import type { ShipCounts } from './ship-counts.js'
import { Shipper } from './shipper.js'

export interface ShipFiles {
  readonly options: ShipOptions & { readonly stateDirectory: string }
  readonly observer: ShipObserver
  readonly counts: ShipCounts
  /** Opens the topic; the state is locked by then. */
  readonly topic: () => Promise<LogTopic>
  /** Given the shipper before it begins. */
  readonly onStart?: (shipper: Shipper) => void
}

/**
 * Ships files until the signal ends it, or, with `once`, until what is there is shipped. No other process works on the
 * same state meanwhile.
 *
 * @throws LogError LOG_STATE_LOCKED, LOG_CHECKPOINT_INVALID; what the topic throws for good
 */
export async function shipFiles({ options, observer, counts, topic, onStart }: ShipFiles, signal: AbortSignal): Promise<void> {
  const lock = await lockState(options.stateDirectory)
  try {
    const store = new CheckpointFile(options.stateDirectory)
    const records = await store.load()
    const shipper = new Shipper({ options, topic: await topic(), store, records, observer, counts })
    onStart?.(shipper)
    await shipper.run(signal)
  } finally {
    await lock.release()
  }
}

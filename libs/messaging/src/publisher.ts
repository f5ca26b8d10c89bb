import type { Envelope } from './envelope.js'
import type { Producer } from './kafka/ports.js'
import type { Outgoing } from './received.js'

/** Publishes what no handler returns and no transaction holds: what a command or a timer has to say. */
export class Publisher {
  constructor(
    private readonly envelope: Envelope,
    private readonly producer: Producer,
  ) {}

  /**
   * Resolves when every event is written on all replicas in sync. After a rejection some may be.
   *
   * @throws ContractError AVRO_INVALID_VALUE; MessagingError
   */
  publish(events: readonly Outgoing[]): Promise<void> {
    return this.producer.send(this.envelope.sealAll(events))
  }
}

import { decoder, type FraudAlert, fraudAlerts } from '@swipestream/contracts'
import type { KafkaClient, KafkaRecord } from '@swipestream/messaging'

const alerts = decoder<FraudAlert>(fraudAlerts.schema)

/** What an alert says. Every side writes with the newest schema. */
export function alertOf({ value }: KafkaRecord): FraudAlert | undefined {
  return value === null ? undefined : alerts.decode(value, () => fraudAlerts.schema)
}

/** Tells of every record of a topic that comes from now on, as a reader of committed records sees it. */
export async function followFromNow(client: KafkaClient, topic: string, seen: (record: KafkaRecord) => void): Promise<{ close(): Promise<void> }> {
  const reader = client.reader()
  try {
    const follower = client.follower({
      records: (_, records) => records.forEach(seen),
      health: (error) => {
        if (error) console.error(error)
      },
    })
    for (const [partition, { end }] of (await reader.bounds(topic)).entries()) follower.follow({ topic, partition }, end)
    return follower
  } finally {
    await reader.close()
  }
}

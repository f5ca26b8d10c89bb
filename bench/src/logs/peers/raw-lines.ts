import { Checksum } from '../access-log.js'
import type { Shipping } from '../side.js'

/** @throws Error when the values on the topic are not the lines of the log, each as often as it is there, in any order */
export async function eachLineOnce({ ground, topic, log }: Shipping): Promise<void> {
  const reader = ground.client.reader()
  try {
    const checksum = new Checksum()
    let lines = 0
    for (const [partition, { first, end }] of (await reader.bounds(topic)).entries()) {
      for await (const records of reader.read({ topic, partition }, first, end)) {
        lines += records.length
        for (const { value } of records) checksum.add(value ?? Buffer.alloc(0))
      }
    }
    if (lines !== log.lines || checksum.value !== log.checksum) throw new Error(`${lines} records are on the topic for ${log.lines} lines, ${checksum.value === log.checksum ? '' : 'not '}with the same texts`)
  } finally {
    await reader.close()
  }
}

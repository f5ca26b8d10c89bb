/**
 * How often a broker's log tells that it has given up coordinating a group. Kafka 4.3.1 does, seldom, when it was killed
 * and is elected twice while it starts: it takes the end of the first loading for that of the second, is at work before
 * it knows what stands in its log, finds out, and cannot load anew. All the groups of that partition are answered
 * NOT_COORDINATOR from then on, and nothing but a restart of the broker helps (docs/adr/0012).
 */
export function failedCoordinators(log: string): number {
  return log.match(/Failed to write records to __consumer_offsets-\d+ due to an unexpected error: No in-memory snapshot/g)?.length ?? 0
}

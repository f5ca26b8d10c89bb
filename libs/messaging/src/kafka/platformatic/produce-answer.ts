import { nameOf } from '../ports.js'

interface Answer {
  readonly responses?: readonly { readonly name?: string; readonly partitionResponses?: readonly { readonly index: number; readonly errorCode: number }[] }[]
}

/** What the client hangs on an error of a request to write: answers that were refusals in part, answers of other brokers. */
interface FailedRequest {
  readonly response?: Answer
  readonly produced?: { readonly offsets?: readonly { readonly topic: string; readonly partition: number }[] }
  readonly errors?: readonly unknown[]
}

/** Names of the partitions whose records were written though the request failed: a request is refused by partition. */
export function writtenPartitions(error: unknown): Set<string> {
  const written = new Set<string>()
  collect(error, written)
  return written
}

function collect(error: unknown, written: Set<string>): void {
  if (!(error instanceof Error)) return
  const { response, produced, errors } = error as FailedRequest
  for (const { topic, partition } of produced?.offsets ?? []) written.add(nameOf({ topic, partition }))
  for (const { name: topic = '', partitionResponses } of response?.responses ?? []) {
    for (const { index: partition, errorCode } of partitionResponses ?? []) if (errorCode === 0) written.add(nameOf({ topic, partition }))
  }
  for (const inner of errors ?? []) collect(inner, written)
}

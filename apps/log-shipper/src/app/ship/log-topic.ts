import type { RecordToSend } from '@swipestream/messaging'

/** Where entries go: `server_logs`, or what stands for it in tests. */
export interface LogTopic {
  /** Name in the cluster. */
  readonly name: string
  /** Id of the schema of its values. */
  readonly schemaId: number
  /** Writes with acks=all. @throws MessagingError as `Producer.send` */
  send(records: readonly RecordToSend[]): Promise<void>
}

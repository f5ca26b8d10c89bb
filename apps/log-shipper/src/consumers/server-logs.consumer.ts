import { Controller } from '@nestjs/common'
import { type LogLine, serverLogs } from '@swipestream/contracts'
import { type BatchContext, Consume, type Received } from '@swipestream/messaging'
import { batchSize, IndexLogs } from '../app/index/index-logs.js'

/** How long a batch that is not full waits for more: a request to the index costs as much as some dozens of documents. */
const gatherMs = 200

@Controller()
export class ServerLogsConsumer {
  constructor(private readonly logs: IndexLogs) {}

  @Consume(serverLogs, { batch: batchSize, gatherMs })
  handle(batch: Received<LogLine>[], context: BatchContext): Promise<void> {
    return this.logs.run(batch, context)
  }
}

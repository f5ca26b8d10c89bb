import { Controller } from '@nestjs/common'
import { type LogLine, serverLogs } from '@swipestream/contracts'
import { type BatchContext, Consume, type Received } from '@swipestream/messaging'
import { WatchLogs } from '../app/detect/watch-logs.js'

@Controller()
export class WatchedLogsConsumer {
  constructor(private readonly watch: WatchLogs) {}

  @Consume(serverLogs, { batch: 1_000 })
  handle(batch: Received<LogLine>[], context: BatchContext): Promise<void> {
    return this.watch.run(batch, context)
  }
}

import type { OpsAlert } from '@swipestream/contracts'
import type { Received } from '@swipestream/messaging'
import { alertDocument } from '../../domain/alert-document.js'
import { alertsDataset, dataStream } from '../../domain/index-template/data-stream.js'
import type { LogIndex } from '../../elasticsearch/log-index.js'
import { LogError } from '../../errors.js'

/** Makes documents of alerts, so that a dashboard can show incidents beside the logs that they were found in. Each is in the index once, under its id. */
export class IndexAlerts {
  constructor(
    private readonly index: Pick<LogIndex, 'create' | 'existing'>,
    private readonly namespace: string,
  ) {}

  /** @throws LogError LOG_INDEX_REFUSED when the index refuses one for good; LOG_INDEX_UNAVAILABLE, LOG_INDEX_FORBIDDEN, LOG_INDEX_FAILED */
  async run(batch: readonly Received<OpsAlert>[]): Promise<void> {
    const stream = dataStream(alertsDataset, this.namespace)
    // Alerts are few: each is looked up, as its id is known to one backing index only.
    const there = await this.index.existing(batch.map(({ value }) => value.alert_id))
    const missing = batch.filter(({ value }) => !there.has(value.alert_id))
    const results = await this.index.create(missing.map(({ value }) => ({ stream, id: value.alert_id, document: alertDocument(value) })))
    const refused = results.find((result) => typeof result === 'object')
    if (refused !== undefined) throw new LogError('LOG_INDEX_REFUSED', `Elasticsearch refuses the alert for good: ${refused.refused}`)
  }
}

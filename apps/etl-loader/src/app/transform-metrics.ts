import { Injectable } from '@nestjs/common'
import { counter } from '@swipestream/platform'

/** Counts of work done: a batch that is handled again counts again; the topics hold what came of it. */
@Injectable()
export class TransformMetrics {
  readonly #rows = counter({ name: 'etl_rows_cleaned_total', help: 'Rows of the source by table and what became of them: clean, deleted, refused', labels: ['table', 'outcome'] })
  readonly #dropped = counter({ name: 'etl_values_dropped_total', help: 'Values that could not be used and were left out, by table and column', labels: ['table', 'column'] })
  readonly #quarantined = counter({ name: 'etl_rows_quarantined_total', help: 'Rows that were quarantined, by code', labels: ['code'] })
  readonly #released = counter({ name: 'etl_rows_released_total', help: 'Rows that left the quarantine because a later version came' })
  readonly #curated = counter({ name: 'etl_rows_curated_total', help: 'Records written to curated topics, by topic', labels: ['topic'] })
  readonly #spend = counter({ name: 'etl_spend_swipes_total', help: 'Swipes by what became of them: added, again (known already), late (quarantined)', labels: ['outcome'] })

  cleaned(table: string, outcome: 'clean' | 'deleted' | 'refused'): void {
    this.#rows.inc({ table, outcome })
  }

  dropped(table: string, column: string): void {
    this.#dropped.inc({ table, column })
  }

  quarantined(code: string): void {
    this.#quarantined.inc({ code })
  }

  released(): void {
    this.#released.inc()
  }

  curated(topic: string): void {
    this.#curated.inc({ topic })
  }

  swipe(outcome: 'added' | 'again' | 'late'): void {
    this.#spend.inc({ outcome })
  }
}

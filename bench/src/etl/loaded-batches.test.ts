import { expect, it } from 'vitest'
import { loadedBatches } from './loaded-batches.js'

it("tells of the warehouse's batches, by the lines that are whole", () => {
  const line = (target: string) => JSON.stringify({ level: 'debug', time: '2026-03-01T00:00:01.250Z', target, topic: 'a.b.c', records: 7, next: { 0: 12, 3: 4 }, msg: 'a batch is loaded' })
  const log = `something else\n${line('lake')}\n${line('warehouse')}\n${line('warehouse').slice(0, -9)}`
  expect(loadedBatches(log)).toEqual([{ topic: 'a.b.c', at: Date.UTC(2026, 2, 1, 0, 0, 1, 250), records: 7, next: new Map([[0, 12], [3, 4]]) }])
})

import { describe, expect, it } from 'vitest'
import { summary as ofLoads } from './load.js'
import { summary as ofSnapshots } from './snapshot.js'

describe('rounds', () => {
  it('of loading become medians, and every rate is told', () => {
    const run = { perSecond: 10, cpuUsPerRecord: 1, rssMb: 100 }
    expect(ofLoads([run, { ...run, perSecond: 30 }, { ...run, perSecond: 20, rssMb: 300 }])).toEqual({ ...run, perSecond: 20, rounds: [10, 30, 20] })
  })

  it('of snapshots too; of a side that shares its process, nothing is said of that', () => {
    expect(ofSnapshots([{ perSecond: 10 }, { perSecond: 30 }])).toEqual({ perSecond: 20, rounds: [10, 30] })
    expect(ofSnapshots([{ perSecond: 10, cpuUsPerRow: 2, rssMb: 5 }])).toEqual({ perSecond: 10, cpuUsPerRow: 2, rssMb: 5, rounds: [10] })
  })
})
